use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Place, Resource, Rule, Severity, Utilization, Workload, utilization};

pub(super) static RULE: Rule = Rule {
    id: "hpa-utilization-without-request",
    item: Item::Autoscaling,
    severity: Severity::Error,
    default: true,
    since: "0.1.0",
    summary: "an autoscaler measures a share of a request that a container does not have",
    help: "give the container the request, or measure an `AverageValue`",
    standards: &[],
    docs: include_str!("hpa_utilization_without_request.md"),
    check: Check::Resource(&[Kind::HorizontalPodAutoscaler, Kind::ScaledObject], check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let scaling = cx.inventory.scaling();
    let Some(scaler) = scaling.scaler(resource) else { return };
    let metrics = utilization(scaler, resource);
    for workload in scaler.workloads(cx.inventory) {
        for metric in &metrics {
            if !scaling.has_default_request(workload.namespace, metric.resource) && !requests(workload.spec, metric.resource) {
                report(cx, resource, workload, metric);
            }
        }
    }
}

fn report<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>, workload: &Workload<'s>, metric: &Utilization<'s>) {
    let measured = workload.long_running().filter(|container| metric.container.is_none_or(|name| name == container.name));
    for container in measured.filter(|container| !requests(container.node, metric.resource)) {
        let place = metric.node.map_or_else(|| Place::missing(resource.node, "spec.metrics"), Place::value);
        let what = metric.resource;
        cx.report(resource, place, format!("{resource} measures a share of the {what} request, and {container} has none"))
            .related(container.node.get("name").unwrap_or(container.node), format!("no {what} request here"))
            .file();
    }
}

/// Whether a container, or a pod, requests a resource. A limit alone is taken for the request too.
fn requests(node: Node<'_>, resource: &str) -> bool {
    let has = |kind| node.at(&["resources", kind, resource]).is_some_and(|amount| !amount.is_null());
    has("requests") || has("limits")
}
