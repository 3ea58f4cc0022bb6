//! The fields of each kind, apart from metadata and pod template.

use super::Fields;
use super::Shape::{Map, Object, Objects, Strings};
use super::table::{META, NAMED, NONE, NOTHING, RESOURCES, SELECTOR};
use crate::Kind;

/// The fields of a kind's objects; `None` for kinds of others.
pub(super) fn of_kind(kind: Kind) -> Option<&'static Fields> {
    Some(match kind {
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet | Kind::ReplicaSet => &WORKLOAD,
        Kind::Job => &JOB,
        Kind::CronJob => &CRON_JOB,
        Kind::Service => &SERVICE,
        Kind::ConfigMap | Kind::Secret => &DATA,
        Kind::Ingress => &INGRESS,
        Kind::NetworkPolicy => &POLICY,
        Kind::HorizontalPodAutoscaler => &AUTOSCALER,
        Kind::PodDisruptionBudget => &BUDGET,
        Kind::PersistentVolumeClaim => &CLAIM,
        Kind::ServiceAccount => &ACCOUNT,
        Kind::Role | Kind::ClusterRole => &ROLE,
        Kind::RoleBinding | Kind::ClusterRoleBinding => &BINDING,
        Kind::StorageClass => &STORAGE_CLASS,
        Kind::PriorityClass => &PRIORITY_CLASS,
        _ => return None,
    })
}

