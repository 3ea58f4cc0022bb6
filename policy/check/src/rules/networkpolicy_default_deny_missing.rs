use crate::network::{self, Direction};
use crate::{
    Check, Context, Inventory, Item, Kind, Needs, Resource, ResourceIndex, Rule, Selector,
    Severity, Standard,
};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-default-deny-missing",
    item: Item::NetworkPolicies,
    severity: Severity::Info,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a namespace has network policies, and pods that none selects are open",
    help: "add a NetworkPolicy with `podSelector: {}`, `policyTypes: [Ingress, Egress]` and no rules",
    standards: &[Standard::Nsa],
    docs: include_str!("networkpolicy_default_deny_missing.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    let inventory = cx.inventory;
    for (namespace, policies) in inventory.network().policies() {
        let object = inventory.find(Kind::Namespace, "", namespace);
        let ours = object.is_some()
            || inventory
                .select(namespace, &Selector::everything())
                .next()
                .is_some();
        let judged = ours
            && !network::is_governed_elsewhere(cx, namespace)
            && !inventory.network().has_other_policies(inventory, namespace);
        if judged
            && !policies
                .iter()
                .any(|policy| isolates_every_pod(inventory.resource(*policy)))
        {
            report(cx, namespace, object, policies);
        }
    }
}

/// Selects every pod for ingress, and does not at once allow everything.
fn isolates_every_pod(policy: &Resource<'_>) -> bool {
    network::governs(policy, Direction::Ingress)
        && network::pod_selector(policy).is_empty()
        && !network::rules(policy, Direction::Ingress)
            .any(|rule| rule.is_for_everyone() && rule.is_for_all_ports())
}

fn report<'s>(
    cx: &Context<'_, 's>,
    namespace: &str,
    object: Option<&Resource<'s>>,
    policies: &[ResourceIndex],
) {
    let inventory: &Inventory<'s> = cx.inventory;
    let Some(policy) = policies.first().map(|policy| inventory.resource(*policy)) else {
        return;
    };
    let message = format!(
        "no NetworkPolicy of namespace `{namespace}` denies by default: a pod that none selects is open"
    );
    let at = object.unwrap_or(policy);
    let place = at.field("metadata.name").unwrap_or(at.node);
    let draft = cx.report(at, place, message);
    match object {
        Some(_) => draft
            .related_object(policy, "a policy of the namespace")
            .file(),
        None => draft.file(),
    }
}
