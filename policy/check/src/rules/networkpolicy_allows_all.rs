use crate::network::{self, Allowance, Direction};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-allows-all",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
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
    let open = |direction| {
        network::rules(policy, direction).filter_map(|rule| Some((rule, everybody(&rule)?)))
    };
    let mut ingress = open(Direction::Ingress).peekable();
    if ingress.peek().is_some() && !selected.any(|workload| network::is_edge(inventory, workload)) {
        ingress.for_each(|(rule, place)| report(cx, policy, &rule, place, "from anywhere"));
    }
    for (rule, place) in open(Direction::Egress).filter(|(rule, _)| rule.is_for_all_ports()) {
        report(cx, policy, &rule, place, "to anywhere");
    }
}

/// Where a rule says that it is for everybody; with ports, the pods of the cluster are not everybody.
fn everybody<'s>(rule: &Allowance<'s>) -> Option<Place<'s>> {
    if rule.is_for_everyone() {
        return Some(
            rule.peers_entry()
                .map_or(Place::value(rule.node), Place::key),
        );
    }
    let peer = rule
        .peers()
        .find(|peer| peer.is_every_address() || peer.is_every_pod() && rule.is_for_all_ports());
    peer.map(|peer| peer.node.into())
}

fn report<'s>(
    cx: &Context<'_, 's>,
    policy: &Resource<'s>,
    rule: &Allowance<'s>,
    place: Place<'s>,
    whither: &str,
) {
    let ports = if rule.is_for_all_ports() {
        "every connection"
    } else {
        "connections to its ports"
    };
    let pods_only = !rule.is_for_everyone() && !rule.peers().any(|peer| peer.is_every_address());
    let within = if pods_only { " in the cluster" } else { "" };
    cx.report(
        policy,
        place,
        format!("{policy} allows {ports} {whither}{within}"),
    )
    .file();
}
