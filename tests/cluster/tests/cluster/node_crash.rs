//! What is left of a node when it ends, or the process that started it is killed: nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cluster::{Node, eventually};

use crate::support::{Other, users};

/// What any node could leave on this machine, outside of its folder.
fn traces() -> Vec<String> {
    let places = ["/var/lib/cni/networks", "/run/netns", "/var/log/pods"];
    let listed = places.iter().flat_map(|place| entries(Path::new(place)));
    let mut found: Vec<String> = listed.map(|path| path.display().to_string()).collect();
    found.sort();
    found.extend(lines(&["iptables-save"], "KUBE-"));
    found.extend(lines(&["mount"], "/node-"));
    found
}

/// What the node of another process has on this machine now.
fn owned(id: u32, address: &str) -> Vec<String> {
    let third = address
        .split('.')
        .nth(2)
        .and_then(|third| third.parse::<u8>().ok());
    let number = third.expect("it is an address") / 4;
    let groups = groups(id)
        .into_iter()
        .map(|group| group.display().to_string());
    let link = lines(&["ip", "link"], &format!("plimsoll-{number}@"));
    let ways = lines(&["ip", "route"], &format!("via {address} "));
    groups.chain(link).chain(ways).collect()
}

fn groups(id: u32) -> Vec<PathBuf> {
    let root = Path::new("/sys/fs/cgroup");
    let places = entries(root).into_iter().chain([root.to_owned()]);
    let groups = places.map(|place| place.join(format!("plimsoll-node-{id}-0")));
    groups.filter(|group| group.exists()).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn lines(words: &[&str], mark: &str) -> Vec<String> {
    let output = Command::new(words[0]).args(&words[1..]).output();
    let output = output.expect("a node needs it, too");
    let text = String::from_utf8(output.stdout).expect("it writes text");
    let marked = text.lines().filter(|line| line.contains(mark));
    marked.map(ToOwned::to_owned).collect()
}

/// Runs a Pod on the node of another process, ends that, and looks for what is left.
fn nothing_is_left(end: impl FnOnce(&mut Other)) {
    // Without what a node needs the other process could not say that it skips.
    if Node::shared().is_none() {
        return;
    }
    let before = traces();
    let mut other = Other::start(&["node"]);
    let run = [
        "run",
        "web",
        "--image=localhost/pause:1",
        "--image-pull-policy=Never",
    ];
    other.kubectl(&run);
    other.kubectl(&["wait", "pod/web", "--for=condition=Ready", "--timeout=100s"]);
    let id = other.id();
    let address = other.address();
    let pods = groups(id)
        .iter()
        .any(|group| group.join("kubepods").exists());
    assert!(pods, "{:?}", groups(id));
    let others = owned(id, &address).len() - groups(id).len();
    assert_eq!(others, 3, "a link and two ways: {:?}", owned(id, &address));
    end(&mut other);
    eventually("nothing is left", || owned(id, &address).is_empty());
    eventually("the programs end", || users(other.folder()).is_empty());
    eventually("the folder goes", || !other.folder().exists());
    assert_eq!(traces(), before);
}

#[test]
#[ignore = "cargo xtask test --only node"]
fn nothing_is_left_of_a_node_that_is_dropped() {
    nothing_is_left(Other::end);
}

#[test]
#[ignore = "cargo xtask test --only node"]
fn nothing_is_left_of_a_node_whose_process_is_killed() {
    nothing_is_left(Other::kill);
}
