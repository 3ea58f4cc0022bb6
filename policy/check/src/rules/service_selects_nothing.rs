use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Labels, Needs, Resource, Rule, Selector, Severity};

pub(super) static RULE: Rule = Rule {
    id: "service-selects-nothing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a Service selects no pod of the repository",
    help: "make the selector equal to labels of the pod template, in the same namespace",
    standards: &[],
    docs: include_str!("service_selects_nothing.md"),
    check: Check::Resource(&[Kind::Service], check),
};

/// Labels that controllers put on the pods they make; no pod template has them.
const GIVEN: &[&str] = &[
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-name",
    "job-name",
];

fn check<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    let Some(spec) = service.spec() else { return };
    let by_name = spec.get("type").and_then(Node::text) == Some("ExternalName");
    let Some(selector) = spec
        .entry("selector")
        .filter(|entry| !entry.value.is_empty() && !by_name)
    else {
        return;
    };
    let labels = Labels::read(Some(selector.value));
    let given = labels.iter().any(|(key, _)| GIVEN.contains(&key));
    if given
        || cx.inventory.selected_by(service).next().is_some()
        || cx
            .inventory
            .produced()
            .may_run(service.namespace(), &labels)
    {
        return;
    }
    let selects = Selector::read_map(selector.value);
    cx.report(
        service,
        selector,
        format!(
            "{service} selects no pod: none in namespace `{}` has {selects}",
            service.namespace()
        ),
    )
    .file();
}
