use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::network::{self, Allowance, Direction};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-node-endpoint-allowed",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "pods may reach the credentials service of the cloud, or the kubelet",
    help: "add `except: [169.254.169.254/32]` and the nodes' addresses to the block, or name the addresses that the pods need",
    standards: &[Standard::Nsa],
    docs: include_str!("networkpolicy_node_endpoint_allowed.md"),
    check: Check::Resource(&[Kind::NetworkPolicy], check),
};

/// Where clouds give a machine's credentials to whoever asks from it.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// An address of each private range: a block that holds them all holds the nodes.
const PRIVATE: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)),
    IpAddr::V4(Ipv4Addr::new(172, 16, 0, 1)),
    IpAddr::V4(Ipv4Addr::new(192, 168, 0, 1)),
];

fn check<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>) {
    for rule in network::rules(policy, Direction::Egress) {
        let (metadata, kubelet) = (rule.allows("TCP", 80), rule.allows("TCP", 10250));
        if rule.is_for_everyone() {
            // Without ports it is `networkpolicy-allows-all`.
            let place = rule
                .ports()
                .next()
                .map_or(Place::value(rule.node), |port| port.node.into());
            report(cx, policy, &rule, place, metadata, kubelet);
        }
        for peer in rule.peers() {
            let metadata = metadata && METADATA.iter().any(|address| peer.holds_address(*address));
            let kubelet = kubelet && PRIVATE.iter().all(|address| peer.holds_address(*address));
            if !(peer.is_every_address() && rule.is_for_all_ports()) {
                let place = peer
                    .node
                    .get("ipBlock")
                    .and_then(|block| block.get("cidr"))
                    .unwrap_or(peer.node);
                report(cx, policy, &rule, place.into(), metadata, kubelet);
            }
        }
    }
}

fn report<'s>(
    cx: &Context<'_, 's>,
    policy: &Resource<'s>,
    rule: &Allowance<'s>,
    place: Place<'s>,
    metadata: bool,
    kubelet: bool,
) {
    let what = match (metadata, kubelet) {
        (true, true) => "the cloud's metadata address 169.254.169.254 and the kubelet's port 10250",
        (true, false) => "the cloud's metadata address 169.254.169.254",
        (false, true) => "the kubelet's port 10250 on the nodes",
        (false, false) => return,
    };
    if !(rule.is_for_everyone() && rule.is_for_all_ports()) {
        cx.report(
            policy,
            place,
            format!("{policy} lets its pods reach {what}"),
        )
        .file();
    }
}
