use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "ingress-tls-missing",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an Ingress serves a host in clear",
    help: "add the host and a `secretName` under `spec.tls`",
    standards: &[Standard::Nsa],
    docs: include_str!("ingress_tls_missing.md"),
    check: Check::Resource(&[Kind::Ingress], check),
};

/// Annotations by which controllers take certificates from elsewhere than `spec.tls`. Empty: whatever the value is.
const ELSEWHERE: &[(&str, &str)] = &[
    ("alb.ingress.kubernetes.io/certificate-arn", ""),
    ("alb.ingress.kubernetes.io/group.name", ""),
    ("alb.ingress.kubernetes.io/listen-ports", "HTTPS"),
    ("appgw.ingress.kubernetes.io/appgw-ssl-certificate", ""),
    ("haproxy.org/ssl-passthrough", "true"),
    ("ingress.gcp.kubernetes.io/pre-shared-cert", ""),
    ("kubernetes.azure.com/tls-cert-keyvault-uri", ""),
    ("networking.gke.io/certmap", ""),
    ("networking.gke.io/managed-certificates", ""),
    ("nginx.ingress.kubernetes.io/ssl-passthrough", "true"),
    ("route.openshift.io/termination", ""),
    ("traefik.ingress.kubernetes.io/router.tls", "true"),
    ("traefik.ingress.kubernetes.io/router.tls.certresolver", ""),
];

fn check<'s>(cx: &Context<'_, 's>, ingress: &Resource<'s>) {
    let elsewhere = |(key, value): &(&str, &str)| {
        ingress
            .annotation(key)
            .is_some_and(|found| found.contains(value))
    };
    let Some(spec) = ingress
        .spec()
        .filter(|spec| spec.is_mapping() && !ELSEWHERE.iter().any(elsewhere))
    else {
        return;
    };
    let items = |field| spec.get(field).into_iter().flat_map(Node::items);
    if items("tls").next().is_none() {
        let place = spec
            .entry("tls")
            .map_or(Place::missing(spec, "tls"), Place::key);
        return cx
            .report(
                ingress,
                place,
                format!(
                    "{ingress} has no TLS: what is sent to it can be read and changed on the way"
                ),
            )
            .file();
    }
    for host in items("rules").filter_map(|rule| rule.get("host")) {
        let Some(name) = host.text().filter(|name| !name.is_empty()) else {
            continue;
        };
        if !items("tls").any(|tls| is_covered(tls, name)) {
            cx.report(
                ingress,
                host,
                format!("{ingress} serves `{name}` without TLS: no entry of `tls` names it"),
            )
            .file();
        }
    }
}

/// An entry without hosts is for whatever the controller takes it for.
fn is_covered(tls: Node<'_>, name: &str) -> bool {
    let mut hosts = tls
        .get("hosts")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(Node::text)
        .peekable();
    let parent = name.split_once('.').map_or("", |(_, parent)| parent);
    hosts.peek().is_none()
        || hosts.any(|host| {
            host.eq_ignore_ascii_case(name)
                || host
                    .strip_prefix("*.")
                    .is_some_and(|domain| domain == parent)
        })
}
