use foldhash::HashMap;

use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "service-port-duplicate",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "two ports of a Service are the same, or have the same name or none",
    help: "give each port of a Service another number and another name",
    standards: &[],
    docs: include_str!("service_port_duplicate.md"),
    check: Check::Resource(&[Kind::Service], check),
};

fn check<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    let ports: Vec<_> = service
        .field("spec.ports")
        .into_iter()
        .flat_map(Node::items)
        .filter(|port| port.is_mapping())
        .collect();
    let text = |port: Node<'s>, field| port.get(field).and_then(Node::text);
    let protocol = |port| text(port, "protocol").unwrap_or("TCP");
    let mut seen: HashMap<(&str, &str, &str), Node<'s>> = HashMap::default();
    for port in &ports {
        let Some(name) = port.get("name").filter(|name| !name.is_empty()) else {
            if ports.len() > 1 {
                cx.report(
                    service,
                    Place::missing(*port, "name"),
                    format!(
                        "a port of {service} has no name, and it has {} ports",
                        ports.len()
                    ),
                )
                .file();
            }
            continue;
        };
        if let Some(first) = seen.insert(("name", "", name.text().unwrap_or_default()), name) {
            cx.report(
                service,
                name,
                format!(
                    "two ports of {service} are named `{}`",
                    name.text().unwrap_or_default()
                ),
            )
            .related(first, "the first")
            .file();
        }
    }
    for (port, field) in ports
        .iter()
        .flat_map(|port| [(port, "port"), (port, "nodePort")])
    {
        let Some(number) = port
            .get(field)
            .filter(|number| number.int().is_some_and(|number| number != 0))
        else {
            continue;
        };
        let shown = number.text().unwrap_or_default();
        if let Some(first) = seen.insert((field, protocol(*port), shown), number) {
            cx.report(
                service,
                number,
                format!("{service} has {} {field} {shown} twice", protocol(*port)),
            )
            .related(first, "the first")
            .file();
        }
    }
}
