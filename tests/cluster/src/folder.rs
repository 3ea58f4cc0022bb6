//! A private folder that is gone when the test process is, however that ends.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::error::Error;

/// The programs that write to the folder end at the same time, and may make a file while it is emptied.
const SCRIPT: &str = r#"read -r end
for try in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf -- "$1" && exit
    sleep 0.5
done 2>/dev/null"#;

/// A folder, and the shell that removes it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    shell: Child,
}

impl Folder {
    pub(crate) fn create(prefix: &str) -> Result<Self, Error> {
        let made = tempfile::Builder::new().prefix(prefix).tempdir();
        let made = made.map_err(|error| Error::of(&std::env::temp_dir(), &error))?;
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "sh"]).arg(made.path());
        // The test process may be read to its end by a pipe, which the shell must not hold open.
        shell.stdin(Stdio::piped()).stdout(Stdio::null());
        shell.stderr(Stdio::null()).process_group(0);
        let shell = shell
            .spawn()
            .map_err(|error| Error::of(made.path(), &error))?;
        let path = made.keep();
        Ok(Self { path, shell })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf, Error> {
        let path = self.join(name);
        std::fs::write(&path, text).map_err(|error| Error::of(&path, &error))?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
