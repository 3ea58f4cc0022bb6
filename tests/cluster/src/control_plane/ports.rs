//! Where the programs listen.

use std::net::TcpListener;
use std::path::Path;

use crate::error::Error;

#[derive(Clone, Copy, Debug)]
pub(super) struct Ports {
    pub(super) etcd: u16,
    pub(super) etcd_peers: u16,
    pub(super) api_server: u16,
}

impl Ports {
    pub(super) fn free() -> Result<Self, Error> {
        let [etcd, etcd_peers, api_server] = free_ports()?;
        Ok(Self {
            etcd,
            etcd_peers,
            api_server,
        })
    }
}

/// Different ports that were free a moment ago.
pub(crate) fn free_ports<const N: usize>() -> Result<[u16; N], Error> {
    let failed = |error| Error::of(Path::new("127.0.0.1:0"), &error);
    let mut ports = [0; N];
    let mut listeners = Vec::new();
    for port in &mut ports {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        *port = listener.local_addr().map_err(failed)?.port();
        listeners.push(listener);
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_that_are_asked_for_together_differ() {
        let mut ports = free_ports::<20>().unwrap();
        ports.sort_unstable();
        assert!(ports.windows(2).all(|pair| pair[0] < pair[1]), "{ports:?}");
    }
}
