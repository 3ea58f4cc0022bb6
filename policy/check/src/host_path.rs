//! `hostPath` volumes: what of its node a pod sees through one.

use plimsoll_yaml::{Entry, Node};

use crate::{Place, Workload};

/// Endings of the sockets of container runtimes and builders. Who can write to one starts privileged containers.
const SOCKETS: [&str; 8] = [
    "docker.sock",
    "containerd.sock",
    "containerd.sock.ttrpc",
    "crio.sock",
    "cri-dockerd.sock",
    "dockershim.sock",
    "podman.sock",
    "buildkitd.sock",
];

/// Folders that hold such a socket and little else.
const SOCKET_FOLDERS: [&str; 7] = [
    "/run/containerd",
    "/run/crio",
    "/run/podman",
    "/run/buildkit",
    "/run/k3s/containerd",
    "/run/docker",
    "/run/dockershim",
];

/// Folders of the system: with what is in them one takes over the node, or reads its secrets.
const SYSTEM: [&str; 21] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/opt/cni",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var/lib/containerd",
    "/var/lib/cni",
    "/var/lib/docker",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/lib/rancher",
    "/var/log",
    "/windows",
];

/// What lies in those and gives nothing away: the clock's zone, and devices made to be used by programs.
const HARMLESS: [&str; 9] = [
    "/etc/localtime",
    "/etc/timezone",
    "/usr/share/zoneinfo",
    "/dev/dri",
    "/dev/fuse",
    "/dev/kvm",
    "/dev/net/tun",
    "/dev/null",
    "/dev/shm",
];

/// Folders above those, which hold all of it.
const WHOLE: [&str; 3] = ["/", "/var", "/var/lib"];

/// What of the node a path reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The socket of a container runtime, or the folder that holds it.
    RuntimeSocket,
    /// The system's own files.
    System,
    /// Something else.
    Data,
}

/// A `hostPath` volume.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostPath<'s> {
    /// The volume's name.
    pub(crate) volume: &'s str,
    entry: Entry<'s>,
    path: Option<Node<'s>>,
}

impl<'s> HostPath<'s> {
    /// The path as written; empty where there is none.
    pub(crate) fn path(&self) -> &'s str {
        self.path.and_then(Node::text).unwrap_or_default()
    }

    /// Where it stands.
    pub(crate) fn place(&self) -> Place<'s> {
        self.path.map_or_else(|| self.entry.into(), Place::value)
    }

    /// What it reaches.
    pub(crate) fn reach(&self) -> Reach {
        reach(self.path())
    }
}

/// The `hostPath` volumes of a pod.
pub(crate) fn host_paths<'s>(
    workload: &Workload<'s>,
) -> impl Iterator<Item = HostPath<'s>> + use<'s> {
    workload.volumes().filter_map(|volume| {
        let entry = volume
            .entry("hostPath")
            .filter(|entry| !entry.value.is_null())?;
        Some(HostPath {
            volume: volume
                .get("name")
                .and_then(Node::text)
                .unwrap_or("without a name"),
            entry,
            path: entry.value.get("path"),
        })
    })
}

fn reach(path: &str) -> Reach {
    if path.is_empty() {
        return Reach::Data;
    }
    let path = cleaned(path);
    let last = path.rsplit('/').next().unwrap_or_default();
    let below = |folder: &&str| {
        path.strip_prefix(*folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let pipe = path.starts_with("//./pipe/")
        && (last.starts_with("docker_engine") || last.starts_with("containerd"));
    if SOCKETS.contains(&last) || pipe || SOCKET_FOLDERS.iter().any(below) {
        Reach::RuntimeSocket
    } else if HARMLESS.iter().any(below) {
        Reach::Data
    } else if WHOLE.contains(&path.as_str()) || SYSTEM.iter().any(below) {
        Reach::System
    } else {
        Reach::Data
    }
}

/// A path without `.`, doubled and trailing slashes, `/var/run` by its modern name; a Windows path without its drive, in
/// small letters.
fn cleaned(path: &str) -> String {
    let windows = path.contains('\\') || path.get(1..2) == Some(":");
    let path = if windows {
        path.replace('\\', "/").to_ascii_lowercase()
    } else {
        path.to_owned()
    };
    if path.starts_with("//./pipe/") {
        return path;
    }
    let path = match path.split_once(':') {
        Some((drive, rest)) if windows && drive.len() == 1 => rest,
        _ => &path,
    };
    let mut clean = String::with_capacity(path.len());
    for part in path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        clean.push('/');
        clean.push_str(part);
    }
    match clean.strip_prefix("/var/run") {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/run{rest}"),
        _ if clean.is_empty() => "/".to_owned(),
        _ => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::{Reach, reach};

    #[test]
    fn paths_reach_what_they_reach_however_they_are_written() {
        let cases = [
            ("/", Reach::System),
            ("//", Reach::System),
            ("/etc/", Reach::System),
            ("/etc/kubernetes/pki", Reach::System),
            ("/./proc", Reach::System),
            ("/var/run", Reach::System),
            ("/var/lib", Reach::System),
            ("/var/lib/kubelet/pods", Reach::System),
            ("C:\\", Reach::System),
            ("C:\\Windows\\System32", Reach::System),
            ("/var/run/docker.sock", Reach::RuntimeSocket),
            ("/run/containerd", Reach::RuntimeSocket),
            ("/var/run/crio/crio.sock", Reach::RuntimeSocket),
            ("/data/docker.sock", Reach::RuntimeSocket),
            ("\\\\.\\pipe\\docker_engine", Reach::RuntimeSocket),
            ("/var/run/thing.sock/..", Reach::System),
            ("/etcetera", Reach::Data),
            ("/etc/localtime", Reach::Data),
            ("/usr/share/zoneinfo/UTC", Reach::Data),
            ("/dev/dri", Reach::Data),
            ("/data", Reach::Data),
            ("/var/lib/postgres", Reach::Data),
            ("D:\\data", Reach::Data),
            ("", Reach::Data),
        ];
        for (path, expected) in cases {
            assert_eq!(reach(path), expected, "{path}");
        }
    }
}
