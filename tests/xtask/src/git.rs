//! Git repositories made for a test, that nobody's own configuration reaches.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::Workspace;
use crate::{command, fixtures};

pub(crate) struct Repository {
    pub(crate) folder: PathBuf,
}

impl Repository {
    /// An empty repository in a folder made anew.
    pub(crate) fn create(folder: PathBuf) -> Result<Self, String> {
        fixtures::empty(&folder)?;
        let repository = Repository { folder };
        repository.git(&["init", "--quiet", "--initial-branch=main"])?;
        Ok(repository)
    }

    /// This workspace as it is in its folder now, as one commit. Equal files make an equal commit.
    pub(crate) fn snapshot(workspace: &Workspace, folder: PathBuf) -> Result<Self, String> {
        let repository = Self::create(folder)?;
        for file in workspace.files()? {
            copy(&workspace.root.join(&file), &repository.folder.join(&file))?;
        }
        repository.git(&["add", "--all", "--force"])?;
        repository.git(&["commit", "--quiet", "--no-verify", "--message=Snapshot"])?;
        Ok(repository)
    }

    pub(crate) fn write(&self, file: &str, text: &str) -> Result<(), String> {
        fixtures::write(&self.folder.join(file), text)
    }

    pub(crate) fn head(&self) -> Result<String, String> {
        Ok(self.git(&["rev-parse", "HEAD"])?.trim().to_owned())
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> Result<String, String> {
        command::output(self.isolate(Command::new("git").args(arguments)))
    }

    /// Makes `command` run in this repository as the same person at the same time on every machine.
    pub(crate) fn isolate<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        for variable in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"] {
            command.env_remove(variable);
        }
        command
            .current_dir(&self.folder)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Plimsoll")
            .env("GIT_AUTHOR_EMAIL", "plimsoll@example.com")
            .env("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z")
            .env("GIT_COMMITTER_NAME", "Plimsoll")
            .env("GIT_COMMITTER_EMAIL", "plimsoll@example.com")
            .env("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z")
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::copy(from, to).map(drop).map_err(failed)
}
