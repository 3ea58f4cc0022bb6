use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-without-selector",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a network policy does not say which pods it is for, so it is for all",
    help: "write `podSelector: {}` for every pod of the namespace, or `podSelector.matchLabels` for some",
    standards: &[],
    docs: include_str!("networkpolicy_without_selector.md"),
    check: Check::Resource(&[Kind::NetworkPolicy], check),
};

fn check<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>) {
    let Some(spec) = policy.spec().filter(|spec| spec.is_mapping()) else {
        return;
    };
    let namespace = policy.namespace();
    let Some(selector) = spec
        .entry("podSelector")
        .filter(|entry| !entry.value.is_null())
    else {
        let message = format!(
            "{policy} has no podSelector, so it is for every pod of namespace `{namespace}`"
        );
        return cx
            .report(policy, Place::missing(spec, "podSelector"), message)
            .file();
    };
    let known = |name: &str| name == "matchLabels" || name == "matchExpressions";
    if let Some(stray) = selector.value.entries().find(|entry| !known(entry.name())) {
        let message = format!(
            "`{}` is no field of a selector: a label stands under `matchLabels`",
            stray.name()
        );
        cx.report(policy, stray, message).help("put it under `matchLabels`; Kubernetes drops it here and selects every pod, or refuses the object").file();
    }
}
