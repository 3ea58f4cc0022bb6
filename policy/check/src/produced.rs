//! What is not in the repository, but is made by something that is: by operators, generators, charts, the cluster.
//!
//! References are held against this before they are called dangling. Where it errs, it errs towards silence: a reference
//! that may resolve is not a fault.

mod known;

use foldhash::HashMap;

use foldhash::HashSet;
use plimsoll_yaml::Node;

use crate::deployed::RootIndex;
use crate::kind::BUILT_IN_GROUPS;
use crate::operated;
use crate::{Inventory, Kind, Labels, Resource, ResourceIndex, Scope};
use known::{LOUD_KINDS, MAKERS, QUIET_GROUPS, SYSTEM_NAMESPACES, built_in};
use plimsoll_yaml::Use;

/// Whether something exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// It is in the repository.
    Here,
    /// Something else makes it, or may make it.
    Elsewhere,
    /// Nothing that is known makes it.
    Missing,
}

/// What may exist without being in the repository.
#[derive(Debug, Default)]
pub(crate) struct Produced<'s> {
    named: HashSet<(Kind, &'s str, &'s str)>,
    anywhere: HashSet<(Kind, &'s str)>,
    /// Namespace and name of objects whose operators make others, named after them.
    owners: HashSet<(&'s str, &'s str)>,
    /// Namespaces into which something unseen is deployed: a chart, another repository, an operator.
    opaque: HashSet<&'s str>,
    unseen: bool,
    everywhere: bool,
    populated: HashSet<&'s str>,
    /// Labels of pod templates that have no pod spec (yet), with their namespaces.
    unfinished: Vec<(&'s str, Labels<'s>)>,
}

