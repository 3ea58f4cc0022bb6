use crate::network::{self, Allowance, Direction, Port, Ports, Who};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-port-unknown",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a network policy allows a port that no container it is about has",
    help: "write the port of the container, by number or by name: policies see the pod, not the Service in front of it",
    standards: &[],
    docs: include_str!("networkpolicy_port_unknown.md"),
    check: Check::Resource(&[Kind::NetworkPolicy], check),
};

fn check<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>) {
    let selected: Vec<_> = cx.inventory.selected_by(policy).collect();
    for rule in network::rules(policy, Direction::Ingress) {
        judge(cx, policy, &rule, &selected);
    }
    for rule in network::rules(policy, Direction::Egress) {
        let Some(peers) = neighbours(cx, policy, &rule) else {
            continue;
        };
        judge(cx, policy, &rule, &peers);
    }
}

/// The pods that a rule's peers are, where all peers are pods of the namespace that the repository holds.
fn neighbours<'a, 's>(
    cx: &Context<'a, 's>,
    policy: &Resource<'s>,
    rule: &Allowance<'s>,
) -> Option<Vec<&'a Workload<'s>>> {
    let mut found = Vec::new();
    for peer in rule.peers() {
        let Who::Neighbours(pods) = &peer.who else {
            return None;
        };
        let before = found.len();
        found.extend(cx.inventory.select(policy.namespace(), pods));
        if found.len() == before {
            return None;
        }
    }
    Some(found)
}

fn judge<'s>(
    cx: &Context<'_, 's>,
    policy: &Resource<'s>,
    rule: &Allowance<'s>,
    pods: &[&Workload<'s>],
) {
    let declare = pods.iter().any(|pod| network::declares_ports(pod));
    for port in rule.ports() {
        let known = pods
            .iter()
            .any(|pod| port.is_declared_by(pod) || port.is_spoken_of_by(pod));
        let by_name = matches!(port.which, Ports::Named(_));
        let Some(first) = pods
            .first()
            .filter(|_| !known && (declare || by_name) && !is_of_a_mesh(&port))
        else {
            continue;
        };
        let Some(entry) = port.node.get("port") else {
            continue;
        };
        let shown = match port.which {
            Ports::Named(name) => format!("{} port named `{name}`", port.protocol),
            _ => format!(
                "{} port {}",
                port.protocol,
                entry.text().unwrap_or_default()
            ),
        };
        let owner = cx.inventory.owner(first);
        let whose = if pods.len() == 1 {
            format!("no container of {owner}")
        } else {
            format!("no container of {owner} and the others")
        };
        cx.report(policy, entry, format!("{whose} has a {shown}"))
            .related_object(owner, "its pods are meant")
            .file();
    }
}

/// A port of a sidecar that a service mesh puts into pods: Istio's or Linkerd's.
fn is_of_a_mesh(port: &Port<'_>) -> bool {
    matches!(port.which, Ports::Range(15000..=15099 | 4140..=4199, _))
        || port.which == Ports::Named("linkerd-admin")
        || port.which == Ports::Named("http-envoy-prom")
}
