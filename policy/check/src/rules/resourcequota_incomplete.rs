use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "resourcequota-incomplete",
    item: Item::Resources,
    severity: Severity::Info,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "the quotas of a namespace leave a resource unbounded",
    help: "write `requests.cpu`, `requests.memory` and `limits.memory` under `spec.hard`",
    standards: &[],
    docs: include_str!("resourcequota_incomplete.md"),
    check: Check::Resource(&[Kind::ResourceQuota], check),
};

fn check<'s>(cx: &Context<'_, 's>, quota: &Resource<'s>) {
    let Some(view) = cx.inventory.namespaces().get(quota.namespace()) else {
        return;
    };
    if view.quotas.first() != Some(&quota.index()) {
        return;
    }
    let hard = |index| cx.inventory.resource(index).field("spec.hard");
    let bounds = |names: [&str; 2]| {
        let mut maps = view.quotas.iter().filter_map(|index| hard(*index));
        maps.any(|map| names.iter().any(|name| map.get(name).is_some()))
    };
    let wanted = [
        ["requests.cpu", "cpu"],
        ["requests.memory", "memory"],
        ["limits.memory", "limits.memory"],
    ];
    let missing: Vec<_> = wanted
        .into_iter()
        .filter(|names| !bounds(*names))
        .map(|names| names[0])
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "namespace `{}` has a quota, but none for {}",
            quota.namespace(),
            missing.join(", ")
        );
        cx.report(quota, Place::missing(quota.node, "spec.hard"), message)
            .file();
    }
}