static WORKLOAD: Fields = Fields {
    others: &[("spec", Object(&WORKLOAD_SPEC))],
    ..NONE
};
static WORKLOAD_SPEC: Fields = Fields {
    strings: &["serviceName", "podManagementPolicy"],
    numbers: &[
        "replicas",
        "minReadySeconds",
        "revisionHistoryLimit",
        "progressDeadlineSeconds",
    ],
    booleans: &["paused"],
    others: &[
        ("selector", Object(&SELECTOR)),
        ("template", Object(&NOTHING)),
        ("strategy", Object(&STRATEGY)),
        ("updateStrategy", Object(&STRATEGY)),
        ("volumeClaimTemplates", Objects(&CLAIM)),
    ],
    ..NONE
};
static STRATEGY: Fields = Fields {
    strings: &["type"],
    others: &[("rollingUpdate", Object(&ROLLING))],
    ..NONE
};
static ROLLING: Fields = Fields {
    numbers: &["partition"],
    either: &["maxSurge", "maxUnavailable"],
    ..NONE
};
static JOB: Fields = Fields {
    others: &[("spec", Object(&JOB_SPEC))],
    ..NONE
};
static JOB_SPEC: Fields = Fields {
    strings: &["completionMode"],
    numbers: &[
        "parallelism",
        "completions",
        "backoffLimit",
        "activeDeadlineSeconds",
        "ttlSecondsAfterFinished",
    ],
    booleans: &["suspend", "manualSelector"],
    others: &[
        ("template", Object(&NOTHING)),
        ("selector", Object(&SELECTOR)),
    ],
    ..NONE
};
static CRON_JOB: Fields = Fields {
    others: &[("spec", Object(&CRON_JOB_SPEC))],
    ..NONE
};
static CRON_JOB_SPEC: Fields = Fields {
    strings: &["schedule", "timeZone", "concurrencyPolicy"],
    numbers: &[
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
    ],
    booleans: &["suspend"],
    others: &[("jobTemplate", Object(&JOB_TEMPLATE))],
    ..NONE
};
static JOB_TEMPLATE: Fields = Fields {
    others: &[("metadata", Object(&META)), ("spec", Object(&JOB_SPEC))],
    ..NONE
};
static SERVICE: Fields = Fields {
    others: &[("spec", Object(&SERVICE_SPEC))],
    ..NONE
};
static SERVICE_SPEC: Fields = Fields {
    strings: &[
        "type",
        "clusterIP",
        "loadBalancerIP",
        "loadBalancerClass",
        "externalName",
        "sessionAffinity",
        "externalTrafficPolicy",
        "internalTrafficPolicy",
        "ipFamilyPolicy",
        "trafficDistribution",
    ],
    numbers: &["healthCheckNodePort"],
    booleans: &["publishNotReadyAddresses", "allocateLoadBalancerNodePorts"],
    lists: &[
        "clusterIPs",
        "externalIPs",
        "loadBalancerSourceRanges",
        "ipFamilies",
    ],
    others: &[("selector", Map), ("ports", Objects(&SERVICE_PORT))],
    ..NONE
};
static SERVICE_PORT: Fields = Fields {
    strings: &["name", "protocol", "appProtocol"],
    numbers: &["port", "nodePort"],
    either: &["targetPort"],
    ..NONE
};
static DATA: Fields = Fields {
    strings: &["type"],
    booleans: &["immutable"],
    others: &[
        ("data", Strings),
        ("binaryData", Strings),
        ("stringData", Strings),
    ],
    ..NONE
};
static INGRESS: Fields = Fields {
    others: &[("spec", Object(&INGRESS_SPEC))],
    ..NONE
};
static INGRESS_SPEC: Fields = Fields {
    strings: &["ingressClassName"],
    others: &[
        ("tls", Objects(&TLS)),
        ("rules", Objects(&INGRESS_RULE)),
        ("defaultBackend", Object(&BACKEND)),
    ],
    ..NONE
};
static TLS: Fields = Fields {
    strings: &["secretName"],
    lists: &["hosts"],
    ..NONE
};
static INGRESS_RULE: Fields = Fields {
    strings: &["host"],
    others: &[("http", Object(&HTTP_PATHS))],
    ..NONE
};
static HTTP_PATHS: Fields = Fields {
    others: &[("paths", Objects(&HTTP_PATH))],
    ..NONE
};
static HTTP_PATH: Fields = Fields {
    strings: &["path", "pathType"],
    others: &[("backend", Object(&BACKEND))],
    ..NONE
};
static BACKEND: Fields = Fields {
    strings: &["serviceName"],
    either: &["servicePort"],
    others: &[("service", Object(&BACKEND_SERVICE))],
    ..NONE
};
static BACKEND_SERVICE: Fields = Fields {
    strings: &["name"],
    others: &[("port", Object(&BACKEND_PORT))],
    ..NONE
};
static BACKEND_PORT: Fields = Fields {
    strings: &["name"],
    numbers: &["number"],
    ..NONE
};
static POLICY: Fields = Fields {
    others: &[("spec", Object(&POLICY_SPEC))],
    ..NONE
};
static POLICY_SPEC: Fields = Fields {
    lists: &["policyTypes"],
    others: &[
        ("podSelector", Object(&SELECTOR)),
        ("ingress", Objects(&POLICY_RULE)),
        ("egress", Objects(&POLICY_RULE)),
    ],
    ..NONE
};
static POLICY_RULE: Fields = Fields {
    others: &[
        ("from", Objects(&PEER)),
        ("to", Objects(&PEER)),
        ("ports", Objects(&POLICY_PORT)),
    ],
    ..NONE
};
static PEER: Fields = Fields {
    others: &[
        ("podSelector", Object(&SELECTOR)),
        ("namespaceSelector", Object(&SELECTOR)),
        ("ipBlock", Object(&BLOCK)),
    ],
    ..NONE
};
static BLOCK: Fields = Fields {
    strings: &["cidr"],
    lists: &["except"],
    ..NONE
};
static POLICY_PORT: Fields = Fields {
    strings: &["protocol"],
    numbers: &["endPort"],
    either: &["port"],
    ..NONE
};
static AUTOSCALER: Fields = Fields {
    others: &[("spec", Object(&AUTOSCALER_SPEC))],
    ..NONE
};
static AUTOSCALER_SPEC: Fields = Fields {
    numbers: &[
        "minReplicas",
        "maxReplicas",
        "targetCPUUtilizationPercentage",
    ],
    others: &[
        ("scaleTargetRef", Object(&TARGET)),
        ("metrics", Objects(&NOTHING)),
    ],
    ..NONE
};
static TARGET: Fields = Fields {
    strings: &["apiVersion", "kind", "name"],
    ..NONE
};
static BUDGET: Fields = Fields {
    others: &[("spec", Object(&BUDGET_SPEC))],
    ..NONE
};
static BUDGET_SPEC: Fields = Fields {
    strings: &["unhealthyPodEvictionPolicy"],
    either: &["minAvailable", "maxUnavailable"],
    others: &[("selector", Object(&SELECTOR))],
    ..NONE
};
static CLAIM: Fields = Fields {
    others: &[
        ("metadata", Object(&NOTHING)),
        ("spec", Object(&CLAIM_SPEC)),
    ],
    ..NONE
};
static CLAIM_SPEC: Fields = Fields {
    strings: &["storageClassName", "volumeMode", "volumeName"],
    lists: &["accessModes"],
    others: &[
        ("resources", Object(&RESOURCES)),
        ("selector", Object(&SELECTOR)),
    ],
    ..NONE
};
static ACCOUNT: Fields = Fields {
    booleans: &["automountServiceAccountToken"],
    others: &[
        ("imagePullSecrets", Objects(&NAMED)),
        ("secrets", Objects(&NAMED)),
    ],
    ..NONE
};
static ROLE: Fields = Fields {
    others: &[("rules", Objects(&ROLE_RULE))],
    ..NONE
};
static ROLE_RULE: Fields = Fields {
    lists: &[
        "apiGroups",
        "resources",
        "verbs",
        "resourceNames",
        "nonResourceURLs",
    ],
    ..NONE
};
static BINDING: Fields = Fields {
    others: &[
        ("subjects", Objects(&SUBJECT)),
        ("roleRef", Object(&SUBJECT)),
    ],
    ..NONE
};
static SUBJECT: Fields = Fields {
    strings: &["kind", "name", "namespace", "apiGroup"],
    ..NONE
};
static STORAGE_CLASS: Fields = Fields {
    strings: &["provisioner", "reclaimPolicy", "volumeBindingMode"],
    booleans: &["allowVolumeExpansion"],
    lists: &["mountOptions"],
    others: &[("parameters", Strings)],
    ..NONE
};
static PRIORITY_CLASS: Fields = Fields {
    strings: &["description", "preemptionPolicy"],
    numbers: &["value"],
    booleans: &["globalDefault"],
    ..NONE
};
