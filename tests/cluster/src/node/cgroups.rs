//! The control groups of a node's Pods, which no namespace takes along when it ends.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::Error;

/// What every name begins with, so that those of a run that was killed together with its shells are found.
const PREFIX: &str = "plimsoll-node-";

static NODES: AtomicU32 = AtomicU32::new(0);

/// A group can be removed once the last process in it is gone, which takes a moment.
const SCRIPT: &str = r#"read -r end
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    left=
    for group do
        [ -d "$group" ] || continue
        find "$group" -depth -type d -exec rmdir {} ';'
        [ -d "$group" ] && left=1
    done
    [ -z "$left" ] && exit
    sleep 0.5
done 2>/dev/null"#;

/// A group in each hierarchy, and the shell that removes them when the test process is gone.
#[derive(Debug)]
pub(crate) struct Cgroups {
    name: String,
    shell: Child,
}

impl Cgroups {
    pub(crate) fn create() -> Result<Self, Error> {
        let hierarchies = hierarchies()?;
        for left in hierarchies.iter().flat_map(|folder| left_behind(folder)) {
            remove(&left);
        }
        let number = NODES.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}", std::process::id());
        let groups: Vec<PathBuf> = hierarchies
            .iter()
            .map(|folder| folder.join(&name))
            .collect();
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "sh"]).args(&groups);
        shell.stdin(Stdio::piped()).stdout(Stdio::null());
        shell.stderr(Stdio::null()).process_group(0);
        let shell = shell
            .spawn()
            .map_err(|error| Error::of(Path::new("sh"), &error))?;
        let made = Self { name, shell };
        for group in groups {
            fs::create_dir_all(&group).map_err(|error| Error::of(&group, &error))?;
        }
        Ok(made)
    }

    /// As the kubelet calls it.
    pub(crate) fn root(&self) -> String {
        format!("/{}", self.name)
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// One for each controller in version 1, one for all in version 2, or both.
fn hierarchies() -> Result<Vec<PathBuf>, Error> {
    let mounts = Path::new("/proc/self/mounts");
    let text = fs::read_to_string(mounts).map_err(|error| Error::of(mounts, &error))?;
    Ok(listed(&text))
}

fn listed(mounts: &str) -> Vec<PathBuf> {
    let fields = mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    let groups = fields.filter(|fields| matches!(fields.get(2), Some(&("cgroup" | "cgroup2"))));
    groups.map(|fields| PathBuf::from(fields[1])).collect()
}

/// Those of test processes that are gone. An idle node has groups without processes, too.
fn left_behind(hierarchy: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(hierarchy).into_iter().flatten().flatten();
    let left = entries.filter(|entry| {
        let name = entry.file_name();
        let process = name.to_str().and_then(process);
        process.is_some_and(|process| !Path::new("/proc").join(process).exists())
    });
    left.map(|entry| entry.path()).collect()
}

/// The test process in a group's name.
fn process(name: &str) -> Option<&str> {
    let (process, _) = name.strip_prefix(PREFIX)?.split_once('-')?;
    Some(process)
}

/// With the groups below it; the files in it are not files that could be removed.
fn remove(group: &Path) {
    let entries = fs::read_dir(group).into_iter().flatten().flatten();
    let below = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    below.for_each(|entry| remove(&entry.path()));
    // What a process is still in goes with a later run.
    let _ = fs::remove_dir(group);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hierarchy_is_found_and_nothing_else() {
        let mounts = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n\
            cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n\
            cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        let expected = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/unified"].map(PathBuf::from);
        assert_eq!(listed(mounts), expected);
    }

    #[test]
    fn the_groups_of_living_processes_stay() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            format!("{PREFIX}{}-0", std::process::id()),
            // No process has a number as high.
            format!("{PREFIX}99999999-0"),
            "kubepods".to_owned(),
        ];
        for name in &names {
            fs::create_dir_all(folder.path().join(name).join("kubepods/burstable")).unwrap();
        }
        let left = left_behind(folder.path());
        assert_eq!(left, [folder.path().join(&names[1])]);
        remove(&left[0]);
        assert!(!left[0].exists());
        assert!(folder.path().join(&names[0]).exists());
    }
}
