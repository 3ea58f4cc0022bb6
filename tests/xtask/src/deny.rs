//! The dependencies: their licences, bans and sources, and the vulnerabilities known of them.

use std::path::PathBuf;

use crate::command;
use crate::test::Stop;
use crate::workspace::Workspace;

const VERSION: &str = "0.20.2";

/// Gates every change: the answer depends on nothing but the repository.
pub(crate) fn policy(workspace: &Workspace) -> Result<(), Stop> {
    let deny = install(workspace)?;
    let mut check = workspace.command(deny);
    // This crate is one that the root package does not depend on.
    check.args(["--workspace", "--locked"]);
    check.args(["check", "bans", "licenses", "sources"]);
    Ok(command::run(&mut check)?)
}

/// A step of its own, because its answer changes with the world and its database may be out of reach.
pub(crate) fn advisories(workspace: &Workspace) -> Result<(), Stop> {
    let deny = install(workspace)?;
    let mut fetch = workspace.command(&deny);
    fetch.args(["fetch", "db"]);
    // A server that accepts and then says nothing must not hold up everything else.
    fetch.env("GIT_HTTP_LOW_SPEED_LIMIT", "1000");
    fetch.env("GIT_HTTP_LOW_SPEED_TIME", "20");
    fetch.env("GIT_TERMINAL_PROMPT", "0");
    if let Err(reason) = command::output(&mut fetch) {
        let detail = reason.lines().rfind(|line| !line.trim().is_empty());
        return Err(Stop::Skipped(format!(
            "the RustSec database cannot be fetched: {}",
            detail.unwrap_or("no reason given")
        )));
    }
    let mut check = workspace.command(deny);
    check.args(["--locked", "check", "--disable-fetch", "advisories"]);
    Ok(command::run(&mut check)?)
}

/// Installs cargo-deny below the build folder, unless this version already is there.
fn install(workspace: &Workspace) -> Result<PathBuf, Stop> {
    let folder = workspace.target.join(format!("tools/cargo-deny-{VERSION}"));
    let program = folder.join("bin/cargo-deny");
    if !program.is_file() {
        println!("installing cargo-deny {VERSION}");
        let mut install = workspace.command("cargo");
        install.args([
            "install",
            "--quiet",
            "--locked",
            "--debug",
            "cargo-deny",
            "--version",
            VERSION,
        ]);
        install.arg("--root").arg(&folder);
        // It runs for a second and is built for a minute: the build is what to keep short.
        install.env("CARGO_PROFILE_DEV_DEBUG", "0");
        install.env("CARGO_TARGET_DIR", workspace.target.join("tools/build"));
        command::run(&mut install)?;
    }
    Ok(program)
}
