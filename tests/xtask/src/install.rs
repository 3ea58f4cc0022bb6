//! What users do to get the binary, `cargo install --path .` at the root, made quick enough for a test.

use std::path::PathBuf;
use std::process::Command;

use crate::fixtures;
use crate::workspace::{self, Workspace};

/// Lets every `cargo install` that `command` leads to share one build folder, unoptimised.
pub(crate) fn quick<'c>(workspace: &Workspace, command: &'c mut Command) -> &'c mut Command {
    command
        .env("CARGO_TARGET_DIR", workspace.target.join("install"))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env("CARGO_PROFILE_RELEASE_STRIP", "none")
}

/// A folder to put first on the search path, whose `cargo` keeps to the caller's own registry.
///
/// pre-commit gives each environment a Cargo home of its own. Every dependency would then be
/// fetched again and, because its sources have moved, compiled again after every change.
pub(crate) fn shared_registry(workspace: &Workspace) -> Result<PathBuf, String> {
    let folder = workspace.target.join("install/path");
    let program = folder.join("cargo");
    fixtures::write(&program, SHARING_CARGO)?;
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, executable).map_err(|error| error.to_string())?;
    Ok(folder)
}

const SHARING_CARGO: &str = r#"#!/bin/sh
CARGO_HOME="${PLIMSOLL_CARGO_HOME}" exec "${PLIMSOLL_CARGO}" "$@"
"#;

/// What the `cargo` of [`shared_registry`] needs to know.
pub(crate) fn sharing(command: &mut Command) -> Result<&mut Command, String> {
    let cargo = workspace::variable("CARGO").ok_or("CARGO is not set: call it as `cargo xtask`")?;
    let home = workspace::variable("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .ok_or("there is neither a CARGO_HOME nor a home folder")?;
    Ok(command
        .env("PLIMSOLL_CARGO", cargo)
        .env("PLIMSOLL_CARGO_HOME", home))
}
