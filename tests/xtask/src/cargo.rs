//! What Cargo itself checks: form, lints, and the tests of every crate.

use crate::command;
use crate::test::Stop;
use crate::workspace::Workspace;

pub(crate) fn fmt(workspace: &Workspace) -> Result<(), Stop> {
    cargo(workspace, &["fmt", "--all", "--check"])
}

pub(crate) fn clippy(workspace: &Workspace) -> Result<(), Stop> {
    let lints = ["--", "-D", "warnings"];
    let whole = ["clippy", "--workspace", "--all-targets", "--locked"];
    cargo(workspace, &[&whole[..], &lints[..]].concat())
}

pub(crate) fn test(workspace: &Workspace) -> Result<(), Stop> {
    cargo(workspace, &["test", "--workspace", "--locked"])
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<(), Stop> {
    Ok(command::run(workspace.command("cargo").args(arguments))?)
}
