//! What is left of a control plane when the process that started it is killed: nothing.

use crate::support::{Other, users};
use cluster::{ControlPlane, Options, eventually, or_skip};

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn a_killed_process_leaves_nothing_of_its_control_plane() {
    // Without the programs the other process could not say that it skips.
    let Some(here) = or_skip(ControlPlane::start(&Options::default())) else {
        return;
    };
    let kept = here.kubeconfig().parent().expect("a file is in a folder");
    let mut other = Other::start(&[]);
    let folder = other.folder().to_owned();
    assert!(users(&folder).len() >= 3, "{:?}", users(&folder));
    other.kill();
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
