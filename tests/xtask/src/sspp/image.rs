//! SSPP's image: made as the published one is made, and run as the manifests have it run.
//!
//! ```text
//! cargo, for musl ──▶ target/image/stage ──▶ app/Dockerfile's last stage ──▶ migrate, api, worker
//!                     in place of the stage                                 │ on PostgreSQL and Redis
//!                     that needs a registry                                 ▼ of their own
//!                                                                event in, row out, SIGTERM
//! ```

mod container;
mod manifest;
mod run;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::test::Stop;
use crate::workspace::{self, Workspace};
use crate::{command, fixtures, host};
use container::{Image, Storage};

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
    let program = program(workspace, "dev")?;
    let folder = workspace.target.join("image");
    let storage = Storage::open(folder.clone())?;
    let image = build(workspace, &storage, &folder, &program)?;
    Ok(look(&storage, &image).and_then(|()| run::all(workspace, &storage, &image))?)
}

fn tools() -> Result<(), String> {
    if !host::is_root() {
        return Err("only root's containers have the users that the kernel tells".to_owned());
    }
    command::output(Command::new(NAMESPACES[0]).args(&NAMESPACES[1..]))
        .map_err(|error| format!("no container can be run here: {error}"))?;
    host::require(&["buildah", "--version"], &["buildah"])?;
    host::require(&["podman", "--version"], &["podman"])?;
    host::require(&["runc", "--version"], &["runc"])?;
    host::require(&["musl-gcc", "--version"], &["musl-tools"])
}

/// Builds SSPP as it is in the image: for musl, and so without a need for any library.
pub(super) fn program(workspace: &Workspace, profile: &str) -> Result<PathBuf, Stop> {
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    let mut add = workspace.command("rustup");
    add.args(["target", "add", &target]);
    let added = command::output(&mut add);
    added.map_err(|error| Stop::Skipped(format!("there is no compiler for musl: {error}")))?;
    let mut build = workspace.command("cargo");
    build.args(["build", "--locked", "--package", "sspp"]);
    build.args(["--profile", profile, "--target", &target]);
    command::run(&mut build)?;
    let output = if profile == "dev" { "debug" } else { profile };
    Ok(workspace.target.join(target).join(output).join("sspp"))
}

fn build(
    workspace: &Workspace,
    storage: &Storage,
    folder: &Path,
    program: &Path,
) -> Result<Image, String> {
    let stage = folder.join("stage");
    fixtures::empty(&stage)?;
    // Nothing else can be copied into the image.
    let context = folder.join("context");
    fixtures::empty(&context)?;
    // The published one is built without symbols.
    let mut strip = Command::new("strip");
    command::output(strip.arg(program).arg("-o").arg(stage.join("sspp")))?;
    let certificates = certificates()?;
    copy(&certificates, &stage.join(&CERTIFICATES[1..]))?;
    storage.build(&workspace.root.join(FILE), &stage, &context)
}

fn certificates() -> Result<PathBuf, String> {
    let named = workspace::variable("SSL_CERT_FILE").map(PathBuf::from);
    let path = named.unwrap_or_else(|| CERTIFICATES.into());
    let missing = || format!("{} is not there; install ca-certificates", path.display());
    path.is_file().then(|| path.clone()).ok_or_else(missing)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{} to {}: {error}", from.display(), to.display());
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::copy(from, to).map(drop).map_err(failed)
}

/// What is in the image, and what it says of itself.
fn look(storage: &Storage, image: &Image) -> Result<(), String> {
    let list = storage.list(image)?;
    print!("{list}");
    let files = list.lines().filter(|line| !line.starts_with('d'));
    let names: Vec<&str> = files
        .clone()
        .filter_map(|line| line.split(' ').next_back())
        .collect();
    if names != FILES {
        return Err(format!("{names:?} are in the image, and not {FILES:?}"));
    }
    if let Some(file) = files.clone().find(|line| writable(line)) {
        return Err(format!("who runs the image may write to {file}"));
    }
    let known = image.inspect(storage)?;
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

/// For others than its owner, or on behalf of it.
fn writable(line: &str) -> bool {
    let mode = line.split(' ').next().unwrap_or_default();
    let owned = line.split(' ').nth(1) == Some("0/0");
    !owned
        || mode.contains(['s', 't'])
        || mode.get(5..6) == Some("w")
        || mode.get(8..9) == Some("w")
}

fn expect(what: &str, found: &Value, wanted: &Value) -> Result<(), String> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{what} of the image is {found}, and not {wanted}"))
    }
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

    #[test]
    fn files_belong_to_root_and_to_nobody_else() {
        assert!(!writable("-rwxr-xr-x 0/0 12 1970-01-01 00:00 sspp"));
        for line in [
            "-rwxr-xr-x 65532/0 12 1970-01-01 00:00 sspp",
            "-rwsr-xr-x 0/0 12 1970-01-01 00:00 sspp",
            "-rwxrwxr-x 0/0 12 1970-01-01 00:00 sspp",
            "-rwxr-xrwx 0/0 12 1970-01-01 00:00 sspp",
        ] {
            assert!(writable(line), "{line}");
        }
    }
}
