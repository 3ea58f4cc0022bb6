//! Kubernetes itself, for the tests that run against it: built from its Go module, with Debian's etcd and containerd.

mod build;
mod go;

use std::path::Path;

use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{command, host};

/// The control plane's own tests.
pub(crate) fn control_plane(workspace: &Workspace) -> Result<(), Stop> {
    set_up(workspace)?;
    run(workspace, "cluster", &["control_plane", "crash"])
}

/// The package's test targets `tests` that need what was set up, which are ignored otherwise.
fn run(workspace: &Workspace, package: &str, tests: &[&str]) -> Result<(), Stop> {
    let mut cargo = workspace.command("cargo");
    cargo.args(["test", "--locked", "--package", package]);
    cargo.args(tests.iter().flat_map(|test| ["--test", test]));
    cargo.args(["--", "--ignored"]);
    // Told where the programs are, the tests fail without them, and do not skip.
    cargo.env("CLUSTER_BIN", build::folder(workspace)?);
    Ok(command::run(&mut cargo)?)
}

/// Builds and installs what a control plane consists of.
pub(crate) fn set_up(workspace: &Workspace) -> Result<(), Stop> {
    if !cfg!(target_os = "linux") {
        return Err(Stop::Skipped("Kubernetes runs on Linux alone".to_owned()));
    }
    host::require(&["etcd", "--version"], &["etcd-server"])?;
    host::require(&["openssl", "version"], &["openssl"])?;
    build::build(workspace)
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}
