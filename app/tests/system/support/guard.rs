//! A program that ends when the test does, however the test ends.

use std::io::Write;
use std::process::{Child, Command, Stdio};

/// The shell waits for a signal's name on its standard input, or for its end, which comes with ours.
const SCRIPT: &str = r#""$@" & child=$!
read -r signal || signal=KILL
kill -s "$signal" "$child"
wait "$child""#;

/// A running program, and the shell that watches over it.
pub(crate) struct Guard {
    shell: Child,
}

impl Guard {
    /// Starts `command`, whose output nobody reads.
    pub(crate) fn start(command: &Command, user: Option<u32>) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "sh"]);
        shell.arg(command.get_program()).args(command.get_args());
        if let Some(user) = user {
            std::os::unix::process::CommandExt::uid(&mut shell, user);
        }
        shell.stdin(Stdio::piped());
        shell.stdout(Stdio::null()).stderr(Stdio::null());
        shell.current_dir("/");
        let shell = shell.spawn().expect("there is a shell");
        Self { shell }
    }

    /// Sends the signal and waits for the end.
    pub(crate) fn end(mut self, signal: &str) {
        let mut input = self.shell.stdin.take().expect("it is piped");
        writeln!(input, "{signal}").expect("the shell reads");
        let _ = self.shell.wait();
    }
}
