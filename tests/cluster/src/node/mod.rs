//! A node beside the control plane: Pods run, and Services answer.
//!
//! ```text
//! test process          namespaces of the node's own: mounts, processes, network
//!  10.217.0.1 ──veth── 10.217.0.2  API server, kubelet       all of it ends with the
//!                        ├─ 10.217.1.x  Pods (containerd)    first process in there;
//!                        └─ 10.217.2.x  Services (kube-proxy)  the next node has 10.217.4
//! ```
//!
//! Mounts, containers, interfaces, routes and iptables' chains are in namespaces, so that nothing of this machine is
//! changed, and nothing can be left behind; only control groups have none, and have [`Cgroups`].

mod cgroups;
mod commands;
mod images;
mod namespaces;
mod network;
mod registry;

use std::net::Ipv4Addr;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::control_plane::commands::started_by;
use crate::control_plane::{ControlPlane, Options, Site};
use crate::error::{self, Error, print, tail};
use crate::folder::Folder;
use crate::guard::Guard;
use crate::programs::Programs;
use cgroups::Cgroups;
pub use images::build as build_image;
use namespaces::Namespaces;
use network::Network;
use registry::Registry;

const NAME: &str = "node";

/// What a node stands on.
#[derive(Debug)]
struct Parts {
    programs: Programs,
    network: Network,
    namespaces: Namespaces,
    // Dropped after the namespaces, because only then nobody uses them.
    cgroups: Cgroups,
    folder: Folder,
}

/// A control plane with a node that runs Pods; it ends with this value, or with the test process.
#[derive(Debug)]
pub struct Node {
    // Fields are dropped in this order: who asks before who answers, and what all stand on last.
    programs: Vec<Guard>,
    control_plane: ControlPlane,
    #[expect(dead_code, reason = "it runs as long as this value is there")]
    containerd: Guard,
    /// Whether its image is there; locked while it is made, because tests that share a node ask at the same time.
    server: Mutex<bool>,
    /// Started for the first image that is published.
    registry: Mutex<Option<Registry>>,
    parts: Parts,
}

static SHARED: OnceLock<Result<Node, Error>> = OnceLock::new();

