use plimsoll_yaml::Node;

use crate::demand::{self, Side};
use crate::{Check, Container, Context, Item, Needs, Place, Role, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "resources-not-guaranteed",
    item: Item::Resources,
    severity: Severity::Info,
    default: false,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "requests and limits differ, so the pod is not of class Guaranteed",
    help: "make the request equal to the limit for CPU and memory, in every container",
    standards: &[],
    docs: include_str!("resources_not_guaranteed.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let pod_has = |resource| demand::of_pod(workload, Side::Limits, resource).is_some();
    let named = [
        ("cpu", "resources.limits.cpu"),
        ("memory", "resources.limits.memory"),
        ("ephemeral-storage", ""),
    ];
    for (resource, path) in named
        .into_iter()
        .filter(|(resource, _)| container.role != Role::Ephemeral && !pod_has(resource))
    {
        let written = |side| demand::effective(cx.inventory, workload, container, side, resource);
        let (request, limit) = (written(Side::Requests), written(Side::Limits));
        let message = match (request.and_then(Node::text), limit.and_then(Node::text)) {
            (Some(request), Some(limit)) => {
                format!("{container} asks for {request} of {resource} and may use {limit}")
            }
            _ => format!("{container} has no {resource} limit that equals its request"),
        };
        match (request, limit) {
            (Some(request), Some(limit)) if demand::amount(request) == demand::amount(limit) => {}
            (Some(request), Some(limit)) => {
                let place = demand::own(container, Side::Requests, resource).map_or(
                    Place::missing(container.node, "resources.requests"),
                    Place::value,
                );
                cx.report_in(workload, place, message)
                    .related(request, "the request")
                    .related(limit, "the limit")
                    .file();
            }
            // Only CPU and memory make the class; disk is compared where both stand.
            _ if path.is_empty() => {}
            _ => cx
                .report_in(workload, Place::missing(container.node, path), message)
                .file(),
        }
    }
}
