//! Where Kubernetes' programs are.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;

const STEP: &str = "`cargo xtask test --only cluster` builds or installs it";

/// The folder that `cargo xtask` builds into; set by its steps, for which a missing program is a failure.
const FOLDER_VARIABLE: &str = "CLUSTER_BIN";

#[derive(Clone, Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Finds the folder and makes sure that `built` are in it and `installed` can be started.
    pub(crate) fn find(built: &[&str], installed: &[&str]) -> Result<Self, Error> {
        let (folder, missing): (_, fn(String) -> Error) = match chosen() {
            Some(folder) => (Some(folder), Error::Failed),
            None => (beside_this_test(), Error::Unavailable),
        };
        let folder = folder.ok_or_else(|| missing(format!("Kubernetes is not built; {STEP}")))?;
        let programs = Self { folder };
        if let Some(name) = built.iter().find(|name| !programs.path(name).is_file()) {
            return Err(missing(format!("{name} is not built; {STEP}")));
        }
        if let Some(name) = installed.iter().find(|name| !can_start(name)) {
            return Err(missing(format!("{name} is not installed; {STEP}")));
        }
        Ok(programs)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn chosen() -> Option<PathBuf> {
    std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from)
}

/// This test is somewhere below the build folder.
fn beside_this_test() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    let mut folders = test
        .ancestors()
        .map(|folder| folder.join("cluster/current"));
    folders.find(|folder: &PathBuf| Path::is_dir(folder))
}

fn can_start(program: &str) -> bool {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).arg("--version");
    command.output().is_ok()
}
