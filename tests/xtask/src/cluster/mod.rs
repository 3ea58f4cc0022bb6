//! Kubernetes itself, for the tests that run against it: built from its Go module, with Debian's etcd and containerd.

mod build;
mod go;
mod webhook;

use std::path::Path;
use std::process::Command;

use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{command, host};
pub(crate) use webhook::in_cluster;

/// The control plane's own tests, and those of the webhook in it.
pub(crate) fn control_plane(workspace: &Workspace) -> Result<(), Stop> {
    set_up(workspace)?;
    run(workspace, "cluster", "cluster", "control_plane")?;
    run(workspace, "plimsoll-webhook", "cluster", "")
}

/// The webhook's tests behind a control plane.
pub(crate) fn admission(workspace: &Workspace) -> Result<(), Stop> {
    set_up(workspace)?;
    run(workspace, "plimsoll-webhook", "admission", "")
}

/// The node's own tests.
pub(crate) fn node(workspace: &Workspace) -> Result<(), Stop> {
    set_up_node(workspace, "node")?;
    run(workspace, "cluster", "cluster", "node")
}

/// Builds and installs what a node consists of, if one can be had here.
fn set_up_node(workspace: &Workspace, step: &str) -> Result<(), Stop> {
    if !host::is_root() {
        let reason = format!("a node needs root (again: sudo -E cargo xtask test --only {step})");
        return Err(Stop::Skipped(reason));
    }
    if let Err(reason) = command::output(Command::new("unshare").args(NAMESPACES)) {
        return Err(Stop::Skipped(format!("a node needs namespaces: {reason}")));
    }
    set_up(workspace)?;
    for (probe, packages) in NODE {
        host::require(probe, packages)?;
    }
    Ok(())
}

/// What a node needs besides, and Debian's packages with it.
const NODE: &[(&[&str], &[&str])] = &[
    (&["containerd", "--version"], &["containerd"]),
    (&["runc", "--version"], &["runc"]),
    (&["sh", "-c", CNI], &["containernetworking-plugins"]),
    (&["iptables", "--version"], &["iptables"]),
    (&["conntrack", "--version"], &["conntrack"]),
    (&["ip", "-V"], &["iproute2"]),
    (&["buildah", "--version"], &["buildah"]),
    (&["sh", "-c", STATIC], &["gcc", "libc6-dev"]),
];

/// Root in a container is often not allowed what root is.
const NAMESPACES: &[&str] = &["--mount", "--net", "--pid", "--fork", "true"];

/// It prints no version, and differs by distribution in its place.
const CNI: &str = "ls /usr/lib/cni/ptp || ls /opt/cni/bin/ptp || ls /usr/libexec/cni/ptp";

/// Images begin with nothing, so that their programs bring their library along.
const STATIC: &str = "echo 'int main(void) { return 0; }' | cc -static -x c -o /dev/null -";

/// Often a process may open a thousand files, and thousands of strangers connect to the webhook.
const ROOM: &str = r#"limit=$(ulimit -n)
[ "$limit" = unlimited ] || [ "$limit" -ge 8192 ] || ulimit -n 8192
exec "$@""#;

/// The ignored tests of a package's test target, in the modules whose names begin so.
fn run(workspace: &Workspace, package: &str, target: &str, modules: &str) -> Result<(), Stop> {
    let mut cargo = workspace.command("sh");
    cargo.args(["-c", ROOM, "sh", "cargo", "test", "--locked", "--package"]);
    cargo.args([package, "--test", target, "--", "--ignored", modules]);
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
