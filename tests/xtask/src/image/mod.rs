//! Images as they are published: a static binary, stripped, in the last stage of its Dockerfile.
//!
//! ```text
//! cargo, for musl ──▶ FOLDER/stage ──▶ Dockerfile's last stage ──▶ image
//!                     in place of the stage that needs a registry
//! ```

pub(crate) mod container;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{command, fixtures, host};
use container::{Image, Storage};

/// What building needs; SSPP's image is run by these, too.
pub(crate) fn tools() -> Result<(), String> {
    host::require(&["buildah", "--version"], &["buildah"])?;
    host::require(&["podman", "--version"], &["podman"])?;
    host::require(&["runc", "--version"], &["runc"])?;
    host::require(&["musl-gcc", "--version"], &["musl-tools"])
}

/// Builds a package's binary of the same name as it is in its image: for musl, and so without a need for any library.
pub(crate) fn program(
    workspace: &Workspace,
    package: &str,
    profile: &str,
) -> Result<PathBuf, Stop> {
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    let mut add = workspace.command("rustup");
    add.args(["target", "add", &target]);
    let added = command::output(&mut add);
    added.map_err(|error| Stop::Skipped(format!("there is no compiler for musl: {error}")))?;
    let mut build = workspace.command("cargo");
    build.args(["build", "--locked", "--package", package]);
    build.args(["--profile", profile, "--target", &target]);
    command::run(&mut build)?;
    let output = if profile == "dev" { "debug" } else { profile };
    Ok(workspace.target.join(target).join(output).join(package))
}

/// Builds the last stage of a Dockerfile from a program and what else is at its place in the image.
pub(crate) fn build(
    storage: &Storage,
    file: &Path,
    folder: &Path,
    program: &Path,
    others: &[(&Path, &str)],
) -> Result<Image, String> {
    let stage = folder.join("stage");
    fixtures::empty(&stage)?;
    // Nothing else can be copied into the image.
    let context = folder.join("context");
    fixtures::empty(&context)?;
    // The published one is built without symbols.
    let name = program.file_name().unwrap_or_default();
    let mut strip = Command::new("strip");
    command::output(strip.arg(program).arg("-o").arg(stage.join(name)))?;
    for (from, place) in others {
        copy(from, &stage.join(place.trim_start_matches('/')))?;
    }
    storage.build(file, &stage, &context)
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{} to {}: {error}", from.display(), to.display());
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::copy(from, to).map(drop).map_err(failed)
}

/// Whether these files are in the image, and nobody but root can write to them.
pub(crate) fn holds(storage: &Storage, image: &Image, files: &[&str]) -> Result<(), String> {
    let list = storage.list(image)?;
    print!("{list}");
    let listed = list.lines().filter(|line| !line.starts_with('d'));
    let names: Vec<&str> = listed
        .clone()
        .filter_map(|line| line.split(' ').next_back())
        .collect();
    if names != files {
        return Err(format!("{names:?} are in the image, and not {files:?}"));
    }
    if let Some(file) = listed.clone().find(|line| writable(line)) {
        return Err(format!("who runs the image may write to {file}"));
    }
    Ok(())
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

/// Holds what an image says of itself against what it should say.
pub(crate) fn expect(what: &str, found: &Value, wanted: &Value) -> Result<(), String> {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{what} of the image is {found}, and not {wanted}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
