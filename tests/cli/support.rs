//! A folder with files, and runs of the binary in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A Deployment that one default rule, `container-privileged`, calls an error, whatever the others say.
pub(crate) const PRIVILEGED: &str = "apiVersion: v1
kind: Pod
metadata:
  name: debug
  namespace: tools
spec:
  containers:
    - name: shell
      image: busybox:1.36
      securityContext:
        privileged: true
";

/// A `ConfigMap` with nothing wrong by the rules that are named in tests.
pub(crate) const HARMLESS: &str = "apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: tools
data:
  key: value
";

/// What a run printed and ended with.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// The rules of the findings, in order.
    pub(crate) fn rules(&self) -> Vec<String> {
        let report = self.json();
        let findings = report["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap().to_owned())
            .collect()
    }

    /// File and reason of what was not checked, in order.
    pub(crate) fn not_checked(&self) -> Vec<(String, String)> {
        let report = self.json();
        let entries = report["not_checked"].as_array().unwrap();
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
        entries
            .iter()
            .map(|entry| (text(entry, "file"), text(entry, "reason")))
            .collect()
    }
}

/// A folder of its own, gone when dropped.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    /// With files: path and text.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            folder.write(path, text.as_bytes());
        }
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs the binary here with an empty environment.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[], "")
    }

    /// Runs `check --format json` here with one rule.
    pub(crate) fn check(&self, rule: &str, arguments: &[&str]) -> Run {
        self.run(&[&["check", "--format", "json", "--rule", rule], arguments].concat())
    }

    /// The same in a folder of this one.
    pub(crate) fn check_in(&self, inner: &str, rule: &str, arguments: &[&str]) -> Run {
        let words = [&["check", "--format", "json", "--rule", rule], arguments].concat();
        self.run_in(inner, &words, &[], "")
    }

    /// Runs the binary here with variables and standard input.
    pub(crate) fn run_with(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: &str,
    ) -> Run {
        self.run_in("", arguments, variables, input)
    }

    fn run_in(
        &self,
        inner: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: &str,
    ) -> Run {
        use std::io::Write;
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command
            .args(arguments)
            .current_dir(self.path().join(inner))
            .env_clear()
            .envs(variables.iter().copied());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
