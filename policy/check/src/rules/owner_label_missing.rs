use crate::naming::WORKLOADS;
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "owner-label-missing",
    item: Item::Cost,
    severity: Severity::Info,
    default: false,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "a workload has no label that says who owns it",
    help: "add one of the labels of the fact `ownerLabels` to the object, or to its Namespace",
    standards: &[],
    docs: include_str!("owner_label_missing.md"),
    check: Check::Resource(WORKLOADS, check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Resource<'s>) {
    let namespace = cx.inventory.find(Kind::Namespace, "", workload.namespace());
    let owned = |object: &Resource<'s>| {
        let labels = object.labels();
        cx.facts()
            .owner_labels
            .iter()
            .any(|key| labels.get(key).is_some_and(|value| !value.is_empty()))
    };
    if !owned(workload) && !namespace.is_some_and(owned) {
        let wanted = cx.facts().owner_labels.join("` or `");
        let message = format!("{workload} does not say who owns it");
        cx.report(
            workload,
            Place::missing(workload.node, "metadata.labels"),
            message,
        )
        .help(format!("add the label `{wanted}`"))
        .file();
    }
}
