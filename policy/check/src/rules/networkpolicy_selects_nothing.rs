use crate::network;
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-selects-nothing",
    item: Item::NetworkPolicies,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a network policy selects no pod of the repository",
    help: "make `podSelector` equal to labels of the pod template, in the same namespace",
    standards: &[],
    docs: include_str!("networkpolicy_selects_nothing.md"),
    check: Check::Resource(&[Kind::NetworkPolicy], check),
};

fn check<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>) {
    let selector = network::pod_selector(policy);
    let selects = selector.is_empty() || cx.inventory.selected_by(policy).next().is_some();
    if selects || network::pods_exist_elsewhere(cx, policy.namespace(), &selector) {
        return;
    }
    let Some(spec) = policy.spec() else { return };
    let place = spec
        .entry("podSelector")
        .map_or(Place::missing(spec, "podSelector"), Place::key);
    let message = format!(
        "{policy} selects no pod: none in namespace `{}` has {selector}",
        policy.namespace()
    );
    cx.report(policy, place, message).file();
}
