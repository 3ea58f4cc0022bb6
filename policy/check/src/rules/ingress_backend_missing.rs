use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, reference};

pub(super) static RULE: Rule = Rule {
    id: "ingress-backend-missing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an Ingress sends requests to a Service, or a port of one, that does not exist",
    help: "name a Service of the Ingress's own namespace, and one of the ports in its `spec.ports`",
    standards: &[],
    docs: include_str!("ingress_backend_missing.md"),
    check: Check::Resource(&[Kind::Ingress], check),
};

fn check<'s>(cx: &Context<'_, 's>, ingress: &Resource<'s>) {
    for backend in reference::ingress_backends(ingress) {
        if backend.name.is_none() {
            let old = backend.node.get("serviceName").is_some();
            let help = if old {
                "in networking.k8s.io/v1 write `service: {name: …, port: {number: …}}`"
            } else {
                ""
            };
            cx.report(
                ingress,
                backend.node,
                format!("a backend of {ingress} names no Service"),
            )
            .help(help)
            .file();
        } else if let Some((node, fault)) =
            backend.fault(cx).filter(|_| !is_action(ingress, &backend))
        {
            cx.report(ingress, node, format!("{ingress}: {fault}"))
                .file();
        }
    }
}

/// A backend of the AWS load balancer controller that stands for an action in an annotation.
fn is_action(ingress: &Resource<'_>, backend: &reference::Backend<'_>) -> bool {
    let name = backend
        .name
        .and_then(plimsoll_yaml::Node::text)
        .unwrap_or_default();
    ingress
        .annotation(&format!("alb.ingress.kubernetes.io/actions.{name}"))
        .is_some()
        || backend.port.and_then(plimsoll_yaml::Node::text) == Some("use-annotation")
}
