//! `cargo xtask up`: SSPP on this machine until Ctrl-C, which reaches every process of it.

use std::process::ExitCode;

use super::stack::{API_PORT, Stack, WORKER_PORT};
use crate::test::Stop;
use crate::workspace::Workspace;

pub(crate) const USAGE: &str = "\
usage: cargo xtask up

Runs SSPP's API and worker on PostgreSQL, Redis and OpenSearch of their own until
Ctrl-C. Without Java, or without Maven Central, it runs without OpenSearch.
";

pub(crate) fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Failed(reason) | Stop::Skipped(reason)) => {
            eprintln!("cargo xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Stop> {
    let workspace = Workspace::find()?;
    // Where another user may look: PostgreSQL does not run as root.
    let folder = std::env::temp_dir().join("sspp-up");
    let mut stack = Stack::start(&workspace, "dev", folder, &[])?;
    match stack.search(&workspace) {
        Ok(url) => println!("search engine: {url}"),
        Err(reason) => println!("WITHOUT A SEARCH ENGINE, so searching answers 503: {reason}"),
    }
    println!("data: {} (delete it to start over)", stack.folder.display());
    println!(
        "API: http://127.0.0.1:{API_PORT}/api/v1, worker: http://127.0.0.1:{WORKER_PORT}/health"
    );
    stack.role("worker", WORKER_PORT, true)?;
    stack.role("api", API_PORT, true)?;
    Ok(stack.wait()?)
}
