//! Where things are: the repository, its build folder, and the files that belong to it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;

/// What Cargo tells this program of its own package. A build script that looks at these, such as ring's, would otherwise
/// run anew, and all that depends on it be compiled anew, each time that Cargo is called from here and then by hand.
const OWN_PACKAGE: [&str; 7] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_LINKS",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Cargo's build folder; everything that the steps install or write is below it.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Finds the repository that `cargo xtask` was called in.
    pub(crate) fn find() -> Result<Self, String> {
        let package = variable("CARGO_MANIFEST_DIR")
            .ok_or("CARGO_MANIFEST_DIR is not set: call it as `cargo xtask`")?;
        let root = Path::new(&package)
            .ancestors()
            .nth(2)
            .ok_or("the package is not two folders below the repository")?
            .to_owned();
        let target = match variable("CARGO_TARGET_DIR") {
            Some(folder) => std::path::absolute(folder).map_err(|error| error.to_string())?,
            None => root.join("target"),
        };
        Ok(Workspace { root, target })
    }

    /// A command that starts at the root of the repository.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        for name in OWN_PACKAGE {
            command.env_remove(name);
        }
        command
    }

    /// Every file that is or would be committed, relative to the root, sorted.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>, String> {
        let mut list = self.command("git");
        list.args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let names = command::output(&mut list)?;
        let mut files: Vec<PathBuf> = names
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            // A file that was deleted stays in the index until the deletion is committed.
            .filter(|file| self.root.join(file).is_file())
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }
}

/// A variable of the environment that `cargo xtask` was called in.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
