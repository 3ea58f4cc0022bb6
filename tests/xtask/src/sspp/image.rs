//! SSPP's image: made as the published one is made, and run as the manifests have it run.
//!
//! ```text
//! cargo, for musl ──▶ target/image/stage ──▶ app/Dockerfile's last stage ──▶ migrate, api, worker
//!                     in place of the stage                                 │ on PostgreSQL and Redis
//!                     that needs a registry                                 ▼ of their own
//!                                                                event in, row out, SIGTERM
//! ```

mod manifest;
mod run;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::image::container::{Image, Storage};
use crate::image::{self, expect};
use crate::test::Stop;
use crate::workspace::{self, Workspace};
use crate::{command, host};

const FILE: &str = "app/Dockerfile";
const COMPOSE: &str = "app/compose.yaml";

/// All that is in the image.
const FILES: [&str; 2] = ["etc/ssl/certs/ca-certificates.crt", "sspp"];
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Kernel and tools have to be able to run containers at all.
const NAMESPACES: [&str; 6] = ["unshare", "--mount", "--pid", "--uts", "--fork", "true"];

/// Whether what is given to try SSPP out can be read.
pub(crate) fn compose(workspace: &Workspace) -> Result<(), Stop> {
    let mut config = if host::works(&["docker", "compose", "version"]) {
        let mut docker = workspace.command("docker");
        docker.arg("compose");
        docker
    } else {
        let probe = ["docker-compose", "version"];
        host::require(&probe, &["docker-compose"]).map_err(Stop::Skipped)?;
        workspace.command("docker-compose")
    };
    config.args(["--file", COMPOSE, "config", "--quiet"]);
    Ok(command::output(&mut config).map(drop)?)
}

/// Builds the image and tries it.
pub(crate) fn check(workspace: &Workspace) -> Result<(), Stop> {
    tools().map_err(Stop::Skipped)?;
    super::stores::install(workspace)?;
    let folder = workspace.target.join("image");
    let storage = Storage::open(folder.clone())?;
    let image = build(workspace, &storage, &folder)?;
    Ok(look(&storage, &image).and_then(|()| run::all(workspace, &storage, &image))?)
}

fn tools() -> Result<(), String> {
    if !host::is_root() {
        return Err("only root's containers have the users that the kernel tells".to_owned());
    }
    command::output(Command::new(NAMESPACES[0]).args(&NAMESPACES[1..]))
        .map_err(|error| format!("no container can be run here: {error}"))?;
    image::tools()
}

fn build(workspace: &Workspace, storage: &Storage, folder: &Path) -> Result<Image, Stop> {
    let program = image::program(workspace, "sspp", "dev")?;
    let certificates = certificates()?;
    let others = [(&*certificates, CERTIFICATES)];
    let file = workspace.root.join(FILE);
    Ok(image::build(storage, &file, folder, &program, &others)?)
}

fn certificates() -> Result<PathBuf, String> {
    let named = workspace::variable("SSL_CERT_FILE").map(PathBuf::from);
    let path = named.unwrap_or_else(|| CERTIFICATES.into());
    let missing = || format!("{} is not there; install ca-certificates", path.display());
    path.is_file().then(|| path.clone()).ok_or_else(missing)
}

/// What is in the image, and what it says of itself.
fn look(storage: &Storage, built: &Image) -> Result<(), String> {
    image::holds(storage, built, &FILES)?;
    let known = built.inspect(storage)?;
    let size = known["Size"].as_f64().unwrap_or_default() / f64::from(1 << 20);
    println!("size: {size:.1} MiB");
    let config = &known["Config"];
    let check = &known["Healthcheck"]["Test"];
    expect("ENTRYPOINT", &config["Entrypoint"], &json!(["/sspp"]))?;
    expect("CMD", &config["Cmd"], &json!(["api"]))?;
    expect(
        "HEALTHCHECK",
        check,
        &json!(["CMD", "/sspp", "healthcheck"]),
    )?;
    expect("USER", &config["User"], &json!("65532:65532"))
}

#[cfg(test)]
mod tests {
    use super::manifest::Deployed;
    use super::*;

    #[test]
    fn the_manifests_keep_what_the_contract_promises() {
        let workspace = Workspace::find().unwrap();
        for file in run::MANIFESTS {
            let deployed = Deployed::read(&workspace, file).unwrap();
            deployed.agrees(&workspace).unwrap();
        }
    }
}
