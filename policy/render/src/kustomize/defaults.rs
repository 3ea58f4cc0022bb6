//! Kustomize's own lists of fields, as of version 5.5.

mod names;

use super::config::Config;
use super::fieldspec::FieldSpec;

/// Group, version, kind, path; a path that ends with `+` is made where it is missing.
type Row = (&'static str, &'static str, &'static str, &'static str);

const NAME: &[Row] = &[("", "", "", "metadata/name")];

const NAMESPACE: &[Row] = &[
    ("", "v1", "Namespace", "metadata/name+"),
    (
        "apiregistration.k8s.io",
        "",
        "APIService",
        "spec/service/namespace+",
    ),
    (
        "apiextensions.k8s.io",
        "",
        "CustomResourceDefinition",
        "spec/conversion/webhook/clientConfig/service/namespace",
    ),
];

const SELECTORS: &[Row] = &[
    ("", "v1", "Service", "spec/selector+"),
    ("", "v1", "ReplicationController", "spec/selector+"),
    ("", "", "Deployment", "spec/selector/matchLabels+"),
    ("", "", "ReplicaSet", "spec/selector/matchLabels+"),
    ("", "", "DaemonSet", "spec/selector/matchLabels+"),
    ("apps", "", "StatefulSet", "spec/selector/matchLabels+"),
    ("batch", "", "Job", "spec/selector/matchLabels"),
    (
        "batch",
        "",
        "CronJob",
        "spec/jobTemplate/spec/selector/matchLabels",
    ),
    (
        "policy",
        "",
        "PodDisruptionBudget",
        "spec/selector/matchLabels",
    ),
    (
        "networking.k8s.io",
        "",
        "NetworkPolicy",
        "spec/podSelector/matchLabels",
    ),
    (
        "networking.k8s.io",
        "",
        "NetworkPolicy",
        "spec/ingress/from/podSelector/matchLabels",
    ),
    (
        "networking.k8s.io",
        "",
        "NetworkPolicy",
        "spec/egress/to/podSelector/matchLabels",
    ),
];

/// Below `spec/template/spec`, for kinds of the group `apps`.
const SPREAD: &[&str] = &[
    "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
    "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
    "topologySpreadConstraints/labelSelector/matchLabels",
];

const METADATA: &[Row] = &[("", "", "", "metadata/labels+")];

const TEMPLATES: &[Row] = &[
    (
        "",
        "v1",
        "ReplicationController",
        "spec/template/metadata/labels+",
    ),
    ("", "", "Deployment", "spec/template/metadata/labels+"),
    ("", "", "ReplicaSet", "spec/template/metadata/labels+"),
    ("", "", "DaemonSet", "spec/template/metadata/labels+"),
    ("apps", "", "StatefulSet", "spec/template/metadata/labels+"),
    ("batch", "", "Job", "spec/template/metadata/labels+"),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/labels+"),
    (
        "batch",
        "",
        "CronJob",
        "spec/jobTemplate/spec/template/metadata/labels+",
    ),
];

const CLAIMS: &[Row] = &[(
    "apps",
    "",
    "StatefulSet",
    "spec/volumeClaimTemplates[]/metadata/labels+",
)];

const ANNOTATIONS: &[Row] = &[
    ("", "", "", "metadata/annotations+"),
    (
        "",
        "v1",
        "ReplicationController",
        "spec/template/metadata/annotations+",
    ),
    ("", "", "Deployment", "spec/template/metadata/annotations+"),
    ("", "", "ReplicaSet", "spec/template/metadata/annotations+"),
    ("", "", "DaemonSet", "spec/template/metadata/annotations+"),
    ("", "", "StatefulSet", "spec/template/metadata/annotations+"),
    ("batch", "", "Job", "spec/template/metadata/annotations+"),
    (
        "batch",
        "",
        "CronJob",
        "spec/jobTemplate/metadata/annotations+",
    ),
    (
        "batch",
        "",
        "CronJob",
        "spec/jobTemplate/spec/template/metadata/annotations+",
    ),
];

const IMAGES: &[Row] = &[
    ("", "", "", "spec/containers[]/image+"),
    ("", "", "", "spec/initContainers[]/image+"),
    ("", "", "", "spec/template/spec/containers[]/image+"),
    ("", "", "", "spec/template/spec/initContainers[]/image+"),
];

const REPLICAS: &[Row] = &[
    ("", "", "Deployment", "spec/replicas+"),
    ("", "", "ReplicationController", "spec/replicas+"),
    ("", "", "ReplicaSet", "spec/replicas+"),
    ("", "", "StatefulSet", "spec/replicas+"),
];

/// Kinds with a pod template, and where its spec stands.
const PODS: &[(&str, &str)] = &[
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
    ("Deployment", "spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("Pod", "spec"),
    ("ReplicaSet", "spec/template/spec"),
    ("StatefulSet", "spec/template/spec"),
];

/// Below a pod's spec.
const POD_VARIABLES: &[&str] = &[
    "containers/args",
    "containers/command",
    "containers/env/value",
    "containers/volumeMounts/mountPath",
    "initContainers/args",
    "initContainers/command",
    "initContainers/env/value",
    "initContainers/volumeMounts/mountPath",
    "volumes/nfs/server",
];

const VARIABLES: &[Row] = &[
    (
        "",
        "",
        "CronJob",
        "spec/jobTemplate/spec/template/volumes/nfs/server",
    ),
    ("", "", "Ingress", "spec/rules/host"),
    ("", "", "Ingress", "spec/tls/hosts"),
    ("", "", "Ingress", "spec/tls/secretName"),
    ("", "", "Service", "spec/ports/port"),
    ("", "", "Service", "spec/ports/targetPort"),
    (
        "",
        "",
        "StatefulSet",
        "spec/volumeClaimTemplates/spec/nfs/server",
    ),
    ("", "", "PersistentVolume", "spec/nfs/server"),
    ("", "", "", "metadata/labels"),
    ("", "", "", "metadata/annotations"),
];

fn spec((group, version, kind, path): Row) -> FieldSpec {
    FieldSpec {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
        path: path.trim_end_matches('+').to_owned(),
        create: path.ends_with('+'),
    }
}

fn specs(rows: &[&[Row]]) -> Vec<FieldSpec> {
    rows.iter()
        .flat_map(|rows| rows.iter())
        .map(|row| spec(*row))
        .collect()
}

fn of_kind(group: &str, kind: &str, path: String) -> FieldSpec {
    FieldSpec {
        group: group.to_owned(),
        version: String::new(),
        kind: kind.to_owned(),
        path,
        create: false,
    }
}

/// The lists.
pub(crate) fn config() -> Config {
    let mut labels = specs(&[SELECTORS, CLAIMS, METADATA, TEMPLATES]);
    for kind in ["Deployment", "StatefulSet"] {
        labels.extend(
            SPREAD
                .iter()
                .map(|path| of_kind("apps", kind, format!("spec/template/spec/{path}"))),
        );
    }
    let mut variables = specs(&[VARIABLES]);
    for (kind, spec) in PODS {
        variables.extend(
            POD_VARIABLES
                .iter()
                .map(|path| of_kind("", kind, format!("{spec}/{path}"))),
        );
    }
    Config {
        prefix: specs(&[NAME]),
        suffix: specs(&[NAME]),
        namespace: specs(&[NAMESPACE]),
        every_label: Vec::new(),
        labels,
        template_labels: specs(&[METADATA, TEMPLATES]),
        annotations: specs(&[ANNOTATIONS]),
        images: specs(&[IMAGES]),
        replicas: specs(&[REPLICAS]),
        variables,
        names: names::names(),
    }
}
