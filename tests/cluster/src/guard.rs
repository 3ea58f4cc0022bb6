//! A program that ends when the test process does, however that ends.

use std::fs::OpenOptions;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::error::Error;
use crate::wait::until;

/// The shell ends the program at the end of its standard input, which comes with ours. It ends as the program does, so
/// that we see a program that ends by itself.
const SCRIPT: &str = r#"exec 3<&0
"$@" 3<&- </dev/null & child=$!
{ read -r end <&3; kill -s KILL "$child"; } 2>/dev/null & reader=$!
wait "$child"; code=$?
kill "$reader" 2>/dev/null
exit "$code""#;

/// A running program, and the shell that watches over it.
#[derive(Debug)]
pub(crate) struct Guard {
    name: String,
    log: PathBuf,
    shell: Child,
}

impl Guard {
    /// Starts `command`, with its output in `folder`/`name`.log.
    pub(crate) fn start(name: &str, command: &Command, folder: &Path) -> Result<Self, Error> {
        let log = folder.join(format!("{name}.log"));
        let failed = |error| Error::of(&log, &error);
        let output = OpenOptions::new().create(true).append(true).open(&log);
        let output = output.map_err(failed)?;
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, name]);
        shell.arg(command.get_program()).args(command.get_args());
        // Ctrl-C is for the test process; the shell must outlive it.
        shell.current_dir(folder).process_group(0);
        // They talk to each other alone, and no proxy of the world outside knows their addresses.
        for variable in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
            shell.env_remove(variable);
        }
        shell.stdin(Stdio::piped());
        shell.stderr(output.try_clone().map_err(failed)?);
        let shell = shell.stdout(output).spawn().map_err(failed)?;
        Ok(Self {
            name: name.to_owned(),
            log,
            shell,
        })
    }

    /// Waits until `is_ready`, as long as the program runs.
    pub(crate) fn ready(&mut self, mut is_ready: impl FnMut() -> bool) -> Result<(), Error> {
        let limit = Duration::from_mins(2);
        let answer = until(limit, || {
            if let Ok(Some(status)) = self.shell.try_wait() {
                return Some(Err(format!("{} ended with {status}", self.name)));
            }
            is_ready().then_some(Ok(()))
        });
        let answer = answer.unwrap_or_else(|| Err(format!("{} is not ready", self.name)));
        answer.map_err(|what| Error::logged(&what, &self.log))
    }

    /// Waits until its log has `text`.
    pub(crate) fn logged(&mut self, text: &str) -> Result<(), Error> {
        let log = self.log.clone();
        self.ready(|| {
            let written = std::fs::read(&log).unwrap_or_default();
            String::from_utf8_lossy(&written).contains(text)
        })
    }
}

/// Ends it as a crash does.
impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(words: &[&str], folder: &Path) -> Guard {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        Guard::start("test", &command, folder).unwrap()
    }

    fn lives(process: &str) -> bool {
        Path::new("/proc").join(process).join("exe").exists()
    }

    /// A program that writes its process id, and the id.
    fn sleeper(folder: &Path) -> (Guard, String) {
        let mut guard = start(&["sh", "-c", "echo $$ > id; exec sleep 600"], folder);
        let read = || std::fs::read_to_string(folder.join("id")).unwrap_or_default();
        guard.ready(|| read().ends_with('\n')).unwrap();
        (guard, read().trim().to_owned())
    }

    #[test]
    fn it_ends_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let (guard, process) = sleeper(folder.path());
        assert!(lives(&process));
        drop(guard);
        assert!(!lives(&process));
    }

    #[test]
    fn it_ends_when_our_end_of_the_pipe_is_closed_as_by_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let (mut guard, process) = sleeper(folder.path());
        drop(guard.shell.stdin.take());
        let gone = until(Duration::from_mins(1), || (!lives(&process)).then_some(()));
        assert!(gone.is_some());
    }

    #[test]
    fn one_that_ends_by_itself_is_told_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let mut guard = start(&["sh", "-c", "echo no such flag; exit 3"], folder.path());
        let error = guard.ready(|| false).unwrap_err().to_string();
        assert!(
            error.starts_with("test ended with exit status: 3"),
            "{error}"
        );
        assert!(error.ends_with("\nno such flag"), "{error}");
    }
}
