use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "service-external-ip",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a Service claims addresses that the cluster does not own",
    help: "publish it through a load balancer, an Ingress or a Gateway; for an address outside, write a Service with an EndpointSlice",
    standards: &[],
    docs: include_str!("service_external_ip.md"),
    check: Check::Resource(&[Kind::Service], check),
};

fn check<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    let Some(spec) = service.spec() else { return };
    if let Some(addresses) = spec
        .entry("externalIPs")
        .filter(|entry| entry.value.is_sequence() && !entry.value.is_empty())
    {
        let first = addresses
            .value
            .items()
            .find_map(Node::text)
            .unwrap_or_default();
        cx.report(
            service,
            addresses,
            format!("{service} takes the traffic to `{first}` from the whole cluster"),
        )
        .file();
    }
    let by_name = spec.get("type").and_then(Node::text) == Some("ExternalName");
    let name = spec
        .get("externalName")
        .filter(|_| by_name)
        .and_then(|node| Some((node, node.text()?)));
    if let Some((node, text)) = name.filter(|(_, text)| text.parse::<std::net::IpAddr>().is_ok()) {
        cx.report(service, node, format!("{service} is an alias of the name `{text}`, which no DNS server knows: it is an address")).file();
    }
}
