use crate::network::{self, Allowance, Direction};
use crate::{Check, Context, Item, Kind, Place, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-allows-all",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    since: "0.1.0",
    summary: "a rule of a network policy lets everybody in, or out to everywhere",
    help: "name who may connect: a `podSelector`, a `namespaceSelector`, or the addresses under `ipBlock`",
    standards: &[Standard::Nsa],
    docs: include_str!("networkpolicy_allows_all.md"),
    check: Check::Resource(&[Kind::NetworkPolicy], check),
};

fn check<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>) {
    let inventory = cx.inventory;
    let mut selected = inventory.selected_by(policy).peekable();
    if selected.peek().is_none() && !network::pod_selector(policy).is_empty() {
        return;
    }
    let is_edge = selected.any(|workload| network::is_edge(inventory, workload));
    for rule in network::rules(policy, Direction::Ingress).filter(|_| !is_edge) {
        report(cx, policy, &rule, "from anywhere");
    }
    for rule in network::rules(policy, Direction::Egress).filter(Allowance::is_for_all_ports) {
        report(cx, policy, &rule, "to anywhere");
    }
}

fn report<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>, rule: &Allowance<'s>, whither: &str) {
    let ports = if rule.is_for_all_ports() { "every connection" } else { "connections to its ports" };
    let message = format!("{policy} allows {ports} {whither}");
    if rule.is_for_everyone() {
        let place = rule.peers_entry().map_or(Place::value(rule.node), Place::key);
        return cx.report(policy, place, message).file();
    }
    let everybody = rule.peers().find(|peer| peer.is_every_address() || peer.is_every_pod() && rule.is_for_all_ports());
    if let Some(peer) = everybody {
        let within = if peer.is_every_pod() { " in the cluster" } else { "" };
        cx.report(policy, peer.node, message + within).file();
    }
}
