//! A node's addresses, and the link that leads to them from here.

use std::net::Ipv4Addr;

use super::namespaces::Namespaces;
use crate::control_plane::commands::started_by;
use crate::error::Error;

/// The addresses of one of many nodes on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    number: u8,
}

impl Network {
    /// A link into the namespaces and a way through it; the first that no other node has.
    pub(crate) fn create(namespaces: &Namespaces) -> Result<Self, Error> {
        let mut last = String::new();
        for number in 0..64 {
            let network = Self { number };
            match network.link(namespaces) {
                Ok(()) => {
                    network.configure(namespaces).map_err(Error::Failed)?;
                    return Ok(network);
                }
                Err(error) => last = error,
            }
        }
        Err(Error::Failed(last))
    }

    fn address(self, third: u8, fourth: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 217, 4 * self.number + third, fourth)
    }

    /// This process, seen from inside.
    pub(crate) fn host(self) -> Ipv4Addr {
        self.address(0, 1)
    }

    /// The node, seen from here.
    pub(crate) fn node(self) -> Ipv4Addr {
        self.address(0, 2)
    }

    pub(crate) fn pods(self) -> String {
        format!("{}/24", self.address(1, 0))
    }

    pub(crate) fn services(self) -> String {
        format!("{}/24", self.address(2, 0))
    }

    /// The link's name on this side; names have 15 letters at most.
    fn name(self) -> String {
        format!("plimsoll-{}", self.number)
    }

    /// Fails where there is one of this name; the kernel removes it with the namespace at its other end.
    fn link(self, namespaces: &Namespaces) -> Result<(), String> {
        let name = self.name();
        let [from, to] = [
            ["link", "add", &name, "type", "veth"],
            ["peer", "name", "host0", "netns", namespaces.process()],
        ];
        ip(None, &[from, to].concat())
    }

    fn configure(self, namespaces: &Namespaces) -> Result<(), String> {
        let name = self.name();
        let [host, node] = [self.host(), self.node()].map(|address| address.to_string());
        let [here, there] = [&host, &node].map(|address| format!("{address}/30"));
        ip(None, &["address", "add", &here, "dev", &name])?;
        ip(None, &["link", "set", &name, "up"])?;
        let inside = Some(namespaces);
        ip(inside, &["address", "add", &there, "dev", "host0"])?;
        ip(inside, &["link", "set", "host0", "up"])?;
        ip(inside, &["route", "add", "default", "via", &host])?;
        ip(None, &["route", "add", &self.pods(), "via", &node])?;
        ip(None, &["route", "add", &self.services(), "via", &node])
    }
}

/// Inside the namespaces, or here.
fn ip(inside: Option<&Namespaces>, words: &[&str]) -> Result<(), String> {
    let enter = inside.map_or_else(Vec::new, Namespaces::network);
    let mut command = started_by(&enter, "ip");
    let output = command.args(words).output();
    let output = output.map_err(|error| format!("ip: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("ip {}: {said}", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_networks_of_nodes_do_not_touch() {
        let [first, last] = [0, 63].map(|number| Network { number });
        assert_eq!(first.node().to_string(), "10.217.0.2");
        assert_eq!(first.services(), "10.217.2.0/24");
        assert_eq!(last.host().to_string(), "10.217.252.1");
        assert_eq!(last.pods(), "10.217.253.0/24");
    }
}
