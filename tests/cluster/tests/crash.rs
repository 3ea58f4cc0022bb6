//! What is left of a cluster when the process that started it is killed: nothing.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use cluster::{ControlPlane, Options, eventually, or_skip};

/// The command lines of all processes that name `folder`.
fn users(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().expect("it is made of ASCII");
    let processes = fs::read_dir("/proc").expect("this is Linux").flatten();
    let lines = processes.filter_map(|process| {
        let line = fs::read(process.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    });
    lines.filter(|line| line.contains(folder)).collect()
}

/// Another process with a cluster of its own, and the cluster's folder.
fn other_process() -> (Child, PathBuf) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cluster-up"));
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it is built");
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
    output.read_line(&mut line).expect("it writes a line");
    let kubeconfig = line.trim().strip_prefix("export KUBECONFIG=");
    let folder = Path::new(kubeconfig.expect("it has started")).parent();
    (child, folder.expect("a file is in a folder").to_owned())
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn a_killed_process_leaves_nothing_of_its_control_plane() {
    // Without the programs the other process could not say that it skips.
    let Some(here) = or_skip(ControlPlane::start(&Options::default())) else {
        return;
    };
    let kept = here.kubeconfig().parent().expect("a file is in a folder");
    let (mut process, folder) = other_process();
    assert!(users(&folder).len() >= 3, "{:?}", users(&folder));
    process.kill().expect("it runs");
    process.wait().expect("it is ours");
    eventually("the programs end", || users(&folder).is_empty());
    eventually("the folder goes", || !folder.exists());
    assert!(users(kept).len() >= 3, "other clusters live on");
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn what_is_dropped_is_gone_at_once() {
    let Some(cluster) = or_skip(ControlPlane::start(&Options::default())) else {
        return;
    };
    let folder = cluster.kubeconfig().parent().expect("it is in a folder");
    let folder = folder.to_owned();
    drop(cluster);
    assert_eq!(users(&folder), [""; 0]);
    assert!(!folder.exists());
}
