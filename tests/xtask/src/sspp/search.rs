//! A real search engine, OpenSearch, as libraries from Maven Central: for the tests of SSPP and for
//! `cargo xtask up`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::test::Stop;
use crate::workspace::{self, Workspace};
use crate::{command, fixtures, host};

const POM: &str = "tests/search-engine/pom.xml";
const NODE: &str = "tests/search-engine/SearchNode.java";

pub(crate) fn install(workspace: &Workspace) -> Result<(), Stop> {
    if let Some(url) = workspace::variable("SSPP_TEST_SEARCH_URL") {
        println!("the tests use {}", url.display());
        return Ok(());
    }
    // Where it cannot be had, what needs it is skipped, and says so.
    let prepared = prepare(workspace).map(drop);
    prepared.map_err(|reason| Stop::Skipped(format!("there is no search engine: {reason}")))
}

/// The folder with its libraries and classes, made anew whenever what it is made from has changed.
fn prepare(workspace: &Workspace) -> Result<PathBuf, String> {
    let read = |path: &str| {
        let text = fs::read_to_string(workspace.root.join(path));
        text.map_err(|error| format!("{path} cannot be read: {error}"))
    };
    let wanted = read(POM)? + &read(NODE)?;
    host::require(&["javac", "--version"], &["default-jdk-headless"])?;
    let folder = workspace.target.join("search-engine");
    let stamp = folder.join("inputs");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(folder);
    }
    println!("fetching OpenSearch from Maven Central");
    host::require(&["mvn", "--version"], &["maven"])?;
    fixtures::empty(&folder)?;
    let mut fetch = workspace.command("mvn");
    fetch.args(["--quiet", "--batch-mode", "--file", POM]);
    fetch.args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
    fetch.arg(define("outputDirectory", &folder.join("lib")));
    command::output(&mut fetch)?;
    let mut compile = workspace.command("javac");
    compile.arg("-cp").arg(folder.join("lib/*"));
    compile.arg("-d").arg(folder.join("classes")).arg(NODE);
    command::output(&mut compile)?;
    // The stamp comes last, so that a fetch that was cut short is not taken for a whole one.
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(folder)
}

fn define(name: &str, path: &Path) -> String {
    format!("-D{name}={}", path.display())
}

/// A command that runs a node on its data in `folder`.
pub(crate) fn node(workspace: &Workspace, folder: &Path, port: &str) -> Result<Command, String> {
    let prepared = prepare(workspace)?;
    let mut node = Command::new("java");
    node.args(["-Xmx512m", "-cp"]);
    let (classes, libraries) = (prepared.join("classes"), prepared.join("lib/*"));
    node.arg(format!("{}:{}", classes.display(), libraries.display()));
    node.arg("SearchNode").arg(folder).arg(port);
    Ok(node)
}