impl Node {
    /// The one that the tests of a test binary share, with default options, each test with namespaces of its own.
    ///
    /// `None` after a line that says SKIPPED and why.
    #[track_caller]
    pub fn shared() -> Option<&'static Self> {
        error::shared(&SHARED, || Self::start(&Options::default()))
    }

    /// Starts one and waits until it is ready; only root may.
    pub fn start(options: &Options) -> Result<Self, Error> {
        let parts = Parts::create()?;
        let containerd = commands::containerd(&parts)?;
        let mut containerd = Guard::start("containerd", &containerd, parts.folder.path())?;
        containerd.ready(|| commands::ctr(&parts.folder, &["version"]).is_ok())?;
        let site = Site {
            address: parts.network.node(),
            services: parts.network.services(),
            enter: parts.namespaces.network(),
        };
        let mut node = Self {
            programs: Vec::new(),
            control_plane: ControlPlane::start_at(&site, options)?,
            containerd,
            server: Mutex::new(false),
            registry: Mutex::new(None),
            parts,
        };
        node.import_static("pause", images::PAUSE)?;
        node.start_programs()?;
        node.wait()?;
        Ok(node)
    }

    fn start_programs(&mut self) -> Result<(), Error> {
        let Self {
            parts,
            control_plane,
            ..
        } = self;
        for (name, command) in [
            ("kube-scheduler", commands::scheduler(parts, control_plane)),
            ("kube-proxy", commands::proxy(parts, control_plane)),
            ("kubelet", commands::kubelet(parts, control_plane)?),
        ] {
            let guard = Guard::start(name, &command, parts.folder.path())?;
            self.programs.push(guard);
        }
        Ok(())
    }

    fn import_static(&self, kind: &str, name: &str) -> Result<(), Error> {
        let archive = self.parts.folder.join(&format!("{kind}.tar"));
        images::build_static(kind, name, &archive)?;
        self.import_image(&archive)
    }

    /// Until Pods may be scheduled.
    fn wait(&mut self) -> Result<(), Error> {
        let path =
            "--output=jsonpath={.status.conditions[?(@.type=='Ready')].status}/{.spec.taints}";
        let get = ["get", "node", NAME, path];
        let Self {
            programs,
            control_plane,
            ..
        } = self;
        let Some(kubelet) = programs.last_mut() else {
            return Ok(());
        };
        kubelet.ready(|| control_plane.kubectl(&get).stdout == "True/")
    }

    /// The control plane, for `kubectl` and the rest.
    pub fn control_plane(&self) -> &ControlPlane {
        &self.control_plane
    }

    /// Takes the images of an `oci-archive`, as [`build_image`] writes them; Pods say `imagePullPolicy: Never`.
    pub fn import_image(&self, archive: &Path) -> Result<(), Error> {
        let archive = archive.to_string_lossy();
        commands::ctr(&self.parts.folder, &["images", "import", &archive])
    }

    /// Publishes the image of an `oci-archive` under a name such as `ghcr.io/owner/image:tag`, in a registry that the node
    /// asks in place of the one in the name: Pods pull it, whatever their `imagePullPolicy`.
    pub fn publish_image(&self, archive: &Path, name: &str) -> Result<(), Error> {
        let registry = self.registry.lock();
        let mut registry = registry.unwrap_or_else(PoisonError::into_inner);
        let running = match registry.take() {
            Some(running) => running,
            None => Registry::start(&self.parts)?,
        };
        let running = registry.insert(running);
        running.take(&self.parts.folder, archive, name)
    }

    /// Sends a signal to the first process of a container, named as in a Pod's `containerID`, with no word to Kubernetes.
    pub fn signal(&self, container: &str, signal: &str) -> Result<(), Error> {
        let id = container.trim_start_matches("containerd://");
        let kill = ["tasks", "kill", "--signal", signal, id];
        commands::ctr(&self.parts.folder, &kill)
    }

    /// Imports the image of a small static server, and gives its name. It answers on port 8080 with its host name, says
    /// `drained` a second after it is told to end, and with two arguments, an address and a port, asks instead.
    pub fn import_server(&self) -> Result<&'static str, Error> {
        let mut imported = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if !*imported {
            self.import_static("server", images::SERVER)?;
            *imported = true;
        }
        Ok(images::SERVER)
    }

    /// The address at which Pods and the API server reach this process.
    pub fn host_address(&self) -> Ipv4Addr {
        self.parts.network.host()
    }

    fn logs(&self) -> String {
        let names = ["containerd", "kube-scheduler", "kube-proxy", "kubelet"];
        let logs = names.map(|name| {
            let log = self.parts.folder.join(&format!("{name}.log"));
            format!("== {}\n{}\n", log.display(), tail(&log))
        });
        logs.concat()
    }
}

/// A test that fails in the middle of something leaves the reason in the logs, which go with this value.
impl Drop for Node {
    fn drop(&mut self) {
        if std::thread::panicking() {
            print(&self.logs());
        }
    }
}

impl Parts {
    fn create() -> Result<Self, Error> {
        let programs = find()?;
        let folder = Folder::create("node-")?;
        let cgroups = Cgroups::create()?;
        let namespaces = Namespaces::create(&folder)?;
        Ok(Self {
            programs,
            network: Network::create(&namespaces)?,
            namespaces,
            cgroups,
            folder,
        })
    }

    /// A program in the node's network.
    fn command(&self, program: &Path) -> Command {
        started_by(&self.namespaces.network(), program)
    }
}

fn find() -> Result<Programs, Error> {
    let built = ["kubelet", "kube-scheduler", "kube-proxy"];
    let installed = [
        "containerd",
        "ctr",
        "runc",
        "buildah",
        "cc",
        "ip",
        "iptables",
        "conntrack",
        "unshare",
        "nsenter",
    ];
    let ours =
        std::fs::metadata("/proc/self").map_err(|error| Error::of(Path::new("/proc"), &error))?;
    if ours.uid() != 0 {
        return Err(Error::Unavailable("a node needs root".to_owned()));
    }
    let programs = Programs::find(&built, &installed)?;
    Namespaces::probe()?;
    Ok(programs)
}
