//! The admission webhook in a cluster: its image, and the tests that have a node run it.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{build, set_up_node};
use crate::image::container::{Image, Storage};
use crate::image::{self, expect};
use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{command, host};

const PACKAGE: &str = "plimsoll-webhook";
const FILE: &str = "policy/webhook/Dockerfile";

/// Builds the image, and runs the tests that install it as `gitops/` does.
pub(crate) fn in_cluster(workspace: &Workspace) -> Result<(), Stop> {
    set_up_node(workspace, "in-cluster")?;
    image::tools()?;
    // The manifests have the image pulled, whatever the node has already.
    let registry = ["docker-registry", "--version"];
    host::require(&registry, &["docker-registry"])?;
    let archive = archive(workspace)?;
    let checker = checker(workspace)?;
    let mut cargo = workspace.command("cargo");
    cargo.args(["test", "--locked", "--package", PACKAGE, "--test"]);
    // What it took of memory and processor is said by tests that pass. There are two nodes.
    let how = ["--ignored", "--show-output", "--test-threads=2"];
    cargo.args(["in_cluster", "--"]).args(how);
    cargo.env("CLUSTER_BIN", build::folder(workspace)?);
    cargo.env("PLIMSOLL_WEBHOOK_IMAGE", archive);
    cargo.env("PLIMSOLL_BIN", checker);
    Ok(command::run(&mut cargo)?)
}

/// The image as an archive. Optimized, since its memory and its speed are looked at; without the release's linking, which
/// takes minutes.
fn archive(workspace: &Workspace) -> Result<PathBuf, Stop> {
    let program = image::program(workspace, PACKAGE, "quick")?;
    let folder = workspace.target.join("webhook-image");
    let storage = Storage::open(folder.clone())?;
    let file = workspace.root.join(FILE);
    let built = image::build(&storage, &file, &folder, &program, &[])?;
    look(&storage, &built)?;
    let archive = folder.join("image.tar");
    storage.save(&built, &archive)?;
    Ok(archive)
}

/// What is in the image, and what it says of itself.
fn look(storage: &Storage, built: &Image) -> Result<(), String> {
    image::holds(storage, built, &[PACKAGE])?;
    let config = &built.inspect(storage)?["Config"];
    let entry = json!([format!("/{PACKAGE}")]);
    expect("ENTRYPOINT", &config["Entrypoint"], &entry)?;
    expect("USER", &config["User"], &json!("65532:65532"))
}

fn checker(workspace: &Workspace) -> Result<PathBuf, String> {
    let mut cargo = workspace.command("cargo");
    command::run(cargo.args(["build", "--locked", "--package", "plimsoll"]))?;
    Ok(workspace.target.join(Path::new("debug/plimsoll")))
}
