use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "service-nodeport-out-of-range",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a node port lies outside the range that the API server gives out",
    help: "write a port from 30000 to 32767, or leave `nodePort` out and let the API server choose",
    standards: &[],
    docs: include_str!("service_nodeport_out_of_range.md"),
    check: Check::Resource(&[Kind::Service], check),
};

fn check<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    let kind = service.field("spec.type").and_then(Node::text);
    if !matches!(kind, Some("NodePort" | "LoadBalancer")) {
        return;
    }
    for port in service
        .field("spec.ports")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(|port| port.get("nodePort"))
    {
        let outside = port
            .int()
            .filter(|number| *number != 0 && !(30_000..=32_767).contains(number));
        if let Some(number) = outside {
            cx.report(
                service,
                port,
                format!("nodePort {number} of {service} is not between 30000 and 32767"),
            )
            .file();
        }
    }
}
