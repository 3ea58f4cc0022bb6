//! Pods that a well-known operator makes from one object, whose labels are known.

use crate::{Kind, Labels, Resource};

/// The labels of the pods that the Prometheus operator makes from an object (`pkg/prometheus/server/statefulset.go`,
/// `pkg/alertmanager/statefulset.go` and their neighbours in prometheus-operator).
pub(crate) fn labels<'s>(resource: &Resource<'s>) -> Option<Labels<'s>> {
    let (component, own) = match resource.kind {
        Kind::Prometheus => ("prometheus", "prometheus"),
        Kind::PrometheusAgent => ("prometheus-agent", "prometheus-agent"),
        Kind::Alertmanager => ("alertmanager", "alertmanager"),
        Kind::ThanosRuler => ("thanos-ruler", "thanos-ruler"),
        _ => return None,
    };
    let given = resource.field("spec.podMetadata.labels");
    let labels = Labels::read(given)
        .with("app.kubernetes.io/name", component)
        .with("app.kubernetes.io/instance", resource.name)
        .with("app.kubernetes.io/managed-by", "prometheus-operator")
        .with(own, resource.name);
    Some(labels)
}
