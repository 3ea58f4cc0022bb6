//! Settings under which a rollout cannot go on, by the validation of `k8s.io/kubernetes/pkg/apis/apps/validation`.

use plimsoll_yaml::Node;

use crate::{Amount, Kind};

/// What is wrong: the field, and the end of a sentence that begins with the object.
type Fault<'s> = Option<(Node<'s>, String)>;

struct Strategy<'s> {
    unavailable: Option<Node<'s>>,
    surge: Option<Node<'s>>,
}

/// The numbers of a rolling update; `None` for another strategy.
fn strategy(kind: Kind, spec: Node<'_>) -> Option<Strategy<'_>> {
    let strategy = spec.get(if kind == Kind::Deployment {
        "strategy"
    } else {
        "updateStrategy"
    })?;
    let named = strategy.get("type").and_then(Node::text);
    let rolling = strategy
        .get("rollingUpdate")
        .filter(|_| named.is_none_or(|named| named == "RollingUpdate"))?;
    let field = |name| rolling.get(name).filter(|node| !node.is_null());
    Some(Strategy {
        unavailable: field("maxUnavailable"),
        surge: field("maxSurge"),
    })
}

/// No pod less and no pod more: there is no next step, and the API server refuses it.
pub(crate) fn room(kind: Kind, spec: Node<'_>) -> Fault<'_> {
    let Strategy { unavailable, surge } = strategy(kind, spec)?;
    let is_zero =
        |count: Option<Node<'_>>| count.and_then(Amount::read).is_some_and(Amount::is_zero);
    // A DaemonSet has no surge unless it says so; a Deployment has a quarter; a StatefulSet never has one.
    let no_surge = match kind {
        Kind::Deployment => is_zero(surge),
        Kind::DaemonSet => surge.is_none() || is_zero(surge),
        _ => true,
    };
    let node = unavailable.filter(|node| is_zero(Some(*node)) && no_surge)?;
    Some((
        node,
        "may run no pod less and no pod more during an update, which the API server refuses".into(),
    ))
}

/// Every pod may go at once. One pod alone has nothing to lose by it.
pub(crate) fn outage(kind: Kind, spec: Node<'_>, pods: Option<i64>) -> Fault<'_> {
    let node = strategy(kind, spec)?.unavailable?;
    let amount = Amount::read(node)?;
    if kind == Kind::DaemonSet {
        let message = format!("may take the pods of all nodes away at once: {amount}");
        return amount.is_everything().then_some((node, message));
    }
    let pods = pods.filter(|pods| *pods > 1)?;
    let gone = amount.rounded_down(pods);
    (gone >= pods).then(|| {
        (
            node,
            format!("may take all {pods} pods away at once during an update"),
        )
    })
}

/// The rollout is called failed before a pod can count as available.
pub(crate) fn deadline(spec: Node<'_>) -> Fault<'_> {
    let node = spec.get("progressDeadlineSeconds");
    let ready = spec.get("minReadySeconds").and_then(Node::int).unwrap_or(0);
    // 600 where it is not set.
    let deadline = node.map_or(Some(600), Node::int)?;
    let place = node.or_else(|| spec.get("minReadySeconds"))?;
    (deadline <= ready && spec.get("updateStrategy").is_none()).then(|| {
        (
            place,
            format!(
                "has a progressDeadlineSeconds of {deadline}, not above its minReadySeconds of {ready}"
            ),
        )
    })
}

/// Changes of the pod template are taken and not rolled out.
pub(crate) fn paused(spec: Node<'_>) -> Fault<'_> {
    let node = spec
        .get("paused")
        .filter(|node| node.bool() == Some(true))?;
    Some((node, "is paused: a change of it is not rolled out".into()))
}

/// Pods below the partition keep the old template; all are, if it is as high as their number.
pub(crate) fn partition(spec: Node<'_>, pods: Option<i64>) -> Fault<'_> {
    let node = spec.at(&["updateStrategy", "rollingUpdate", "partition"])?;
    let (partition, pods) = (node.int()?, pods.filter(|pods| *pods > 0)?);
    let first = spec
        .at(&["ordinals", "start"])
        .and_then(Node::int)
        .unwrap_or(0);
    (partition >= first.saturating_add(pods)).then(|| {
        (
            node,
            format!("updates only pods from number {partition} on, and has {pods}"),
        )
    })
}
