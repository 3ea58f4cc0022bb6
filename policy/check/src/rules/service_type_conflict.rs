use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "service-type-conflict",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "fields of a Service contradict its type, so the API server refuses it",
    help: "remove the field, or set the type that it belongs to",
    standards: &[],
    docs: include_str!("service_type_conflict.md"),
    check: Check::Resource(&[Kind::Service], check),
};

/// Fields that only a load balancer has, as `ValidateService` in `pkg/apis/core/validation` has it.
const OF_LOAD_BALANCERS: &[&str] = &[
    "allocateLoadBalancerNodePorts",
    "loadBalancerClass",
    "loadBalancerSourceRanges",
];

fn check<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    let Some(spec) = service.spec().filter(|spec| spec.is_mapping()) else {
        return;
    };
    let kind = spec.get("type").and_then(Node::text).unwrap_or("ClusterIP");
    let set = |field| spec.entry(field).filter(|entry| !entry.value.is_empty());
    let headless = set("clusterIP").filter(|address| address.value.text() == Some("None"));
    let is_open = matches!(kind, "NodePort" | "LoadBalancer");
    if let Some(address) = headless.filter(|_| is_open) {
        cx.report(
            service,
            address.value,
            format!("{service} is headless and of type {kind}, which needs an address"),
        )
        .file();
    }
    for field in OF_LOAD_BALANCERS.iter().filter(|_| kind != "LoadBalancer") {
        if let Some(entry) = set(field) {
            cx.report(
                service,
                entry,
                format!("{service} is of type {kind}; `{field}` belongs to LoadBalancer"),
            )
            .file();
        }
    }
    if let Some(policy) =
        set("externalTrafficPolicy").filter(|_| !is_open && set("externalIPs").is_none())
    {
        cx.report(
            service,
            policy.value,
            format!(
                "{service} is of type {kind}; `externalTrafficPolicy` is for traffic from outside"
            ),
        )
        .file();
    }
    let ports = spec.get("ports").into_iter().flat_map(Node::items);
    for port in ports
        .filter_map(|port| port.get("nodePort"))
        .filter(|port| kind == "ClusterIP" && port.int().is_some_and(|port| port != 0))
    {
        cx.report(
            service,
            port,
            format!("{service} is of type ClusterIP and asks for a node port"),
        )
        .file();
    }
    incomplete(cx, service, spec);
}

/// What a Service of its type cannot do without, and what an `ExternalName` cannot have.
fn incomplete<'s>(cx: &Context<'_, 's>, service: &Resource<'s>, spec: Node<'s>) {
    let kind = spec.get("type").and_then(Node::text);
    let set = |field| spec.entry(field).filter(|entry| !entry.value.is_empty());
    let headless = set("clusterIP").is_some_and(|address| address.value.text() == Some("None"));
    if kind == Some("ExternalName") {
        if let Some(address) = set("clusterIP") {
            cx.report(
                service,
                address.value,
                format!("{service} is an ExternalName, which has no `clusterIP`"),
            )
            .file();
        }
        if set("externalName").is_none() {
            cx.report(
                service,
                Place::missing(spec, "externalName"),
                format!("{service} is of type ExternalName and says no `externalName`"),
            )
            .file();
        }
    } else if !headless && set("ports").is_none() {
        cx.report(
            service,
            Place::missing(spec, "ports"),
            format!("{service} has no port"),
        )
        .help("add `ports`; only headless Services go without")
        .file();
    }
}
