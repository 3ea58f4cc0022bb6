//! What the programs of a node are told.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::images::{self, PAUSE};
use super::network::Network;
use super::{NAME, Parts};
use crate::control_plane::ControlPlane;
use crate::control_plane::commands::flag;
use crate::control_plane::ports::free_ports;
use crate::error::Error;
use crate::folder::Folder;

/// Where Debian and others put the plugins.
const CNI: [&str; 3] = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];

const CONTAINERD: &str = include_str!("containerd.toml");

pub(super) fn containerd(parts: &Parts) -> Result<Command, Error> {
    let Parts {
        folder,
        network,
        namespaces,
        ..
    } = parts;
    let plugins = CNI
        .into_iter()
        .find(|place| Path::new(place).join("ptp").is_file());
    let plugins = plugins.ok_or_else(|| {
        let text = "there are no CNI plugins; `cargo xtask test --only node` installs them";
        Error::Unavailable(text.to_owned())
    })?;
    let networks = folder.join("cni");
    std::fs::create_dir_all(&networks).map_err(|error| Error::of(&networks, &error))?;
    folder.write("cni/10-pods.conflist", &pods(*network))?;
    let text = CONTAINERD
        .replace("FOLDER", &folder.path().to_string_lossy())
        .replace("PLUGINS", plugins)
        .replace("PAUSE", PAUSE);
    let file = folder.write("containerd.toml", &text)?;
    let mut containerd = namespaces.command(Path::new("containerd"));
    containerd.arg("--config").arg(file);
    Ok(containerd)
}

/// A route for each Pod. On a bridge, a Pod that reaches another by a Service is answered past kube-proxy, unless the
/// kernel shows bridged packets to iptables, which not every kernel can.
fn pods(network: Network) -> String {
    let ranges = json!([[{"subnet": network.pods()}]]);
    let routes = json!([{"dst": "0.0.0.0/0"}]);
    let addresses = json!({"type": "host-local", "ranges": ranges, "routes": routes});
    let plugin = json!({"type": "ptp", "ipMasq": false, "ipam": addresses});
    let list = json!({"cniVersion": "0.4.0", "name": "pods", "plugins": [plugin]});
    list.to_string()
}

fn socket(folder: &Folder) -> PathBuf {
    folder.join("containerd.sock")
}

/// containerd's own client, in the kubelet's namespace of images.
pub(super) fn ctr(folder: &Folder, words: &[&str]) -> Result<(), Error> {
    let mut ctr = Command::new("ctr");
    ctr.arg("--address").arg(socket(folder));
    images::run(ctr.args(["--namespace", "k8s.io"]).args(words))
}

pub(super) fn kubelet(parts: &Parts, plane: &ControlPlane) -> Result<Command, Error> {
    let Parts {
        programs,
        folder,
        network,
        namespaces,
        cgroups,
    } = parts;
    let resolver = folder.write("resolv.conf", "")?;
    let socket = socket(folder).display().to_string();
    let [port] = free_ports()?;
    let config = json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": network.node(),
        "port": port,
        "healthzPort": 0,
        "authentication": {"anonymous": {"enabled": true}, "webhook": {"enabled": false}},
        "authorization": {"mode": "AlwaysAllow"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": cgroups.root(),
        "failCgroupV1": false,
        "failSwapOn": false,
        "containerRuntimeEndpoint": format!("unix://{socket}"),
        "enforceNodeAllocatable": [],
        "makeIPTablesUtilChains": false,
        // Lowering it needs a capability that containers of CI lack.
        "oomScoreAdj": 0,
        // A disk that is nearly full is no reason to fail.
        "evictionHard": {"memory.available": "50Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "podLogsDir": "/var/log/pods",
        "resolvConf": resolver,
        // Tests look at what becomes of a Pod, and wait for it.
        "syncFrequency": "10s",
    });
    let config = folder.write("kubelet.json", &config.to_string())?;
    let mut kubelet = namespaces.command(&programs.path("kubelet"));
    kubelet.args([
        flag("--config", config),
        flag("--kubeconfig", plane.kubeconfig()),
        flag("--root-dir", folder.join("kubelet")),
        flag("--cert-dir", folder.join("kubelet-certificates")),
        flag("--hostname-override", NAME),
        flag("--node-ip", network.node().to_string()),
    ]);
    Ok(kubelet)
}

pub(super) fn scheduler(parts: &Parts, plane: &ControlPlane) -> Command {
    let mut scheduler = parts.command(&parts.programs.path("kube-scheduler"));
    scheduler.args([
        flag("--kubeconfig", plane.kubeconfig()),
        flag("--leader-elect", "false"),
        flag("--bind-address", "127.0.0.1"),
    ]);
    scheduler
}

pub(super) fn proxy(parts: &Parts, plane: &ControlPlane) -> Command {
    let mut proxy = parts.command(&parts.programs.path("kube-proxy"));
    proxy.args([
        flag("--kubeconfig", plane.kubeconfig()),
        flag("--hostname-override", NAME),
        flag("--proxy-mode", "iptables"),
        flag("--cluster-cidr", parts.network.pods()),
        flag("--conntrack-max-per-core", "0"),
        flag("--bind-address", "127.0.0.1"),
    ]);
    proxy
}
