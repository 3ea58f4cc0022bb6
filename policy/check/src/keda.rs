//! What the admission webhook of KEDA refuses (`apis/keda/v1alpha1/scaledobject_webhook.go`).

use plimsoll_yaml::Node;

use crate::{Place, Resource};

/// A reason to refuse a `ScaledObject`.
#[derive(Clone, Debug)]
pub(crate) struct Refusal<'s> {
    /// The field.
    pub(crate) place: Place<'s>,
    /// What is wrong, after the object's name.
    pub(crate) message: String,
}

/// All that is wrong with the numbers and triggers of a `ScaledObject`.
pub(crate) fn refusals<'s>(object: &Resource<'s>) -> Vec<Refusal<'s>> {
    let Some(spec) = object.spec() else {
        return Vec::new();
    };
    [above_maximum(spec), idle(spec), triggers(spec)]
        .into_iter()
        .flatten()
        .map(|(place, message)| Refusal { place, message })
        .collect()
}

fn field<'s>(spec: Node<'s>, name: &str) -> Option<Node<'s>> {
    spec.get(name).filter(|node| !node.is_null())
}

/// 0 where it is not set.
fn minimum(spec: Node<'_>) -> Option<i64> {
    field(spec, "minReplicaCount").map_or(Some(0), Node::int)
}

fn above_maximum(spec: Node<'_>) -> Option<(Place<'_>, String)> {
    let min = field(spec, "minReplicaCount")?;
    let most = field(spec, "maxReplicaCount").map_or(Some(100), Node::int)?;
    let least = min.int().filter(|least| *least > most)?;
    Some((
        min.into(),
        format!("has a minReplicaCount of {least}, above its maxReplicaCount of {most}"),
    ))
}

fn idle(spec: Node<'_>) -> Option<(Place<'_>, String)> {
    let node = field(spec, "idleReplicaCount")?;
    let (count, least) = (node.int()?, minimum(spec)?);
    (count >= least).then(|| {
        (
            node.into(),
            format!("has an idleReplicaCount of {count}, not below its minReplicaCount of {least}"),
        )
    })
}

fn triggers(spec: Node<'_>) -> Option<(Place<'_>, String)> {
    let Some(list) = spec.get("triggers").filter(|list| !list.is_empty()) else {
        return Some((Place::missing(spec, "triggers"), "has no trigger".into()));
    };
    let by_use = |trigger: Node<'_>| {
        matches!(
            trigger.get("type").and_then(Node::text),
            Some("cpu" | "memory")
        )
    };
    (list.items().all(by_use) && minimum(spec) == Some(0)).then(|| {
        let place = field(spec, "minReplicaCount")
            .map_or_else(|| Place::missing(spec, "minReplicaCount"), Place::value);
        (
            place,
            "may go to 0 pods, where there is no cpu or memory in use to come back by".into(),
        )
    })
}
