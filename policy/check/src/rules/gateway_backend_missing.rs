use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, reference};

pub(super) static RULE: Rule = Rule {
    id: "gateway-backend-missing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a route sends requests to a Service, or a port of one, that does not exist",
    help: "name a Service that exists, its namespace where it is another, and one of the ports in its `spec.ports`",
    standards: &[],
    docs: include_str!("gateway_backend_missing.md"),
    check: Check::Resource(
        &[
            Kind::HTTPRoute,
            Kind::GRPCRoute,
            Kind::TLSRoute,
            Kind::TCPRoute,
            Kind::UDPRoute,
        ],
        check,
    ),
};

fn check<'s>(cx: &Context<'_, 's>, route: &Resource<'s>) {
    for backend in reference::route_backends(route) {
        if let Some((node, fault)) = backend.fault(cx) {
            cx.report(route, node, format!("{route}: {fault}")).file();
        }
    }
}
