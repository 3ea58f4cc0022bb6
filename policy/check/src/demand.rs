//! What containers ask for and what they may use, as it holds in the cluster.
//!
//! What an object leaves out is filled in before the scheduler sees it: a request from the limit (`SetDefaults_Pod` in
//! `pkg/apis/core/v1/defaults.go`), both from a `LimitRange` of the namespace (`plugin/pkg/admission/limitranger`), and
//! since 1.34 a pod can have requests and limits of its own that hold for its containers together.

use plimsoll_yaml::{Node, Scalar};

use crate::{Container, Inventory, Kind, Place, Quantity, Resource, Role, Workload};

/// One half of `resources`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// What the scheduler sets aside.
    Requests,
    /// What the kernel enforces.
    Limits,
}

impl Side {
    /// Its key under `resources`.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Limits => "limits",
        }
    }
}

/// Reads a quantity as JSON decoding does: a number, or a string with blanks around it; null is nothing.
pub(crate) fn amount(node: Node<'_>) -> Option<Quantity> {
    match node.scalar()? {
        Scalar::Null => Some(Quantity::from_units(0)),
        Scalar::Int(units) => Some(Quantity::from_units(units)),
        Scalar::Float(_) => Quantity::parse(node.text()?),
        Scalar::Str(text) => Quantity::parse(text.trim()),
        Scalar::Bool(_) => None,
    }
}

/// A container's own entry.
pub(crate) fn own<'s>(container: &Container<'s>, side: Side, resource: &str) -> Option<Node<'s>> {
    container.node.at(&["resources", side.key(), resource])
}

/// The pod's entry, for its containers together.
pub(crate) fn of_pod<'s>(workload: &Workload<'s>, side: Side, resource: &str) -> Option<Node<'s>> {
    workload.spec.at(&["resources", side.key(), resource])
}

/// The entry that holds for a container: its own, or what a `LimitRange` of the namespace gives it.
pub(crate) fn effective<'s>(
    inventory: &Inventory<'s>,
    workload: &Workload<'s>,
    container: &Container<'s>,
    side: Side,
    resource: &str,
) -> Option<Node<'s>> {
    let from_limit = || match side {
        Side::Requests => own(container, Side::Limits, resource),
        Side::Limits => None,
    };
    own(container, side, resource)
        .or_else(from_limit)
        .or_else(|| {
            inventory
                .namespaces()
                .default_of(workload.namespace, side, resource)
        })
}

/// Where a container's request or limit should stand, if neither the container, nor its pod, nor its namespace has one.
///
/// `path` is the field's path in the container: `resources.requests.cpu`. Ephemeral containers may have none.
pub(crate) fn unset<'s>(
    inventory: &Inventory<'s>,
    workload: &Workload<'s>,
    container: &Container<'s>,
    side: Side,
    path: &'static str,
) -> Option<Place<'s>> {
    if container.role == Role::Ephemeral {
        return None;
    }
    let resource = path.rsplit('.').next().unwrap_or(path);
    let nothing =
        |node: Node<'s>| amount(node).is_some_and(|amount| amount == Quantity::from_units(0));
    let pod_has = |side| of_pod(workload, side, resource).is_some_and(|node| !nothing(node));
    if pod_has(side) || (side == Side::Requests && pod_has(Side::Limits)) {
        return None;
    }
    match own(container, side, resource) {
        Some(node) if nothing(node) => Some(Place::value(node)),
        Some(_) => None,
        None => match effective(inventory, workload, container, side, resource) {
            Some(node) if !nothing(node) => None,
            _ => Some(Place::missing(container.node, path)),
        },
    }
}

/// Maps of quantities outside pod templates, by kind; `*` stands for each item of a list.
const QUANTITY_MAPS: &[(Kind, &str)] = &[
    (Kind::PersistentVolumeClaim, "spec.resources.requests"),
    (Kind::PersistentVolumeClaim, "spec.resources.limits"),
    (Kind::PersistentVolume, "spec.capacity"),
    (Kind::ResourceQuota, "spec.hard"),
    (Kind::LimitRange, "spec.limits.*.min"),
    (Kind::LimitRange, "spec.limits.*.max"),
    (Kind::LimitRange, "spec.limits.*.default"),
    (Kind::LimitRange, "spec.limits.*.defaultRequest"),
    (
        Kind::StatefulSet,
        "spec.volumeClaimTemplates.*.spec.resources.requests",
    ),
];

/// The maps of quantities that an object has outside its pod template.
pub(crate) fn quantity_maps<'s>(resource: &Resource<'s>) -> impl Iterator<Item = Node<'s>> {
    let (kind, root) = (resource.kind, resource.node);
    QUANTITY_MAPS
        .iter()
        .filter(move |(of, _)| *of == kind)
        .flat_map(move |(_, path)| {
            path.split('.').fold(vec![root], |nodes, step| match step {
                "*" => nodes.into_iter().flat_map(Node::items).collect(),
                key => nodes.into_iter().filter_map(|node| node.get(key)).collect(),
            })
        })
}
