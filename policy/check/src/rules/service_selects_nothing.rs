use crate::{Check, Context, Item, Kind, Resource, Rule, Selector, Severity};

pub(super) static RULE: Rule = Rule {
    id: "service-selects-nothing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    since: "0.1.0",
    summary: "a Service selects no pod of the repository",
    help: "make the selector equal to labels of the pod template, in the same namespace",
    standards: &[],
    docs: include_str!("service_selects_nothing.md"),
    check: Check::Resource(&[Kind::Service], check),
};

fn check<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    let Some(spec) = service.spec() else { return };
    let by_name = spec.get("type").and_then(plimsoll_yaml::Node::text) == Some("ExternalName");
    let Some(selector) = spec.entry("selector").filter(|entry| !entry.value.is_empty() && !by_name) else { return };
    if cx.inventory.selected_by(service).next().is_none() {
        let selects = Selector::read_map(selector.value);
        cx.report(service, selector, format!("{service} selects no pod: none in namespace `{}` has {selects}", service.namespace())).file();
    }
}
