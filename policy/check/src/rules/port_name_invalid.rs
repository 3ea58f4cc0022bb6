use foldhash::HashSet;

use plimsoll_yaml::Node;

use crate::naming::has_placeholder;
use crate::port::name_fault;
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "port-name-invalid",
    item: Item::Reliability,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a port has a name or a number that the API server refuses",
    help: "a name has at most 15 of a-z, 0-9 and `-`, with a letter among them, once a container; a number is 1 to 65535",
    standards: &[],
    docs: include_str!("port_name_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    if resource.kind == Kind::Service {
        return targets(cx, resource);
    }
    let Some(workload) = cx.inventory.workload_of(resource) else {
        return;
    };
    for container in &workload.containers {
        let mut names = HashSet::default();
        for port in container.ports() {
            if let Some(name) = port.get("name").filter(|name| !name.is_empty()) {
                let text = name.text().unwrap_or_default();
                let fault = fault(text).or((!names.insert(text)).then_some("stands twice"));
                if let Some(fault) = fault {
                    cx.report(
                        resource,
                        name,
                        format!("{container} names a port `{text}`, which {fault}"),
                    )
                    .file();
                }
            }
            number(cx, resource, port, "containerPort", &container.to_string());
        }
    }
}

/// The ports that a Service sends to; its own are `service-port-duplicate`'s.
fn targets<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    for port in service
        .field("spec.ports")
        .into_iter()
        .flat_map(Node::items)
    {
        let Some(target) = port.get("targetPort").filter(|target| !target.is_null()) else {
            continue;
        };
        match target.str() {
            Some(text) => {
                if let Some(fault) = fault(text) {
                    cx.report(
                        service,
                        target,
                        format!("{service} sends to a port `{text}`, which {fault}"),
                    )
                    .file();
                }
            }
            None => number(cx, service, port, "targetPort", &service.to_string()),
        }
    }
}

fn fault(name: &str) -> Option<&'static str> {
    name_fault(name).filter(|_| !has_placeholder(name))
}

fn number<'s>(
    cx: &Context<'_, 's>,
    resource: &Resource<'s>,
    port: Node<'s>,
    field: &'static str,
    whose: &str,
) {
    let node = port.get(field).filter(|node| !node.is_null());
    let allowed = |node: Node<'_>| {
        node.int()
            .is_some_and(|number| (1..=65535).contains(&number))
    };
    if node.is_some_and(|node| allowed(node) || node.text().is_some_and(has_placeholder)) {
        return;
    }
    let place = node.map_or_else(|| Place::missing(port, field), Place::value);
    let message = match node {
        Some(node) => format!(
            "{whose} has the {field} `{}`; it is a number from 1 to 65535",
            node.text().unwrap_or_default()
        ),
        None => format!("{whose} has a port without a {field}"),
    };
    cx.report(resource, place, message).file();
}