impl<'s> Produced<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut this = Self::default();
        for resource in inventory.resources() {
            // Beside roots, a file that names no namespace goes wherever whoever applies it likes.
            let stray = resource.root.is_none() && resource.declared_namespace.is_none();
            if !stray || inventory.roots().is_empty() {
                this.populated.insert(resource.namespace());
            }
            let labels = unfinished(inventory, resource).or_else(|| operated::labels(resource));
            if let Some(labels) = labels {
                this.unfinished.push((resource.namespace(), labels));
            }
            this.read(resource);
        }
        this.read_roots(inventory);
        this.read_fragments(inventory);
        this.read_kustomizations(inventory);
        this.read_deliveries(inventory);
        this
    }

    /// Whether an object that is not in the repository may exist nonetheless.
    pub(crate) fn may_make(&self, kind: Kind, namespace: &str, name: &str) -> bool {
        if built_in(kind, namespace, name) || self.anywhere.contains(&(kind, name)) {
            return true;
        }
        if kind.scope() == Scope::Cluster {
            return self.unseen;
        }
        self.is_opaque(namespace)
            || !self.populated.contains(namespace)
            || self.fills(kind, namespace, name)
    }

    /// Whether something that is known makes an object or completes one that is here.
    pub(crate) fn fills(&self, kind: Kind, namespace: &str, name: &str) -> bool {
        self.anywhere.contains(&(kind, name))
            || self.named.contains(&(kind, namespace, name))
            || self.names_an_owner(namespace, name)
    }

    /// Whether pods with some labels may run in a namespace without a pod template here.
    pub(crate) fn may_run(&self, namespace: &str, labels: &Labels<'_>) -> bool {
        let carries = |own: &Labels<'_>| {
            labels
                .iter()
                .all(|(key, value)| own.get(key) == Some(value))
        };
        self.is_opaque(namespace)
            || labels
                .iter()
                .any(|(_, value)| self.names_an_owner(namespace, value))
            || self
                .unfinished
                .iter()
                .any(|(own, given)| *own == namespace && carries(given))
    }

    /// Whether the repository has any object in a namespace.
    pub(crate) fn is_populated(&self, namespace: &str) -> bool {
        self.populated.contains(namespace)
    }

    /// Whether something unseen is deployed into a namespace.
    pub(crate) fn is_opaque(&self, namespace: &str) -> bool {
        self.everywhere || self.opaque.contains(namespace) || SYSTEM_NAMESPACES.contains(&namespace)
    }

    /// Whether a name has the name of an object with an operator in it, as words: `main-db-rw` has `main-db`.
    fn names_an_owner(&self, namespace: &str, name: &str) -> bool {
        if self.owners.is_empty() {
            return false;
        }
        let bounds: Vec<usize> = name
            .match_indices(['-', '.'])
            .map(|(at, _)| at)
            .take(12)
            .collect();
        let starts = std::iter::once(0).chain(bounds.iter().map(|at| at + 1));
        starts.into_iter().any(|start| {
            let ends = bounds
                .iter()
                .copied()
                .chain([name.len()])
                .filter(|end| *end > start);
            ends.into_iter()
                .any(|end| self.owners.contains(&(namespace, &name[start..end])))
        })
    }

    fn read(&mut self, resource: &Resource<'s>) {
        let (group, namespace) = (resource.group(), resource.namespace());
        let makers = MAKERS
            .iter()
            .filter(|(own, kind, _)| *own == group && *kind == resource.kind_name);
        for (_, _, path) in makers {
            for name in resource.field(path).into_iter().flat_map(names) {
                self.add(Kind::Secret, namespace, name);
            }
        }
        match resource.kind {
            Kind::ExternalSecret | Kind::SealedSecret => {
                self.add(Kind::Secret, namespace, resource.name);
            }
            Kind::ClusterExternalSecret => self.add(Kind::Secret, "", resource.name),
            Kind::Ingress | Kind::Gateway => self.read_certificates(resource),
            Kind::Secret | Kind::ConfigMap if is_copied(resource) => {
                self.anywhere.insert((resource.kind, resource.name));
            }
            Kind::HelmRelease => {
                let target = resource.field("spec.targetNamespace").and_then(Node::text);
                self.hide(target.unwrap_or(namespace));
            }
            Kind::Other
                if group == "operators.coreos.com" || resource.kind_name == "FluxInstance" =>
            {
                self.hide(namespace);
            }
            Kind::Other if resource.kind_name == "HelmChart" && group == "helm.cattle.io" => {
                let target = resource.field("spec.targetNamespace").and_then(Node::text);
                self.hide(target.unwrap_or(namespace));
            }
            Kind::Other if group == "trust.cert-manager.io" => {
                self.anywhere
                    .extend([Kind::ConfigMap, Kind::Secret].map(|kind| (kind, resource.name)));
            }
            _ => {}
        }
        let quiet = BUILT_IN_GROUPS.contains(&group)
            || QUIET_GROUPS.iter().any(|quiet| group.ends_with(quiet));
        if !resource.name.is_empty() && (!quiet || LOUD_KINDS.contains(&resource.kind_name)) {
            // A kind that Plimsoll does not know may be one of the cluster: it is the declared namespace that counts.
            self.owners.insert((
                if namespace.is_empty() {
                    "default"
                } else {
                    namespace
                },
                resource.name,
            ));
        }
    }

    fn add(&mut self, kind: Kind, namespace: &'s str, name: &'s str) {
        if namespace.is_empty() {
            self.anywhere.insert((kind, name));
        } else {
            self.named.insert((kind, namespace, name));
        }
    }

    fn hide(&mut self, namespace: &'s str) {
        self.unseen = true;
        self.opaque.insert(namespace);
    }

    /// cert-manager fills the TLS secrets of Ingresses and Gateways that have one of its annotations.
    fn read_certificates(&mut self, resource: &Resource<'s>) {
        let annotations = resource
            .metadata()
            .and_then(|metadata| metadata.get("annotations"));
        let asks = annotations
            .into_iter()
            .flat_map(Node::entries)
            .any(|entry| {
                entry.name().contains("cert-manager.io/")
                    || entry.name() == "kubernetes.io/tls-acme"
            });
        if !asks {
            return;
        }
        let lists = |path: &str, list: &str, key: &str| -> Vec<&'s str> {
            let items = resource.field(path).into_iter().flat_map(Node::items);
            items
                .filter_map(|item| {
                    if list.is_empty() {
                        Some(item)
                    } else {
                        item.at(&["tls", list])
                    }
                })
                .flat_map(|item| std::iter::once(item).chain(item.items()))
                .filter_map(|item| item.get(key)?.text())
                .collect()
        };
        for name in lists("spec.tls", "", "secretName").into_iter().chain(lists(
            "spec.listeners",
            "certificateRefs",
            "name",
        )) {
            self.add(Kind::Secret, resource.namespace(), name);
        }
    }

    /// What of a root could not be rendered lies where its other objects do, as far as is known.
    fn read_roots(&mut self, inventory: &Inventory<'s>) {
        let mut hidden: HashMap<RootIndex, Vec<&'s str>> = HashMap::default();
        for (index, root) in inventory.roots().iter().filter(|(_, root)| root.incomplete) {
            let kustomizations = inventory.gitops().kustomizations().iter();
            let own = kustomizations
                .filter(|kustomization| kustomization.dir == root.folder)
                .filter_map(|kustomization| kustomization.node.get("namespace")?.text());
            hidden.insert(*index, own.chain(root.namespace.as_deref()).collect());
        }
        if hidden.is_empty() {
            return;
        }
        for resource in inventory.resources() {
            if let Some(namespaces) = resource.root.and_then(|root| hidden.get_mut(&root))
                && resource.kind.scope() != Scope::Cluster
                && !namespaces.contains(&resource.namespace())
            {
                namespaces.push(resource.namespace());
            }
        }
        self.unseen = true;
        for namespaces in hidden.into_values() {
            // Nothing says where: it is taken for what a client puts it into.
            let unknown = namespaces.is_empty().then_some("default");
            self.opaque.extend(namespaces.into_iter().chain(unknown));
        }
    }

    /// Patches and other parts name objects that something else completes.
    fn read_fragments(&mut self, inventory: &Inventory<'s>) {
        let parts = inventory
            .sources()
            .iter()
            .filter(|source| source.used() == Use::Fragment);
        for source in parts {
            for root in source.tree.documents().filter_map(|document| document.root) {
                if let Some(resource) = Resource::read(root, ResourceIndex(u32::MAX)) {
                    self.anywhere.insert((resource.kind, resource.name));
                }
            }
        }
    }

    fn read_kustomizations(&mut self, inventory: &Inventory<'s>) {
        for kustomization in inventory.gitops().kustomizations() {
            let node = kustomization.node;
            for (list, kind) in [
                ("configMapGenerator", Kind::ConfigMap),
                ("secretGenerator", Kind::Secret),
            ] {
                let names = node
                    .get(list)
                    .into_iter()
                    .flat_map(Node::items)
                    .filter_map(|item| item.get("name")?.text());
                self.anywhere.extend(names.map(|name| (kind, name)));
            }
            let own = node
                .get("namespace")
                .and_then(Node::text)
                .unwrap_or("default");
            for chart in node.get("helmCharts").into_iter().flat_map(Node::items) {
                self.hide(chart.get("namespace").and_then(Node::text).unwrap_or(own));
            }
            let resources = ["resources", "bases", "components"]
                .into_iter()
                .filter_map(|key| node.get(key))
                .flat_map(Node::items);
            if resources.filter_map(Node::text).any(is_remote) {
                self.hide(own);
            }
        }
    }

    fn read_deliveries(&mut self, inventory: &Inventory<'s>) {
        for delivery in inventory.gitops().deliveries() {
            let is_chart = delivery.chart
                || delivery.node.get("helm").is_some()
                || delivery
                    .dir
                    .as_deref()
                    .is_some_and(|dir| inventory.gitops().holds(dir, "Chart.yaml"));
            let templated = delivery.path.is_none() && delivery.node.get("path").is_some();
            if !is_chart && (delivery.dir.is_some() || templated) {
                continue;
            }
            match delivery.namespace {
                Some(namespace) if namespace.contains("{{") => self.everywhere |= delivery.chart,
                Some(namespace) => self.hide(namespace),
                None => self.unseen = true,
            }
        }
    }
}

