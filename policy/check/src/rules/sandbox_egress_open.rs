use plimsoll_yaml::Node;

use crate::network::{self, Direction};
use crate::{Check, Context, Item, Labels, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "sandbox-egress-open",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "code that runs in an agent sandbox may connect to anything",
    help: "restrict egress: `networkPolicy.egress` of the SandboxTemplate with peers, or a NetworkPolicy that selects the pods",
    standards: &[],
    docs: include_str!("sandbox_egress_open.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let is_sandbox = match (resource.group(), resource.kind_name) {
        ("agents.x-k8s.io", "Sandbox") => true,
        ("extensions.agents.x-k8s.io", "SandboxTemplate") => false,
        _ => return,
    };
    let unmanaged = resource
        .field("spec.networkPolicyManagement")
        .filter(|node| node.text() == Some("Unmanaged"));
    if is_sandbox || unmanaged.is_some() {
        let template = || resource.spec().and_then(|spec| spec.entry("podTemplate"));
        let place = unmanaged
            .map(Place::value)
            .or_else(|| template().map(Place::key))
            .unwrap_or(Place::value(resource.node));
        if !has_egress_policy(cx, resource) {
            cx.report(
                resource,
                place,
                format!("no policy restricts where {resource} may connect to"),
            )
            .file();
        }
        return;
    }
    let rules = resource
        .field("spec.networkPolicy.egress")
        .into_iter()
        .flat_map(Node::items);
    for rule in rules.map(|node| network::Allowance {
        node,
        direction: Direction::Egress,
    }) {
        if rule.is_for_everyone()
            || rule
                .peers()
                .any(|peer| peer.is_every_address() || peer.is_every_pod())
        {
            cx.report(
                resource,
                rule.node,
                format!("a rule of {resource} lets it connect to anything"),
            )
            .file();
        }
    }
}

/// Whether a policy governs the egress of a sandbox's pods. The policies of other engines are not read, only seen.
fn has_egress_policy<'s>(cx: &Context<'_, 's>, sandbox: &Resource<'s>) -> bool {
    let namespace = sandbox.declared_namespace.unwrap_or("default");
    let labels = Labels::read(sandbox.field("spec.podTemplate.metadata.labels"));
    let network = cx.inventory.network();
    let mut policies = network
        .policies_in(namespace)
        .iter()
        .map(|policy| cx.inventory.resource(*policy));
    policies.any(|policy| {
        network::governs(policy, Direction::Egress)
            && network::pod_selector(policy).matches(&labels)
    }) || network.has_other_policies(cx.inventory, namespace)
        || network::is_governed_elsewhere(cx, namespace)
}
