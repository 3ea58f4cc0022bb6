use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "service-target-port-missing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a Service sends to a port that no container of its pods has",
    help: "set `targetPort` to the name or the number of a port in the container's `ports`",
    standards: &[],
    docs: include_str!("service_target_port_missing.md"),
    check: Check::Resource(&[Kind::Service], check),
};

fn check<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    let headless = service.field("spec.clusterIP").and_then(Node::text) == Some("None");
    let by_name = service.field("spec.type").and_then(Node::text) == Some("ExternalName");
    let Some(first) = cx
        .inventory
        .selected_by(service)
        .next()
        .filter(|_| !by_name)
    else {
        return;
    };
    for port in service
        .field("spec.ports")
        .into_iter()
        .flat_map(Node::items)
    {
        let target = port.get("targetPort").filter(|target| !target.is_empty());
        let Some(node) = target.or_else(|| port.get("port")) else {
            continue;
        };
        let Some(wanted) = node.text().filter(|text| !text.is_empty()) else {
            continue;
        };
        let protocol = text(port, "protocol").unwrap_or("TCP");
        let named = target.is_some_and(|target| {
            target
                .str()
                .is_some_and(|text| text.parse::<u16>().is_err())
        });
        if cx
            .inventory
            .selected_by(service)
            .any(|workload| has(workload, wanted, protocol, named))
            || (headless && !named)
        {
            continue;
        }
        let what = if named { "name" } else { "number" };
        let message = format!(
            "{service} sends to port `{wanted}`, but its pods declare no {protocol} port of that {what}"
        );
        let severity = if named {
            Severity::Error
        } else {
            Severity::Warning
        };
        cx.report(service, Place::value(node), message)
            .severity(severity)
            .related_object(cx.inventory.owner(first), "these pods")
            .file();
    }
}

/// Whether a container declares the port. By number it needs no declaration, so one that declares none has them all.
fn has(workload: &Workload<'_>, wanted: &str, protocol: &str, named: bool) -> bool {
    let key = if named { "name" } else { "containerPort" };
    let mut ports = workload.long_running().flat_map(crate::Container::ports);
    let undeclared = !named
        && workload
            .long_running()
            .all(|container| container.ports().next().is_none());
    undeclared
        || ports.any(|port| {
            text(port, key) == Some(wanted) && text(port, "protocol").unwrap_or("TCP") == protocol
        })
}

fn text<'s>(port: Node<'s>, key: &str) -> Option<&'s str> {
    port.get(key)?.text()
}
