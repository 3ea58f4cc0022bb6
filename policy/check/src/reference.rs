//! What objects refer to by name.
//!
//! From the API reference of `core/v1` (`EnvVarSource`, `EnvFromSource`, `VolumeSource`), `networking.k8s.io/v1` and
//! `gateway.networking.k8s.io/v1`.

use plimsoll_yaml::Node;

use crate::{Container, Context, Existence, Kind, Resource, Workload};

/// A reference to a `ConfigMap`, a Secret or another object of the same namespace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference<'s> {
    /// What it refers to.
    pub(crate) kind: Kind,
    /// The name there.
    pub(crate) name: Node<'s>,
    /// The map that refers, which may name keys.
    pub(crate) node: Node<'s>,
}

impl<'s> Reference<'s> {
    /// Reads a reference whose name stands under a key; `None` where it is optional, or names nothing, or names what a
    /// tool fills in later (`$NAME`, `${NAME}`).
    fn read(kind: Kind, node: Option<Node<'s>>, key: &str) -> Option<Self> {
        let node = node?;
        let optional = node.get("optional").and_then(Node::bool) == Some(true);
        let name = node.get(key).filter(|name| !optional && is_plain(*name))?;
        Some(Self { kind, name, node })
    }

    /// The name's text.
    pub(crate) fn text(&self) -> &'s str {
        self.name.text().unwrap_or_default()
    }

    /// Whether it is nowhere to be found from a namespace.
    pub(crate) fn dangles(&self, cx: &Context<'_, 's>, namespace: &str) -> bool {
        cx.is_missing(self.kind, namespace, self.text())
    }

    /// Whether the object is here, but a key is not in it. Where several environments have it, any of them may.
    pub(crate) fn lacks_key(&self, cx: &Context<'_, 's>, namespace: &str, key: &str) -> bool {
        let found = || cx.inventory.find_all(self.kind, namespace, self.text());
        cx.existence(self.kind, namespace, self.text()) == Existence::Here
            && !cx
                .inventory
                .produced()
                .fills(self.kind, namespace, self.text())
            && found().all(|object| is_filled_here(object) && !keys(object).any(|own| own == key))
    }

    /// `Secret`, `ConfigMap`: what to call it.
    pub(crate) fn kind_name(&self) -> &'static str {
        self.kind.name()
    }
}

/// A name that stands as it will be.
pub(crate) fn is_plain(name: Node<'_>) -> bool {
    name.text()
        .is_some_and(|text| !text.is_empty() && !text.contains(['$', '{']))
}

/// The keys that a `ConfigMap` or a Secret holds.
fn keys<'s>(object: &Resource<'s>) -> impl Iterator<Item = &'s str> + use<'s> {
    let maps = ["data", "stringData", "binaryData"].map(|map| object.field(map));
    maps.into_iter()
        .flatten()
        .flat_map(Node::entries)
        .map(plimsoll_yaml::Entry::name)
}

/// Whether what an object holds is what stands in it: one without any data, one of a service account and one with a CA
/// bundle are filled by something else.
fn is_filled_here(object: &Resource<'_>) -> bool {
    let metadata = |map| {
        object
            .metadata()
            .and_then(|metadata| metadata.get(map))
            .into_iter()
            .flat_map(Node::entries)
    };
    let injected = metadata("annotations")
        .chain(metadata("labels"))
        .any(|entry| {
            let key = entry.name();
            key == "kubernetes.io/service-account.name"
                || key.contains("inject")
                || key.contains("reflects")
        });
    !injected && keys(object).next().is_some()
}

/// The objects that single variables of a container come from.
pub(crate) fn variables<'s>(
    container: &Container<'s>,
) -> impl Iterator<Item = Reference<'s>> + use<'s> {
    container
        .env()
        .filter_map(|variable| variable.get("valueFrom"))
        .flat_map(|from| {
            [
                Reference::read(Kind::ConfigMap, from.get("configMapKeyRef"), "name"),
                Reference::read(Kind::Secret, from.get("secretKeyRef"), "name"),
            ]
            .into_iter()
            .flatten()
        })
}

/// The objects that a pod takes whole: `envFrom`, volumes, pull secrets.
pub(crate) fn whole_objects<'s>(workload: &Workload<'s>) -> Vec<Reference<'s>> {
    let environments = workload.containers.iter().flat_map(|container| {
        container
            .node
            .get("envFrom")
            .into_iter()
            .flat_map(Node::items)
            .flat_map(|from| {
                [
                    Reference::read(Kind::ConfigMap, from.get("configMapRef"), "name"),
                    Reference::read(Kind::Secret, from.get("secretRef"), "name"),
                ]
            })
    });
    let volumes = workload.volumes().flat_map(|volume| {
        let csi = volume.at(&["csi", "nodePublishSecretRef"]);
        let projected = volume
            .at(&["projected", "sources"])
            .into_iter()
            .flat_map(Node::items);
        let projected = projected.flat_map(|source| {
            [
                Reference::read(Kind::ConfigMap, source.get("configMap"), "name"),
                Reference::read(Kind::Secret, source.get("secret"), "name"),
            ]
        });
        [
            Reference::read(Kind::ConfigMap, volume.get("configMap"), "name"),
            Reference::read(Kind::Secret, volume.get("secret"), "secretName"),
            Reference::read(Kind::Secret, csi, "name"),
        ]
        .into_iter()
        .chain(projected)
    });
    environments.chain(volumes).flatten().collect()
}

