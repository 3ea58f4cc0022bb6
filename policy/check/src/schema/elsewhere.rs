//! What other rules say of fields, in words of their own: no fault is found twice.

/// What of a field another rule speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Value,
    Absence,
    Both,
}
use Of::{Absence, Both, Value};

/// Where a field is another rule's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// Wherever it stands.
    Anywhere,
    /// Where it is a part of this definition's objects.
    Inside(&'static str),
    /// In the metadata of the object itself.
    Metadata,
    /// In what the object itself selects.
    Selector,
}
use Within::{Anywhere, Inside, Metadata, Selector};

type Line = (&'static str, &'static str, Within, Of, &'static str);

const QUANTITY: &str = "resource-quantity-invalid";
const MISMATCH: &str = "selector-template-mismatch";
const LABEL: &str = "label-value-invalid";
const PROBE: &str = "probe-handler-invalid";

/// Definition, field, where, what, and which rule.
#[rustfmt::skip]
const SAID: &[Line] = &[
    ("ContainerPort", "containerPort", Anywhere, Both, "port-name-invalid"),
    ("CronJobSpec", "schedule", Anywhere, Both, "cronjob-schedule-invalid"),
    ("CrossVersionObjectReference", "kind", Inside("HorizontalPodAutoscalerSpec"), Absence, "hpa-target-missing"),
    ("CrossVersionObjectReference", "name", Inside("HorizontalPodAutoscalerSpec"), Absence, "hpa-target-missing"),
    ("DaemonSetSpec", "selector", Anywhere, Absence, MISMATCH),
    ("DeploymentSpec", "selector", Anywhere, Absence, MISMATCH),
    ("EmptyDirVolumeSource", "sizeLimit", Anywhere, Value, QUANTITY),
    ("GRPCAction", "port", Inside("Probe"), Both, PROBE),
    ("HTTPGetAction", "port", Inside("Probe"), Both, PROBE),
    ("HTTPGetAction", "scheme", Inside("Probe"), Value, PROBE),
    ("HTTPIngressPath", "pathType", Anywhere, Both, "ingress-path-type-missing"),
    ("HorizontalPodAutoscalerSpec", "maxReplicas", Anywhere, Absence, "hpa-max-not-above-min"),
    ("HorizontalPodAutoscalerSpec", "scaleTargetRef", Anywhere, Absence, "hpa-target-missing"),
    ("IPBlock", "cidr", Anywhere, Both, "networkpolicy-cidr-invalid"),
    ("LimitRangeItem", "default", Anywhere, Value, QUANTITY),
    ("LimitRangeItem", "defaultRequest", Anywhere, Value, QUANTITY),
    ("LimitRangeItem", "max", Anywhere, Value, QUANTITY),
    ("LimitRangeItem", "min", Anywhere, Value, QUANTITY),
    ("LabelSelector", "matchLabels", Selector, Value, LABEL),
    ("ObjectMeta", "annotations", Anywhere, Value, "annotation-value-invalid"),
    ("ObjectMeta", "generateName", Metadata, Value, "name-invalid"),
    ("ObjectMeta", "labels", Anywhere, Value, LABEL),
    ("ObjectMeta", "name", Metadata, Value, "name-invalid"),
    ("ObjectMeta", "namespace", Metadata, Value, "namespace-name-invalid"),
    ("PersistentVolumeSpec", "capacity", Anywhere, Value, QUANTITY),
    ("PodDisruptionBudgetSpec", "maxUnavailable", Anywhere, Value, "pdb-policy-unset"),
    ("PodDisruptionBudgetSpec", "minAvailable", Anywhere, Value, "pdb-policy-unset"),
    ("PodSpec", "nodeSelector", Anywhere, Value, LABEL),
    ("PodSpec", "restartPolicy", Anywhere, Value, "restart-policy-invalid"),
    ("Probe", "failureThreshold", Anywhere, Value, PROBE),
    ("Probe", "initialDelaySeconds", Anywhere, Value, PROBE),
    ("Probe", "periodSeconds", Anywhere, Value, PROBE),
    ("Probe", "successThreshold", Anywhere, Value, PROBE),
    ("Probe", "terminationGracePeriodSeconds", Anywhere, Value, PROBE),
    ("Probe", "timeoutSeconds", Anywhere, Value, PROBE),
    ("ReplicaSetSpec", "selector", Anywhere, Absence, MISMATCH),
    ("ReplicationControllerSpec", "selector", Anywhere, Value, LABEL),
    ("ResourceQuotaSpec", "hard", Anywhere, Value, QUANTITY),
    ("ResourceRequirements", "limits", Anywhere, Value, QUANTITY),
    ("ResourceRequirements", "requests", Anywhere, Value, QUANTITY),
    ("ServicePort", "targetPort", Anywhere, Value, "port-name-invalid"),
    ("ServiceSpec", "selector", Anywhere, Value, LABEL),
    ("StatefulSetSpec", "selector", Anywhere, Absence, MISMATCH),
    ("TCPSocketAction", "port", Inside("Probe"), Both, PROBE),
    ("VolumeResourceRequirements", "limits", Anywhere, Value, QUANTITY),
    ("VolumeResourceRequirements", "requests", Anywhere, Value, QUANTITY),
];

/// Where another rule speaks of a field's value. That a map is a map, `schema-invalid` says itself.
pub(super) fn judges(definition: &str, field: &str) -> Option<Within> {
    find(definition, field, Absence)
}

/// Where another rule speaks of a field's absence.
pub(super) fn asks_for(definition: &str, field: &str) -> Option<Within> {
    find(definition, field, Value)
}

fn find(definition: &str, field: &str, not: Of) -> Option<Within> {
    let line = SAID
        .iter()
        .find(|(of, own, ..)| *of == definition && *own == field);
    line.filter(|(.., what, _)| *what != not)
        .map(|(_, _, within, ..)| *within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_exist() {
        for (definition, field, .., rule) in SAID {
            assert!(
                crate::rules::find(rule).is_some(),
                "{definition}.{field}: {rule}"
            );
        }
    }
}
