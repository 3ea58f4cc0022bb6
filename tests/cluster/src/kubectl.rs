//! kubectl as a user calls it.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// `kubectl exec` and the like wait for ever where no kubelet answers.
const SECONDS: &str = "120";

/// What a call of kubectl came to.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its exit code; 124 when it was ended after two minutes.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained of; warnings, too.
    pub stderr: String,
}

impl Output {
    /// What it printed; panics with all it said when it failed.
    #[track_caller]
    pub fn succeeds(self) -> String {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        assert_eq!(code, 0, "kubectl failed:\n{stdout}{stderr}");
        stdout
    }

    /// What it complained of; panics when it did not fail.
    #[track_caller]
    pub fn fails(self) -> String {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        assert_ne!(code, 0, "kubectl did not fail:\n{stdout}{stderr}");
        stderr
    }
}

/// Calls `program` with a folder of its own for what it remembers.
pub(crate) fn call(
    program: &Path,
    kubeconfig: &Path,
    home: &Path,
    arguments: &[&str],
    input: &str,
) -> std::io::Result<Output> {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", SECONDS]).arg(program);
    command.args(arguments).current_dir(home);
    command.env("KUBECONFIG", kubeconfig).env("HOME", home);
    // A proxy is for the world outside, and a user's own switches are not for tests.
    for variable in [
        "HTTPS_PROXY",
        "https_proxy",
        "KUBECTL_EXTERNAL_DIFF",
        "KUBERC",
    ] {
        command.env_remove(variable);
    }
    let output = command.stdin(file(input)?).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Output {
        // Ended by a signal, it has none.
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    })
}

/// A file, because a pipe can fill up while nobody reads.
fn file(text: &str) -> std::io::Result<Stdio> {
    if text.is_empty() {
        return Ok(Stdio::null());
    }
    let mut file: File = tempfile::tempfile()?;
    file.write_all(text.as_bytes())?;
    file.rewind()?;
    Ok(file.into())
}
