//! `plimsoll webhook` runs the program beside it, or the one in `PATH`, with its own exit code.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

const SCRIPT: &str = "#!/bin/sh\necho \"$0: $@\"\nexit 7\n";

fn script(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let path = folder.join("plimsoll-webhook");
    fs::write(&path, SCRIPT).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs a copy of the binary, which lies in a folder of its own, with nothing else in `PATH` but one.
fn run(folder: &Path, path: &Path) -> Output {
    let program = folder.join("bin/plimsoll");
    Command::new(program)
        .args(["webhook", "doctor", "--help", "-x", "a b"])
        .env_clear()
        .env("PATH", path)
        .output()
        .unwrap()
}

fn installed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("bin")).unwrap();
    let own = env!("CARGO_BIN_EXE_plimsoll");
    // A link would be followed to where the webhook may lie in truth.
    fs::hard_link(own, folder.path().join("bin/plimsoll"))
        .or_else(|_| fs::copy(own, folder.path().join("bin/plimsoll")).map(drop))
        .unwrap();
    folder
}

#[test]
fn the_program_beside_it_goes_before_the_one_in_path() {
    let folder = installed();
    let (beside, path) = (folder.path().join("bin"), folder.path().join("path"));
    script(&path);
    let output = run(folder.path(), &path);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        said,
        format!(
            "{}/plimsoll-webhook: doctor --help -x a b\n",
            path.display()
        )
    );
    assert_eq!(output.status.code(), Some(7));
    script(&beside);
    let output = run(folder.path(), &path);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.starts_with(&format!("{}/", beside.display())),
        "{said}"
    );
}

#[test]
fn a_program_that_is_missing_is_named_with_how_to_install_it() {
    let folder = installed();
    let output = run(folder.path(), Path::new("/nowhere"));
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("plimsoll-webhook is not installed"), "{said}");
    assert!(said.contains("cargo install --git"), "{said}");
}
