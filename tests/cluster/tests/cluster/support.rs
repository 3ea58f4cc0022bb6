//! Another process with a cluster of its own, which can be killed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The command lines of all processes that name `folder`.
pub(crate) fn users(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().expect("it is made of ASCII");
    let processes = fs::read_dir("/proc").expect("this is Linux").flatten();
    let lines = processes.filter_map(|process| {
        let line = fs::read(process.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    });
    lines.filter(|line| line.contains(folder)).collect()
}

pub(crate) struct Other {
    process: Child,
    kubeconfig: PathBuf,
    /// Where kubectl is.
    programs: PathBuf,
}

impl Other {
    /// Starts it and waits until it is ready.
    pub(crate) fn start(words: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cluster-up"));
        command.args(words).stdin(Stdio::piped());
        let mut process = command.stdout(Stdio::piped()).spawn().expect("it is built");
        let output = process.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let mut value = |before: &str, after: &str| {
            let line = lines.next().expect("it starts, and says so");
            let value = line.strip_prefix(before);
            let value = value.and_then(|value| value.strip_suffix(after));
            PathBuf::from(value.expect("it says what to export"))
        };
        Self {
            kubeconfig: value("export KUBECONFIG=", ""),
            programs: value("export PATH=", ":$PATH"),
            process,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The folder of its control plane.
    pub(crate) fn folder(&self) -> &Path {
        self.kubeconfig.parent().expect("a file is in a folder")
    }

    /// The address of its API server.
    pub(crate) fn address(&self) -> String {
        let text = fs::read_to_string(&self.kubeconfig).expect("it was written");
        let (_, server) = text.split_once("https://").expect("it has a server");
        let (address, _) = server.split_once(':').expect("the server has a port");
        address.to_owned()
    }

    pub(crate) fn kubectl(&self, words: &[&str]) {
        let mut kubectl = Command::new(self.programs.join("kubectl"));
        kubectl.env("KUBECONFIG", &self.kubeconfig).args(words);
        let output = kubectl.output().expect("it is built");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "kubectl {words:?}: {said}");
    }

    /// Lets it end as it likes.
    pub(crate) fn end(&mut self) {
        drop(self.process.stdin.take());
        let status = self.process.wait().expect("it is ours");
        assert!(status.success(), "{status}");
    }

    /// Nothing of its own code runs any more.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it is ours");
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