/// The labels of a pod template without a pod spec.
fn unfinished<'s>(inventory: &Inventory<'s>, resource: &Resource<'s>) -> Option<Labels<'s>> {
    let path = resource.kind.pod_template()?;
    if inventory.workload_of(resource).is_some() {
        return None;
    }
    let template = if path == "." {
        resource.node
    } else {
        resource.field(path)?
    };
    Some(Labels::read(template.at(&["metadata", "labels"])))
}

/// A name, or the names of the items of a list.
fn names(node: Node<'_>) -> impl Iterator<Item = &str> {
    let of_items = node
        .items()
        .filter_map(|item| item.get("name").or_else(|| item.get("secretName"))?.text());
    node.text().into_iter().chain(of_items)
}

/// Whether a controller copies an object into other namespaces (Reflector, Kubernetes Replicator).
fn is_copied(resource: &Resource<'_>) -> bool {
    let annotations = resource
        .metadata()
        .and_then(|metadata| metadata.get("annotations"));
    annotations
        .into_iter()
        .flat_map(Node::entries)
        .any(|entry| {
            entry.name().starts_with("reflector.v1.k8s.emberstack.com/")
                || entry.name().starts_with("replicator.v1.mittwald.de/")
        })
}

/// Whether kustomize fetches a resource from elsewhere.
pub(crate) fn is_remote(resource: &str) -> bool {
    let host = resource
        .split_once('/')
        .and_then(|(host, _)| host.rsplit_once('.'));
    let is_host = host.is_some_and(|(name, top)| {
        !name.is_empty() && top.len() > 1 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    is_host
        || resource.contains("//")
        || (resource.contains('?') && resource.contains("?ref="))
        || (resource.contains('@') && resource.contains("git@"))
}
