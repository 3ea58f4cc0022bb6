use crate::network;
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-missing-for-namespace",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a Namespace has no network policy at all",
    help: "add a NetworkPolicy with `podSelector: {}` and `policyTypes: [Ingress, Egress]` to the namespace, then allow what is needed",
    standards: &[Standard::Cis("5.3.2"), Standard::Nsa],
    docs: include_str!("networkpolicy_missing_for_namespace.md"),
    check: Check::Resource(&[Kind::Namespace], check),
};

/// Namespaces that Kubernetes makes and where no pod belongs.
const WITHOUT_PODS: &[&str] = &["kube-node-lease", "kube-public"];

fn check<'s>(cx: &Context<'_, 's>, namespace: &Resource<'s>) {
    let network = cx.inventory.network();
    let has_policy = !network.policies_in(namespace.name).is_empty()
        || network.has_other_policies(cx.inventory, namespace.name);
    let judged = !namespace.name.is_empty()
        && !WITHOUT_PODS.contains(&namespace.name)
        && !network::is_governed_elsewhere(cx, namespace.name);
    if judged && !has_policy {
        let place = namespace.field("metadata.name").unwrap_or(namespace.node);
        cx.report(
            namespace,
            place,
            format!("{namespace} has no NetworkPolicy: every pod of it is open in both directions"),
        )
        .file();
    }
}
