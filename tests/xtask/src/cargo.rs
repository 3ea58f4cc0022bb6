//! What Cargo itself checks: form, lints, and the tests of every crate.

use std::path::PathBuf;

use crate::command;
use crate::sspp::{search, stores};
use crate::test::Stop;
use crate::workspace::Workspace;

/// SSPP in the other of its two forms: with traces.
const TRACED: &[&str] = &["--package", "sspp", "--features", "otel"];

pub(crate) fn fmt(workspace: &Workspace) -> Result<(), Stop> {
    cargo(workspace, &["fmt", "--all", "--check"])?;
    let mut rustfmt = workspace.command("rustfmt");
    rustfmt.args(["--edition", "2024", "--check"]);
    Ok(command::run(rustfmt.args(rules(workspace)?))?)
}

/// The rules' modules, which a macro declares, so that `cargo fmt` does not see them.
fn rules(workspace: &Workspace) -> Result<Vec<PathBuf>, Stop> {
    let folder = workspace.root.join("policy/check/src/rules");
    let entries =
        std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    Ok(paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .collect())
}

pub(crate) fn clippy(workspace: &Workspace) -> Result<(), Stop> {
    let lints = ["--", "-D", "warnings"];
    let whole = ["clippy", "--workspace", "--all-targets", "--locked"];
    cargo(workspace, &[&whole[..], &lints[..]].concat())?;
    let traced = [&["clippy"], TRACED, &["--all-targets", "--locked"]].concat();
    cargo(workspace, &[&traced[..], &lints[..]].concat())
}

pub(crate) fn test(workspace: &Workspace) -> Result<(), Stop> {
    let skip = ["--", "--skip", DRILLS];
    let whole = ["test", "--workspace", "--locked"];
    cargo(workspace, &[&whole[..], &skip[..]].concat())?;
    // What the feature changes, and no more: the rest has been tested without it.
    let traced = [
        &["test"],
        TRACED,
        &["--locked", "--", "traces::", "config::", "queue::"],
    ];
    cargo(workspace, &traced.concat())
}

/// The module of SSPP's tests that takes minutes.
const DRILLS: &str = "drills::";

pub(crate) fn drills(workspace: &Workspace) -> Result<(), Stop> {
    stores::install(workspace)?;
    let search = search::install(workspace);
    // Of the whole workspace, so that nothing is built again with other features.
    let tests = ["test", "--workspace", "--locked", "--test", "system"];
    // They wait more than they work.
    let how = ["--", DRILLS, "--include-ignored", "--test-threads=5"];
    cargo(workspace, &[&tests[..], &how[..]].concat())?;
    // Without a search engine some of them were skipped.
    search
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<(), Stop> {
    Ok(command::run(workspace.command("cargo").args(arguments))?)
}
