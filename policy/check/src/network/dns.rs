//! Whether isolated pods can still look names up.

use std::net::{IpAddr, Ipv4Addr};

use plimsoll_yaml::Node;

use super::index::namespace_may_match;
use super::{Allowance, Cidr, Direction, Peer, Ports, Who, rules};
use crate::{Inventory, Resource, Workload};

/// Namespaces where cluster DNS runs: `CoreDNS` and node-local DNS, and the one of `OpenShift`.
const NAMESPACES: &[&str] = &["kube-system", "openshift-dns"];

/// Ports that DNS pods listen on: policies see the pod's port, not the Service's.
const NUMBERS: &[i64] = &[53, 5353];

/// Names of those ports in the manifests of `CoreDNS` and of `OpenShift`.
const PORT_NAMES: &[&str] = &["dns", "dns-tcp", "domain", "domain-tcp"];

/// Addresses that show whether a wide block holds cluster DNS: node-local DNS, and one of each private range.
const ADDRESSES: &[Ipv4Addr] = &[
    Ipv4Addr::new(169, 254, 20, 10),
    Ipv4Addr::new(10, 96, 0, 10),
    Ipv4Addr::new(172, 20, 0, 10),
    Ipv4Addr::new(192, 168, 0, 10),
];

/// What policies let a pod ask.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Names {
    /// It may go to places that are known by name.
    pub(crate) needed: bool,
    /// Questions go through.
    pub(crate) udp: bool,
    /// Answers too long for one datagram go through.
    pub(crate) tcp: bool,
}

impl Names {
    /// What two policies let a pod ask that both select.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            needed: self.needed || other.needed,
            udp: self.udp || other.udp,
            tcp: self.tcp || other.tcp,
        }
    }
}

/// What one policy lets the pods ask whose egress it governs.
pub(crate) fn names<'s>(inventory: &Inventory<'s>, policy: &Resource<'s>) -> Names {
    let of_rule = |rule: Allowance<'s>| Names {
        needed: needs_names(&rule),
        udp: is_dns(inventory, policy, &rule, "UDP"),
        tcp: is_dns(inventory, policy, &rule, "TCP"),
    };
    rules(policy, Direction::Egress)
        .map(of_rule)
        .fold(Names::default(), Names::and)
}

/// Pods and the whole world are known by name; a block of addresses may be known by address.
fn needs_names(rule: &Allowance<'_>) -> bool {
    rule.is_for_everyone()
        || rule.peers().any(|peer| match peer.who {
            Who::Block(block, _) => block.is_some_and(Cidr::is_everything),
            Who::Neighbours(_) | Who::Elsewhere(..) => true,
            Who::Nothing => false,
        })
}

fn is_dns<'s>(
    inventory: &Inventory<'s>,
    policy: &Resource<'s>,
    rule: &Allowance<'s>,
    protocol: &str,
) -> bool {
    let named = rule
        .ports()
        .any(|port| port.protocol == protocol && is_dns_port(port.which));
    (named || rule.is_for_all_ports())
        && (rule.is_for_everyone()
            || rule
                .peers()
                .any(|peer| may_be_dns(inventory, policy, &peer, named)))
}

fn is_dns_port(ports: Ports<'_>) -> bool {
    match ports {
        Ports::All => true,
        Ports::Range(from, end) => NUMBERS.iter().any(|number| (from..=end).contains(number)),
        Ports::Named(name) => PORT_NAMES.contains(&name),
    }
}

/// Whether a DNS server may be among a peer's pods or addresses. `named`: the rule names the port of DNS, so that its
/// author knew where DNS is, unless it looks in a namespace that has none.
fn may_be_dns<'s>(
    inventory: &Inventory<'s>,
    policy: &Resource<'s>,
    peer: &Peer<'s>,
    named: bool,
) -> bool {
    match &peer.who {
        Who::Block(block, _) => {
            let wide = block.is_some_and(|block| block.length() <= 16);
            let holds = |address| peer.holds_address(IpAddr::V4(address));
            named || (wide && ADDRESSES.iter().copied().any(holds))
        }
        Who::Neighbours(pods) => {
            NAMESPACES.contains(&policy.namespace())
                || inventory.select(policy.namespace(), pods).any(serves_names)
        }
        Who::Elsewhere(namespaces, _) => {
            named && !names_own_namespace_only(inventory, policy, peer)
                || NAMESPACES
                    .iter()
                    .any(|name| namespace_may_match(inventory, namespaces, name))
        }
        Who::Nothing => false,
    }
}

/// Whether a namespace selector says the policy's own namespace, where only pods of the repository could answer.
fn names_own_namespace_only<'s>(
    inventory: &Inventory<'s>,
    policy: &Resource<'s>,
    peer: &Peer<'s>,
) -> bool {
    let Who::Elsewhere(namespaces, _) = &peer.who else {
        return false;
    };
    let own = policy.namespace();
    let names_it = namespaces.requires("kubernetes.io/metadata.name", own);
    names_it
        && !NAMESPACES.contains(&own)
        && !inventory
            .select(own, &crate::Selector::everything())
            .any(serves_names)
}

fn serves_names(workload: &Workload<'_>) -> bool {
    let mut ports = workload.containers.iter().flat_map(crate::Container::ports);
    ports.any(|port| {
        let number = port.get("containerPort").and_then(Node::int);
        number.is_some_and(|number| NUMBERS.contains(&number))
    })
}
