use crate::demand::{self, Side};
use crate::{
    Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity, Utilization, Workload,
    utilization,
};

pub(super) static RULE: Rule = Rule {
    id: "hpa-utilization-without-request",
    item: Item::Autoscaling,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an autoscaler measures a share of a request that a container does not have",
    help: "give the container the request, or measure an `AverageValue`",
    standards: &[],
    docs: include_str!("hpa_utilization_without_request.md"),
    check: Check::Resource(&[Kind::HorizontalPodAutoscaler, Kind::ScaledObject], check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let Some(scaler) = cx.inventory.scaling().scaler(resource) else {
        return;
    };
    let metrics = utilization(scaler, resource);
    for workload in scaler.workloads(cx.inventory) {
        for metric in &metrics {
            report(cx, resource, workload, metric);
        }
    }
}

fn report<'s>(
    cx: &Context<'_, 's>,
    resource: &Resource<'s>,
    workload: &Workload<'s>,
    metric: &Utilization<'s>,
) {
    let (what, path) = match metric.resource {
        "cpu" => ("cpu", "resources.requests.cpu"),
        "memory" => ("memory", "resources.requests.memory"),
        _ => return,
    };
    let measured = workload
        .long_running()
        .filter(|container| metric.container.is_none_or(|name| name == container.name));
    for container in measured.filter(|container| {
        demand::unset(cx.inventory, workload, container, Side::Requests, path).is_some()
    }) {
        let place = metric.node.map_or_else(
            || Place::missing(resource.node, "spec.metrics"),
            Place::value,
        );
        cx.report(
            resource,
            place,
            format!("{resource} measures a share of the {what} request, and {container} has none"),
        )
        .related(
            container.node.get("name").unwrap_or(container.node),
            format!("no {what} request here"),
        )
        .file();
    }
}
