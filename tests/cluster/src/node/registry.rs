//! A registry of images, in place of those in the world: what is pushed here is pulled by the name that it has there.
//!
//! ```text
//! archive ──buildah──▶ docker-registry ◀── containerd, which is told to ask here for ghcr.io/…
//! ```

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;

use serde_json::json;

use super::{Parts, images};
use crate::control_plane::commands::started_by;
use crate::control_plane::ports::free_ports;
use crate::error::Error;
use crate::folder::Folder;
use crate::guard::Guard;
use crate::programs::Programs;

/// Where containerd looks for what it is told of registries, each time that it pulls.
const HOSTS: &str = "registries";

#[derive(Debug)]
pub(super) struct Registry {
    #[expect(dead_code, reason = "it runs as long as this value is there")]
    guard: Guard,
    address: String,
}

impl Registry {
    pub(super) fn start(parts: &Parts) -> Result<Self, Error> {
        Programs::find(&[], &["docker-registry"])?;
        let folder = &parts.folder;
        let [port] = free_ports()?;
        let node: Ipv4Addr = parts.network.node();
        let address = format!("{node}:{port}");
        let config = json!({
            "version": "0.1",
            "storage": {"filesystem": {"rootdirectory": folder.join("registry")}},
            "http": {"addr": address},
        });
        let config = folder.write("registry.yml", &config.to_string())?;
        let mut command = started_by(&parts.namespaces.network(), "docker-registry");
        command.arg("serve").arg(config);
        let mut guard = Guard::start("docker-registry", &command, folder.path())?;
        guard.ready(|| TcpStream::connect((node, port)).is_ok())?;
        Ok(Self { guard, address })
    }

    /// Takes an image, and has containerd ask here for its registry.
    pub(super) fn take(&self, folder: &Folder, archive: &Path, name: &str) -> Result<(), Error> {
        let Some((host, path)) = name.split_once('/') else {
            let text = format!("{name} names no registry: it has to be as ghcr.io/name:tag");
            return Err(Error::Failed(text));
        };
        images::push(archive, &format!("{}/{path}", self.address))?;
        let here = format!("{HOSTS}/{host}");
        let place = folder.join(&here);
        fs::create_dir_all(&place).map_err(|error| Error::of(&place, &error))?;
        let url = format!("http://{}", self.address);
        let hosts = format!(
            "server = \"{url}\"\n[host.\"{url}\"]\ncapabilities = [\"pull\", \"resolve\"]\n"
        );
        folder
            .write(&format!("{here}/hosts.toml"), &hosts)
            .map(drop)
    }
}
