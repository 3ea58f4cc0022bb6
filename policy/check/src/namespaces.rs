//! What a repository holds of each namespace: the object itself, its limits, its quotas, and who runs there.

use foldhash::HashMap;
use plimsoll_yaml::Node;

use crate::demand::Side;
use crate::{Inventory, Kind, Resource, ResourceIndex, WorkloadIndex};

/// One namespace.
#[derive(Debug, Default)]
pub(crate) struct NamespaceView<'s> {
    /// Its `Namespace` object.
    pub(crate) object: Option<ResourceIndex>,
    /// Its `LimitRange` objects.
    pub(crate) limit_ranges: Vec<ResourceIndex>,
    /// Its `ResourceQuota` objects.
    pub(crate) quotas: Vec<ResourceIndex>,
    /// The first workload that runs in it.
    pub(crate) workload: Option<WorkloadIndex>,
    requests: Vec<(&'s str, Node<'s>)>,
    limits: Vec<(&'s str, Node<'s>)>,
}

/// All namespaces that an object of the repository lies in or is.
#[derive(Debug, Default)]
pub(crate) struct Namespaces<'s>(HashMap<&'s str, NamespaceView<'s>>);

impl<'s> Namespaces<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut views: HashMap<&'s str, NamespaceView<'s>> = HashMap::default();
        for object in inventory.of_kind(Kind::Namespace) {
            views
                .entry(object.name)
                .or_default()
                .object
                .get_or_insert(object.index());
        }
        for range in inventory.of_kind(Kind::LimitRange) {
            let view = views.entry(range.namespace()).or_default();
            view.limit_ranges.push(range.index());
            for item in container_items(range) {
                view.requests.extend(defaults(item, Side::Requests));
                view.limits.extend(defaults(item, Side::Limits));
            }
        }
        for quota in inventory.of_kind(Kind::ResourceQuota) {
            views
                .entry(quota.namespace())
                .or_default()
                .quotas
                .push(quota.index());
        }
        for workload in inventory.workloads() {
            views
                .entry(workload.namespace)
                .or_default()
                .workload
                .get_or_insert(workload.index);
        }
        Self(views)
    }

    /// What is known of a namespace.
    pub(crate) fn get(&self, namespace: &str) -> Option<&NamespaceView<'s>> {
        self.0.get(namespace)
    }

    /// What a container of a namespace gets that says nothing itself.
    pub(crate) fn default_of(
        &self,
        namespace: &str,
        side: Side,
        resource: &str,
    ) -> Option<Node<'s>> {
        let view = self.0.get(namespace)?;
        let defaults = match side {
            Side::Requests => &view.requests,
            Side::Limits => &view.limits,
        };
        defaults
            .iter()
            .find(|(name, _)| *name == resource)
            .map(|(_, node)| *node)
    }
}

/// The items of a `LimitRange` that are about containers.
pub(crate) fn container_items<'s>(
    range: &Resource<'s>,
) -> impl Iterator<Item = Node<'s>> + use<'s> {
    range
        .field("spec.limits")
        .into_iter()
        .flat_map(Node::items)
        .filter(|item| item.get("type").and_then(Node::text) == Some("Container"))
}

/// What an item gives to containers that say nothing. Where it leaves out a default, the API server derives it: the limit
/// from `max`, the request from the default limit, then from `min` (`SetDefaults_LimitRangeItem`).
pub(crate) fn defaults(item: Node<'_>, side: Side) -> Vec<(&str, Node<'_>)> {
    let sources: &[&str] = match side {
        Side::Limits => &["default", "max"],
        Side::Requests => &["defaultRequest", "default", "max", "min"],
    };
    let mut found: Vec<(&str, Node<'_>)> = Vec::new();
    for entry in sources
        .iter()
        .filter_map(|key| item.get(key))
        .flat_map(Node::entries)
    {
        if !found.iter().any(|(name, _)| *name == entry.name()) {
            found.push((entry.name(), entry.value));
        }
    }
    found
}
