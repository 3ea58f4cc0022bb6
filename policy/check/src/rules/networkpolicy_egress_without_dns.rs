use std::collections::BTreeMap;

use plimsoll_yaml::Node;

use crate::network::{self, Direction, Names};
use crate::{Check, Context, Inventory, Item, Place, Resource, ResourceIndex, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-egress-without-dns",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    since: "0.1.0",
    summary: "pods whose egress is restricted cannot look names up",
    help: "allow UDP and TCP port 53 to the pods of kube-dns: `namespaceSelector` kube-system and `podSelector` k8s-app=kube-dns in one peer",
    standards: &[],
    docs: include_str!("networkpolicy_egress_without_dns.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    let inventory = cx.inventory;
    let mut blamed: BTreeMap<ResourceIndex, Vec<(&Workload<'_>, Names)>> = BTreeMap::new();
    for workload in inventory.workloads() {
        let own_resolver = matches!(workload.pod("dnsPolicy").and_then(Node::text), Some("None" | "Default"));
        let judged = network::is_governed(workload) && !own_resolver && !network::is_governed_elsewhere(cx, workload.namespace);
        if !judged || inventory.other_policies_of(workload).next().is_some() {
            continue;
        }
        let policies = network::governing(inventory, workload, Direction::Egress);
        let names = network::names(inventory, &policies);
        // A pod that may go nowhere asks for nothing.
        let first = policies.iter().find(|policy| network::rules(policy, Direction::Egress).next().is_some());
        if let Some(policy) = first.filter(|_| names.needed && !(names.udp && names.tcp)) {
            blamed.entry(policy.index()).or_default().push((workload, names));
        }
    }
    for (policy, pods) in blamed {
        report(cx, inventory, inventory.resource(policy), &pods);
    }
}

fn report<'s>(cx: &Context<'_, 's>, inventory: &Inventory<'s>, policy: &Resource<'s>, pods: &[(&Workload<'s>, Names)]) {
    let Some((first, names)) = pods.first() else { return };
    let Some(egress) = policy.spec().and_then(|spec| spec.entry("egress")) else { return };
    let others = if pods.len() == 1 { String::new() } else { format!(" and {} more", pods.len() - 1) };
    let what = match (names.udp, names.tcp) {
        (false, false) => "cannot look names up: no rule allows DNS, port 53 over UDP and TCP",
        (false, true) => "cannot look names up: no rule allows DNS over UDP, port 53",
        _ => "loses long DNS answers: no rule allows DNS over TCP, port 53",
    };
    let owner = inventory.owner(first);
    cx.report(policy, Place::key(egress), format!("{owner}{others} {what}")).related_object(owner, "its pods are selected").file();
}
