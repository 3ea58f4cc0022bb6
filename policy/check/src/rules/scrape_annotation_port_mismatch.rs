use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Needs, Resource, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "scrape-annotation-port-mismatch",
    item: Item::Metrics,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "the annotation `prometheus.io/port` names a port that the pods do not have",
    help: "write the number of the container port that serves the metrics",
    standards: &[],
    docs: include_str!("scrape_annotation_port_mismatch.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let owner = cx.inventory.owner(workload);
    if let Some(port) = annotated(workload.template) {
        judge(cx, owner, port, &[workload]);
    }
    for service in cx.inventory.services_of(workload) {
        // One finding for a Service, at the first workload that it selects.
        let pods: Vec<_> = cx.inventory.selected_by(service).collect();
        if let Some(port) = annotated(service.node).filter(|_| {
            pods.first()
                .is_some_and(|first| first.index == workload.index)
        }) {
            judge(cx, service, port, &pods);
        }
    }
}

/// `prometheus.io/port`, where `prometheus.io/scrape` is on.
fn annotated(object: Node<'_>) -> Option<Node<'_>> {
    let annotations = object.at(&["metadata", "annotations"])?;
    let on = annotations.get("prometheus.io/scrape").and_then(Node::text) == Some("true");
    annotations
        .get("prometheus.io/port")
        .filter(|port| on && !port.is_empty())
}

fn judge<'s>(
    cx: &Context<'_, 's>,
    resource: &Resource<'s>,
    port: Node<'s>,
    pods: &[&Workload<'s>],
) {
    let text = port.text().unwrap_or_default();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!(
            "`prometheus.io/port` of {resource} is `{text}`, which is no number, so Prometheus ignores it"
        );
        return cx.report(resource, port, message).file();
    }
    let containers = pods.iter().flat_map(|pod| &pod.containers);
    let declared = containers
        .flat_map(Container::ports)
        .filter_map(|own| own.get("containerPort")?.text());
    let mut declared: Vec<_> = declared.collect();
    // What declares no port may listen on any.
    if declared.is_empty() || declared.contains(&text) {
        return;
    }
    declared.sort_unstable();
    declared.dedup();
    declared.truncate(4);
    let message = format!(
        "`prometheus.io/port` of {resource} is {text}; the containers have {}",
        declared.join(", ")
    );
    cx.report(resource, port, message).file();
}
