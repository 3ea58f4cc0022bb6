use std::collections::BTreeMap;

use foldhash::HashMap;

use plimsoll_yaml::Node;

use crate::network::{self, Names};
use crate::{
    Check, Context, Item, Needs, Place, Resource, ResourceIndex, Rule, Severity, Workload,
};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-egress-without-dns",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "pods whose egress is restricted cannot look names up",
    help: "allow UDP and TCP port 53 to the pods of kube-dns: `namespaceSelector` kube-system and `podSelector` k8s-app=kube-dns in one peer",
    standards: &[],
    docs: include_str!("networkpolicy_egress_without_dns.md"),
    check: Check::Inventory(check),
};

/// The pods that lack something, by the policy to mend.
type Blamed<'a, 's> = BTreeMap<ResourceIndex, Vec<(&'a Workload<'s>, Names)>>;

fn check(cx: &Context<'_, '_>) {
    let inventory = cx.inventory;
    let mut blamed = Blamed::new();
    let mut read = HashMap::default();
    for workload in inventory.workloads() {
        let own_resolver = matches!(
            workload.pod("dnsPolicy").and_then(Node::text),
            Some("None" | "Default")
        );
        let judged = network::is_governed(workload)
            && !own_resolver
            && !network::is_governed_elsewhere(cx, workload.namespace);
        if !judged || inventory.other_policies_of(workload).next().is_some() {
            continue;
        }
        let (mut names, mut first, mut partly) = (Names::default(), None, None);
        for policy in inventory.policies_of(workload) {
            let own: Names = *read
                .entry(policy.index())
                .or_insert_with(|| network::names(inventory, policy));
            names = names.and(own);
            first = first.or(own.needed.then_some(policy.index()));
            partly = partly.or((own.udp || own.tcp).then_some(policy.index()));
        }
        if let Some(policy) = partly
            .or(first)
            .filter(|_| names.needed && !(names.udp && names.tcp))
        {
            blamed.entry(policy).or_default().push((workload, names));
        }
    }
    for (policy, pods) in blamed {
        report(cx, inventory.resource(policy), &pods);
    }
}

fn report<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>, pods: &[(&Workload<'s>, Names)]) {
    let Some((first, names)) = pods.first() else {
        return;
    };
    let Some(egress) = policy.spec().and_then(|spec| spec.entry("egress")) else {
        return;
    };
    let others = if pods.len() == 1 {
        String::new()
    } else {
        format!(" and {} more", pods.len() - 1)
    };
    let what = match (names.udp, names.tcp) {
        (false, false) => "over UDP and TCP, port 53, so no name can be looked up",
        (false, true) => "over UDP, port 53, so no name can be looked up",
        _ => "over TCP, port 53, so long answers are lost",
    };
    let owner = cx.inventory.owner(first);
    cx.report(
        policy,
        Place::key(egress),
        format!("{owner}{others}: no rule allows DNS {what}"),
    )
    .related_object(owner, "its pods are selected")
    .file();
}
