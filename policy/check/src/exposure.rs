//! What stands open to the outside: Services, and the routes that lead to them.

use foldhash::HashMap;
use plimsoll_yaml::Node;

use crate::{Inventory, Kind, Resource, ResourceIndex};

/// Kinds whose rules name the Services that they lead to.
const ROUTES: &[Kind] = &[
    Kind::HTTPRoute,
    Kind::GRPCRoute,
    Kind::TLSRoute,
    Kind::TCPRoute,
    Kind::UDPRoute,
];

/// The Services that an Ingress or a route leads to, each with the first that does.
#[derive(Debug, Default)]
pub(crate) struct Exposures<'s>(HashMap<(&'s str, &'s str), ResourceIndex>);

impl<'s> Exposures<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut routes = HashMap::default();
        for ingress in inventory
            .of_kind(Kind::Ingress)
            .filter(|ingress| !is_internal(ingress))
        {
            for service in ingress_backends(ingress) {
                routes
                    .entry((ingress.namespace(), service))
                    .or_insert(ingress.index());
            }
        }
        for route in ROUTES.iter().flat_map(|kind| inventory.of_kind(*kind)) {
            for backend in rules(route).flat_map(|rule| list(rule, "backendRefs")) {
                let text = |key| backend.get(key).and_then(Node::text);
                let namespace = text("namespace").unwrap_or(route.namespace());
                if let Some(name) =
                    text("name").filter(|_| text("kind").is_none_or(|kind| kind == "Service"))
                {
                    routes.entry((namespace, name)).or_insert(route.index());
                }
            }
        }
        for route in inventory.of_kind(Kind::Route) {
            if let Some(name) = route.field("spec.to.name").and_then(Node::text) {
                routes
                    .entry((route.namespace(), name))
                    .or_insert(route.index());
            }
        }
        Self(routes)
    }

    /// The object that leads from outside to a Service: the Service itself, or an Ingress or a route to it.
    pub(crate) fn of(&self, service: &Resource<'s>) -> Option<ResourceIndex> {
        if is_open(service) {
            return Some(service.index());
        }
        self.0.get(&(service.namespace(), service.name)).copied()
    }
}

/// A Service that opens a port to the outside by itself.
fn is_open(service: &Resource<'_>) -> bool {
    let field = |path| service.field(path).filter(|node| !node.is_empty());
    let by_type = match field("spec.type").and_then(Node::text) {
        Some("NodePort") => true,
        Some("LoadBalancer") => {
            let everywhere = |ranges: Node<'_>| {
                ranges
                    .items()
                    .any(|range| range.text() == Some("0.0.0.0/0"))
            };
            !is_internal(service) && field("spec.loadBalancerSourceRanges").is_none_or(everywhere)
        }
        _ => false,
    };
    by_type || field("spec.externalIPs").is_some()
}

/// Annotations or a class that say, as the clouds and controllers do, that it is for the inside only.
fn is_internal(resource: &Resource<'_>) -> bool {
    let annotations = resource
        .field("metadata.annotations")
        .into_iter()
        .flat_map(Node::entries);
    let class = resource.field("spec.ingressClassName").and_then(Node::text);
    class.is_some_and(|class| class.contains("internal"))
        || annotations.into_iter().any(|entry| {
            let value = entry.value.text().unwrap_or_default();
            let (internal, named) = (
                value.to_ascii_lowercase().contains("internal"),
                entry.name().contains("internal"),
            );
            internal || (named && value == "true")
        })
}

fn ingress_backends<'s>(ingress: &Resource<'s>) -> Vec<&'s str> {
    let paths = rules(ingress)
        .filter_map(|rule| rule.get("http"))
        .flat_map(|http| list(http, "paths"));
    let of_paths = paths.filter_map(|path| path.get("backend"));
    let default = ["spec.defaultBackend", "spec.backend"]
        .into_iter()
        .filter_map(|path| ingress.field(path));
    let service = |backend: Node<'s>| {
        backend
            .at(&["service", "name"])
            .or_else(|| backend.get("serviceName"))?
            .text()
    };
    default.chain(of_paths).filter_map(service).collect()
}

fn rules<'s>(resource: &Resource<'s>) -> impl Iterator<Item = Node<'s>> + use<'s> {
    resource
        .field("spec.rules")
        .into_iter()
        .flat_map(Node::items)
}

fn list<'s>(node: Node<'s>, key: &str) -> impl Iterator<Item = Node<'s>> + use<'s> {
    node.get(key).into_iter().flat_map(Node::items)
}
