use plimsoll_yaml::Node;

use crate::{Check, Context, Existence, Item, Kind, Needs, Resource, Rule, Severity, reference};

pub(super) static RULE: Rule = Rule {
    id: "statefulset-service-missing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a StatefulSet's `serviceName` is no headless Service that selects its pods",
    help: "add a Service of that name with `clusterIP: None` and the pods' labels as its selector",
    standards: &[],
    docs: include_str!("statefulset_service_missing.md"),
    check: Check::Resource(&[Kind::StatefulSet], check),
};

fn check<'s>(cx: &Context<'_, 's>, set: &Resource<'s>) {
    let Some(node) = set
        .field("spec.serviceName")
        .filter(|name| reference::is_plain(*name))
    else {
        return;
    };
    let (name, namespace) = (node.text().unwrap_or_default(), set.namespace());
    match cx.existence(Kind::Service, namespace, name) {
        Existence::Elsewhere => {}
        Existence::Missing => cx
            .report(
                set,
                node,
                format!("{set}: there is no Service `{name}` in namespace `{namespace}`"),
            )
            .file(),
        Existence::Here => {
            let services = || cx.inventory.find_all(Kind::Service, namespace, name);
            let Some(first) = services().next() else {
                return;
            };
            if !services().any(|service| selects(cx, service, set)) {
                cx.report(
                    set,
                    node,
                    format!("{set}: Service `{name}` does not select its pods"),
                )
                .related_object(first, "this Service")
                .file();
            } else if !services().any(is_headless) {
                let message = format!(
                    "{set}: Service `{name}` is not headless, so the pods have no names in DNS"
                );
                cx.report(set, node, message)
                    .severity(Severity::Warning)
                    .help("set `clusterIP: None` on a Service of its own")
                    .related_object(first, "this Service")
                    .file();
            }
        }
    }
}

fn selects<'s>(cx: &Context<'_, 's>, service: &Resource<'s>, set: &Resource<'s>) -> bool {
    let by_hand = service.field("spec.selector").is_none_or(Node::is_empty);
    by_hand
        || cx.inventory.workload_of(set).is_none_or(|own| {
            cx.inventory
                .services_of(own)
                .any(|other| other.index() == service.index())
        })
}

fn is_headless(service: &Resource<'_>) -> bool {
    service.field("spec.clusterIP").and_then(Node::text) == Some("None")
}
