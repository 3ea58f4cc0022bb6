use std::collections::HashSet;

use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Place, Resource, Rule, Severity, port};

pub(super) static RULE: Rule = Rule {
    id: "port-name-invalid",
    item: Item::Reliability,
    severity: Severity::Error,
    default: true,
    since: "0.1.0",
    summary: "a port has a name or a number that the API server refuses",
    help: "a name has at most 15 of a-z, 0-9 and `-`, with a letter among them, once a container; a number is 1 to 65535",
    standards: &[],
    docs: include_str!("port_name_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    if resource.kind == Kind::Service {
        return service(cx, resource);
    }
    let Some(workload) = cx.inventory.workload_of(resource) else { return };
    for container in &workload.containers {
        let mut names = HashSet::new();
        for port in container.ports() {
            if let Some(name) = port.get("name").filter(|name| !name.is_empty()) {
                let text = name.text().unwrap_or_default();
                let fault = port::name_fault(text).or((!names.insert(text)).then_some("stands twice"));
                if let Some(fault) = fault {
                    cx.report_in(workload, name, format!("{container} names a port `{text}`, which {fault}")).file();
                }
            }
            number(cx, resource, port, "containerPort", &container.to_string());
        }
    }
}

fn service<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    let ports: Vec<_> = service.field("spec.ports").into_iter().flat_map(Node::items).collect();
    let mut names = HashSet::new();
    for port in &ports {
        let name = port.get("name").filter(|name| !name.is_empty());
        let text = name.and_then(Node::text).unwrap_or_default();
        if name.is_none() && ports.len() > 1 {
            cx.report(service, Place::missing(*port, "name"), format!("{service} has {} ports, and one of them no name", ports.len())).file();
        } else if let Some(name) = name.filter(|_| !names.insert(text)) {
            cx.report(service, name, format!("{service} names two ports `{text}`")).file();
        }
        match port.get("targetPort").filter(|target| !target.is_null()) {
            Some(target) if target.str().is_some() => {
                let text = target.text().unwrap_or_default();
                if let Some(fault) = port::name_fault(text) {
                    cx.report(service, target, format!("{service} sends to a port `{text}`, which {fault}")).file();
                }
            }
            Some(_) => number(cx, service, *port, "targetPort", &service.to_string()),
            None => {}
        }
    }
}

fn number<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>, port: Node<'s>, field: &'s str, whose: &str) {
    let node = port.get(field).filter(|node| !node.is_null());
    if node.and_then(Node::int).is_none_or(|number| !(1..=65535).contains(&number)) {
        let shown = node.map_or("none", |node| node.text().unwrap_or_default());
        let place = node.map_or_else(|| Place::missing(port, field), Place::value);
        cx.report(resource, place, format!("{whose} has the {field} {shown}; it is a number from 1 to 65535")).file();
    }
}
