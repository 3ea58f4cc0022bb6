//! A program that ends when the test does, however the test ends.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The shell waits for signals' names on its standard input, or for its end, which comes with ours:
/// then the program's folder goes too.
const SCRIPT: &str = r#"folder=$1; shift
"$@" & child=$!
while read -r signal; do
  kill -s "$signal" "$child"
  case $signal in STOP | CONT) ;; *) wait "$child"; exit ;; esac
done
kill -s KILL "$child"
wait "$child"
rm -rf "$folder""#;

/// A running program, and the shell that watches over it.
pub(crate) struct Guard {
    shell: Child,
}

impl Guard {
    /// Starts `command`, whose output nobody reads and whose files are in `folder`.
    pub(crate) fn start(command: &Command, user: Option<u32>, folder: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "sh"]).arg(folder);
        shell.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            shell.env(name, value.expect("no variable is removed"));
        }
        if let Some(user) = user {
            std::os::unix::process::CommandExt::uid(&mut shell, user);
        }
        shell.stdin(Stdio::piped());
        shell.stdout(Stdio::null()).stderr(Stdio::null());
        shell.current_dir("/");
        let shell = shell.spawn().expect("there is a shell");
        Self { shell }
    }

    /// Sends a signal that it survives.
    pub(crate) fn send(&mut self, signal: &str) {
        let input = self.shell.stdin.as_mut().expect("it is piped");
        writeln!(input, "{signal}").expect("the shell reads");
    }

    /// Sends the signal and waits for the end.
    pub(crate) fn end(mut self, signal: &str) {
        self.send(signal);
        let _ = self.shell.wait();
    }
}
