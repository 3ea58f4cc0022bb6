use plimsoll_yaml::Node;

use crate::demand::{self, Side};
use crate::{Check, Container, Context, Item, Needs, Role, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "resource-request-above-limit",
    item: Item::Resources,
    severity: Severity::Error,
    default: true,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "a container asks for more than it may use",
    help: "raise the limit to the request, or lower the request",
    standards: &[],
    docs: include_str!("resource_request_above_limit.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let requests = container
        .node
        .at(&["resources", "requests"])
        .into_iter()
        .flat_map(Node::entries);
    for request in requests.filter(|_| container.role != Role::Ephemeral) {
        let Some(asked) = demand::amount(request.value) else {
            continue;
        };
        let limit = demand::effective(
            cx.inventory,
            workload,
            container,
            Side::Limits,
            request.name(),
        );
        let limit = limit.and_then(|node| Some((node, demand::amount(node)?)));
        let shared = !overcommits(request.name());
        let fault = match limit {
            Some((_, allowed)) if asked > allowed => "more than it may use",
            Some((_, allowed)) if shared && asked != allowed => {
                "less than its limit, and the two must be equal"
            }
            None if shared && asked.is_positive() => "and has no limit, which must be equal",
            _ => continue,
        };
        let written = request.value.text().unwrap_or_default();
        let draft = cx.report_in(
            workload,
            request.value,
            format!(
                "{container} asks for {written} of {}, {fault}",
                request.name()
            ),
        );
        match limit {
            Some((node, _)) => draft.related(node, "the limit").file(),
            None => draft.file(),
        }
    }
}

/// Huge pages and devices cannot be promised twice, so the API server wants request and limit to be equal.
fn overcommits(resource: &str) -> bool {
    let native = |domain: &str| domain.ends_with("kubernetes.io");
    !resource.starts_with("hugepages-")
        && resource
            .split_once('/')
            .is_none_or(|(domain, _)| native(domain))
}
