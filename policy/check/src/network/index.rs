//! What rules about networks look up: policies by namespace, and what the API server calls.

use std::collections::BTreeMap;

use foldhash::HashSet;

use plimsoll_yaml::Node;

use super::engines;
use crate::{Inventory, Kind, Labels, Resource, ResourceIndex, Selector};

/// The label that the API server gives every namespace.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// The index; built once, when a rule first asks.
#[derive(Debug)]
pub(crate) struct NetworkIndex<'s> {
    policies: BTreeMap<&'s str, Vec<ResourceIndex>>,
    other_policies: HashSet<&'s str>,
    called: HashSet<(&'s str, &'s str)>,
}

impl<'s> NetworkIndex<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut policies: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for policy in inventory.of_kind(Kind::NetworkPolicy) {
            policies
                .entry(policy.namespace())
                .or_default()
                .push(policy.index());
        }
        let in_namespaces = engines::NAMESPACED
            .iter()
            .flat_map(|kind| inventory.of_kind(*kind))
            .map(Resource::namespace);
        Self {
            policies,
            other_policies: in_namespaces.collect(),
            called: called_services(inventory),
        }
    }

    /// The `NetworkPolicy` objects of each namespace that has some, by its name.
    pub(crate) fn policies(&self) -> impl Iterator<Item = (&'s str, &[ResourceIndex])> {
        self.policies
            .iter()
            .map(|(namespace, policies)| (*namespace, policies.as_slice()))
    }

    /// The `NetworkPolicy` objects of a namespace.
    pub(crate) fn policies_in(&self, namespace: &str) -> &[ResourceIndex] {
        self.policies.get(namespace).map_or(&[], Vec::as_slice)
    }

    /// Whether policies of another kind reach into a namespace, as far as can be told.
    pub(crate) fn has_other_policies(&self, inventory: &Inventory<'s>, namespace: &'s str) -> bool {
        self.other_policies.contains(namespace)
            || engines::CLUSTERWIDE
                .iter()
                .flat_map(|kind| inventory.of_kind(*kind))
                .any(|policy| engines::may_reach(inventory, policy, namespace))
    }

    /// Whether the API server calls a Service: for admission, for conversion, or as an API of its own.
    pub(crate) fn is_called_by_api_server(&self, service: &Resource<'_>) -> bool {
        self.called.contains(&(service.namespace(), service.name))
    }
}

/// Whether a namespace may have the labels that a selector asks for: `false` only where that is certain. Of a namespace
/// that is no object of the repository, only the name is known.
pub(crate) fn namespace_may_match<'s>(
    inventory: &Inventory<'s>,
    selector: &Selector<'s>,
    namespace: &'s str,
) -> bool {
    let mut objects = inventory
        .find_all(Kind::Namespace, "", namespace)
        .peekable();
    if objects.peek().is_some() {
        return objects
            .any(|object| selector.matches(&object.labels().with(NAME_LABEL, namespace)));
    }
    let known = Labels::default().with(NAME_LABEL, namespace);
    selector.matches(&known) || selector.keys().any(|key| key != NAME_LABEL)
}

/// Namespace and name of each Service that the API server calls.
fn called_services<'s>(inventory: &Inventory<'s>) -> HashSet<(&'s str, &'s str)> {
    let hooks = [
        Kind::ValidatingWebhookConfiguration,
        Kind::MutatingWebhookConfiguration,
    ];
    let hooks = hooks
        .into_iter()
        .flat_map(|kind| inventory.of_kind(kind))
        .filter_map(|hooks| hooks.node.get("webhooks"))
        .flat_map(Node::items)
        .filter_map(|hook| hook.at(&["clientConfig", "service"]));
    let apis = inventory
        .of_kind(Kind::APIService)
        .filter_map(|api| api.field("spec.service"));
    let conversions = inventory
        .of_kind(Kind::CustomResourceDefinition)
        .filter_map(|kind| kind.field("spec.conversion.webhook.clientConfig.service"));
    let named = |service: Node<'s>| {
        let text = |field| service.get(field).and_then(Node::text);
        Some((text("namespace")?, text("name")?))
    };
    hooks
        .chain(apis)
        .chain(conversions)
        .filter_map(named)
        .collect()
}