/// A Service that an Ingress or a route sends requests to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backend<'s> {
    /// The map that names it.
    pub(crate) node: Node<'s>,
    /// The Service's name.
    pub(crate) name: Option<Node<'s>>,
    /// The port, by number or name.
    pub(crate) port: Option<Node<'s>>,
    /// The Service's namespace.
    pub(crate) namespace: &'s str,
}

/// The backends of an Ingress, of `networking.k8s.io/v1` or of the versions before it. Backends that name a resource of
/// another kind are left out.
pub(crate) fn ingress_backends<'s>(ingress: &Resource<'s>) -> Vec<Backend<'s>> {
    let old = ingress.api_version.ends_with("beta1");
    let Some(spec) = ingress.spec() else {
        return Vec::new();
    };
    let rules = spec.get("rules").into_iter().flat_map(Node::items);
    let paths = rules
        .filter_map(|rule| rule.at(&["http", "paths"]))
        .flat_map(Node::items);
    let nodes = spec
        .get(if old { "backend" } else { "defaultBackend" })
        .into_iter()
        .chain(paths.filter_map(|path| path.get("backend")));
    let nodes = nodes.filter(|node| node.get("resource").is_none() && node.is_mapping());
    let read = |node: Node<'s>| {
        let port = || {
            node.at(&["service", "port", "number"])
                .or_else(|| node.at(&["service", "port", "name"]))
        };
        let (name, port) = if old {
            (node.get("serviceName"), node.get("servicePort"))
        } else {
            (node.at(&["service", "name"]), port())
        };
        Backend {
            node,
            name,
            port,
            namespace: ingress.namespace(),
        }
    };
    nodes.map(read).collect()
}

/// The Services that a route of the Gateway API sends requests to.
pub(crate) fn route_backends<'s>(route: &Resource<'s>) -> Vec<Backend<'s>> {
    let rules: Vec<_> = route
        .field("spec.rules")
        .into_iter()
        .flat_map(Node::items)
        .collect();
    let backends = rules
        .iter()
        .filter_map(|rule| rule.get("backendRefs"))
        .flat_map(Node::items);
    let filters = rules
        .iter()
        .filter_map(|rule| rule.get("filters"))
        .flat_map(Node::items);
    let mirrors = filters.filter_map(|filter| filter.at(&["requestMirror", "backendRef"]));
    let is_service = |node: &Node<'s>| {
        let text = |key| node.get(key).and_then(Node::text).unwrap_or_default();
        matches!(text("kind"), "" | "Service") && matches!(text("group"), "" | "core")
    };
    let read = |node: Node<'s>| Backend {
        node,
        name: node.get("name"),
        port: node.get("port"),
        namespace: node
            .get("namespace")
            .and_then(Node::text)
            .unwrap_or(route.namespace()),
    };
    backends
        .chain(mirrors)
        .filter(is_service)
        .map(read)
        .collect()
}

impl<'s> Backend<'s> {
    /// What is wrong with it: where, and in which words. `None` where nothing is, or where nobody can tell.
    pub(crate) fn fault(&self, cx: &Context<'_, 's>) -> Option<(Node<'s>, String)> {
        let name = self.name.filter(|name| is_plain(*name))?;
        let text = name.text()?;
        match cx.existence(Kind::Service, self.namespace, text) {
            Existence::Missing => Some((
                name,
                format!(
                    "there is no Service `{text}` in namespace `{}`",
                    self.namespace
                ),
            )),
            Existence::Elsewhere => None,
            Existence::Here => {
                let port = self.port.filter(|port| is_plain(*port))?;
                let wanted = port.text()?;
                let mut services = cx.inventory.find_all(Kind::Service, self.namespace, text);
                let lacks = services.all(|service| lacks_port(service, wanted));
                lacks.then(|| (port, format!("Service `{text}` has no port `{wanted}`")))
            }
        }
    }
}

/// Whether a Service has neither a port of a number nor one of a name. One of type `ExternalName` needs none.
fn lacks_port(service: &Resource<'_>, wanted: &str) -> bool {
    let by_name = service.field("spec.type").and_then(Node::text) == Some("ExternalName");
    let has = |port: Node<'_>| {
        ["port", "name"]
            .iter()
            .any(|key| port.get(key).and_then(Node::text) == Some(wanted))
    };
    !by_name
        && !service
            .field("spec.ports")
            .into_iter()
            .flat_map(Node::items)
            .any(has)
}
