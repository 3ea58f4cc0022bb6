use crate::network::{Exposure, exposure};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "service-type-exposed",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a Service stands open to the outside by itself",
    help: "make it `ClusterIP` and publish it through an Ingress or a Gateway; for a private load balancer, set the cloud's annotation",
    standards: &[],
    docs: include_str!("service_type_exposed.md"),
    check: Check::Resource(&[Kind::Service], check),
};

fn check<'s>(cx: &Context<'_, 's>, service: &Resource<'s>) {
    let how = match exposure(service) {
        Some(Exposure::NodePort) => "opens a port on every node",
        Some(Exposure::LoadBalancer) => "has a load balancer that anybody may reach",
        Some(Exposure::Private) | None => return,
    };
    if let Some(kind) = service.field("spec.type") {
        cx.report(service, kind, format!("{service} {how}")).file();
    }
}
