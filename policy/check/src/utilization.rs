//! What an autoscaler measures against the containers' requests.

use plimsoll_yaml::Node;

use crate::{Resource, Scaler, ScalerKind};

/// A metric that is a share of what containers request.
#[derive(Clone, Copy, Debug)]
pub struct Utilization<'s> {
    /// `cpu`, `memory`.
    pub resource: &'s str,
    /// The one container that is measured; `None` for all of the pod.
    pub container: Option<&'s str>,
    /// Where it is asked for; `None` for the metric that the API server adds where there is none.
    pub node: Option<Node<'s>>,
}

/// Whether a `HorizontalPodAutoscaler` names any metric. One that names none gets 80 % of the requested processor time
/// (`pkg/apis/autoscaling/v2/defaults.go`).
pub fn has_metrics(hpa: &Resource<'_>) -> bool {
    let metrics = hpa
        .field("spec.metrics")
        .is_some_and(|metrics| !metrics.is_empty());
    metrics || first_version(hpa).is_some()
}

/// The one metric that `autoscaling/v1` has; later versions do not know the field.
fn first_version<'s>(hpa: &Resource<'s>) -> Option<Node<'s>> {
    hpa.field("spec.targetCPUUtilizationPercentage")
        .filter(|node| !node.is_null() && hpa.api_version == "autoscaling/v1")
}

/// The metrics of an autoscaler that are shares of requests.
pub fn utilization<'s>(scaler: &Scaler<'s>, resource: &Resource<'s>) -> Vec<Utilization<'s>> {
    let list = |path| resource.field(path).into_iter().flat_map(Node::items);
    match scaler.kind {
        ScalerKind::Vertical => Vec::new(),
        ScalerKind::Keda => list("spec.triggers").filter_map(trigger).collect(),
        ScalerKind::Horizontal if !has_metrics(resource) => vec![processor(None)],
        ScalerKind::Horizontal => first_version(resource)
            .map(|node| processor(Some(node)))
            .into_iter()
            .chain(list("spec.metrics").filter_map(metric))
            .collect(),
    }
}

fn processor(node: Option<Node<'_>>) -> Utilization<'_> {
    Utilization {
        resource: "cpu",
        container: None,
        node,
    }
}

fn metric(node: Node<'_>) -> Option<Utilization<'_>> {
    let source = match node.get("type").and_then(Node::text)? {
        "Resource" => node.get("resource")?,
        "ContainerResource" => node.get("containerResource")?,
        _ => return None,
    };
    let share = source
        .at(&["target", "averageUtilization"])
        .or_else(|| source.get("targetAverageUtilization"))?;
    (!share.is_null()).then_some(Utilization {
        resource: source.get("name").and_then(Node::text)?,
        container: source.get("container").and_then(Node::text),
        node: Some(source),
    })
}

fn trigger(node: Node<'_>) -> Option<Utilization<'_>> {
    let resource = node.get("type").and_then(Node::text)?;
    let metadata = |key| node.at(&["metadata", key]).and_then(Node::text);
    let measure = node
        .get("metricType")
        .and_then(Node::text)
        .or_else(|| metadata("type"))?;
    (matches!(resource, "cpu" | "memory") && measure == "Utilization").then_some(Utilization {
        resource,
        container: metadata("containerName").filter(|name| !name.is_empty()),
        node: Some(node),
    })
}
