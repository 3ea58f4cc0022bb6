//! The program under test, as a process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::client::Client;
use super::{World, eventually};

/// A process that runs until it is told to end, or the test ends.
pub(crate) struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<Value>>>,
    pub(crate) client: Client,
}

fn command(arguments: &[&str], environment: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sspp"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

impl Process {
    pub(crate) fn spawn(arguments: &[&str], environment: &[(String, String)]) -> Self {
        let mut command = command(arguments, environment);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it is built");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&lines);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).expect("every line is JSON");
                written.lock().unwrap().push(line);
            }
        });
        Self {
            child,
            lines,
            client: Client::new(0),
        }
    }

    pub(crate) async fn start(arguments: &[&str], environment: &[(String, String)]) -> Self {
        let mut process = Self::spawn(arguments, environment);
        eventually("it listens", async || process.port().is_some()).await;
        process.client = Client::new(process.port().unwrap());
        process
    }

    fn port(&self) -> Option<u16> {
        let lines = self.lines.lock().unwrap();
        let port = lines.iter().find_map(|line| line.get("port")?.as_u64())?;
        u16::try_from(port).ok()
    }

    /// The lines of its log that say `message`.
    pub(crate) fn said(&self, message: &str) -> Vec<Value> {
        let lines = self.lines.lock().unwrap();
        let said = lines.iter().filter(|line| line["message"] == message);
        said.cloned().collect()
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Ends it so when it has had jobs in hand for a moment, and has them still.
    pub(crate) async fn kill_in_the_middle(&mut self, world: &World) {
        eventually("it has jobs in hand", async || {
            self.signal("STOP");
            let before = world.leases().await;
            // Others are done with theirs meanwhile; what is left is its own.
            tokio::time::sleep(Duration::from_millis(500)).await;
            let held = world.leases().await.iter().any(|one| before.contains(one));
            if !held {
                self.signal("CONT");
            }
            held
        })
        .await;
        self.kill();
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(sent.expect("there is a kill").success());
    }

    /// Asks it to end, waits, and says how it ended.
    pub(crate) async fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        let mut status = None;
        eventually("it ends", async || {
            status = self.child.try_wait().expect("it is ours");
            status.is_some()
        })
        .await;
        status.expect("it has ended")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that has ended.
pub(crate) struct Finished(pub(crate) Output);

impl Finished {
    pub(crate) fn succeeds(self) -> String {
        let text = String::from_utf8(self.0.stdout).expect("it writes text");
        assert!(self.0.status.success(), "{text}");
        text
    }
}

pub(crate) fn run(arguments: &[&str], environment: &[(String, String)]) -> Finished {
    Finished(
        command(arguments, environment)
            .output()
            .expect("it is built"),
    )
}
