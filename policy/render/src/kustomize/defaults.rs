//! Kustomize's own lists of fields, as of version 5.5.

use super::config::{Config, NameReference};
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
        "spec/jobTemplate/spec/volumes/nfs/server",
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
        names: names(),
    }
}

/// Where pods name `ConfigMap`s, below their spec.
const CONFIG_MAPS: &[&str] = &[
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
];

/// Where pods name Secrets, below their spec.
const SECRETS: &[&str] = &[
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
];

/// Kinds whose pods name `ConfigMap`s and Secrets.
const DATA_PODS: &[(&str, &str)] = &[
    ("Pod", "spec"),
    ("PodTemplate", "template/spec"),
    ("Deployment", "spec/template/spec"),
    ("ReplicaSet", "spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
    ("StatefulSet", "spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
];

/// Kinds whose pods name service accounts, claims and priority classes.
const PLAIN_PODS: &[(&str, &str)] = &[
    ("Pod", "spec"),
    ("StatefulSet", "spec/template/spec"),
    ("Deployment", "spec/template/spec"),
    ("ReplicationController", "spec/template/spec"),
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
];

fn in_pods(pods: &[(&str, &str)], paths: &[&str]) -> Vec<FieldSpec> {
    let fields = |(kind, spec): &(&str, &str)| {
        let (kind, spec) = ((*kind).to_owned(), (*spec).to_owned());
        let of = move |path: &&str| of_kind("", &kind, format!("{spec}/{path}"));
        paths.iter().map(of).collect::<Vec<_>>()
    };
    pods.iter().flat_map(fields).collect()
}

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// Objects that are named, with where, beside in pods.
const NAMES: &[(&str, &str, &str, &[Row])] = &[
    (
        "",
        "v1",
        "ConfigMap",
        &[
            ("", "", "Node", "spec/configSource/configMap"),
            ("", "", "Role", "rules/resourceNames"),
            ("", "", "ClusterRole", "rules/resourceNames"),
            (
                "",
                "",
                "Ingress",
                "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap",
            ),
        ],
    ),
    (
        "",
        "v1",
        "Secret",
        &[
            ("", "", "Ingress", "spec/tls/secretName"),
            (
                "",
                "",
                "Ingress",
                "metadata/annotations/ingress.kubernetes.io\\/auth-secret",
            ),
            (
                "",
                "",
                "Ingress",
                "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret",
            ),
            (
                "",
                "",
                "Ingress",
                "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret",
            ),
            ("", "", "ServiceAccount", "imagePullSecrets/name"),
            ("", "", "StorageClass", "parameters/secretName"),
            ("", "", "StorageClass", "parameters/adminSecretName"),
            ("", "", "StorageClass", "parameters/userSecretName"),
            ("", "", "StorageClass", "parameters/secretRef"),
            ("", "", "Role", "rules/resourceNames"),
            ("", "", "ClusterRole", "rules/resourceNames"),
            (
                "serving.knative.dev",
                "v1",
                "Service",
                "spec/template/spec/containers/env/valueFrom/secretKeyRef/name",
            ),
            ("", "", "PersistentVolume", "spec/azureFile/secretName"),
        ],
    ),
    (
        "",
        "v1",
        "Service",
        &[
            ("apps", "", "StatefulSet", "spec/serviceName"),
            (
                "",
                "",
                "Ingress",
                "spec/rules/http/paths/backend/serviceName",
            ),
            ("", "", "Ingress", "spec/backend/serviceName"),
            (
                "",
                "",
                "Ingress",
                "spec/rules/http/paths/backend/service/name",
            ),
            ("", "", "Ingress", "spec/defaultBackend/service/name"),
            (
                "apiregistration.k8s.io",
                "",
                "APIService",
                "spec/service/name",
            ),
            (
                ADMISSION,
                "",
                "ValidatingWebhookConfiguration",
                "webhooks/clientConfig/service",
            ),
            (
                ADMISSION,
                "",
                "MutatingWebhookConfiguration",
                "webhooks/clientConfig/service",
            ),
        ],
    ),
    (
        RBAC,
        "",
        "Role",
        &[(RBAC, "", "RoleBinding", "roleRef/name")],
    ),
    (
        RBAC,
        "",
        "ClusterRole",
        &[
            (RBAC, "", "RoleBinding", "roleRef/name"),
            (RBAC, "", "ClusterRoleBinding", "roleRef/name"),
        ],
    ),
    (
        "",
        "v1",
        "ServiceAccount",
        &[
            (RBAC, "", "RoleBinding", "subjects"),
            (RBAC, "", "ClusterRoleBinding", "subjects"),
        ],
    ),
    ("", "v1", "PersistentVolumeClaim", &[]),
    (
        "",
        "v1",
        "PersistentVolume",
        &[
            ("", "", "PersistentVolumeClaim", "spec/volumeName"),
            ("", "", "ClusterRole", "rules/resourceNames"),
        ],
    ),
    (
        "storage.k8s.io",
        "v1",
        "StorageClass",
        &[
            ("", "", "PersistentVolume", "spec/storageClassName"),
            ("", "", "PersistentVolumeClaim", "spec/storageClassName"),
            (
                "",
                "",
                "StatefulSet",
                "spec/volumeClaimTemplates/spec/storageClassName",
            ),
        ],
    ),
    ("scheduling.k8s.io", "v1", "PriorityClass", &[]),
    // The version stands in the group, as kustomize has it: nothing matches, and so it stays until they mend it.
    (
        "networking.k8s.io/v1",
        "v1",
        "IngressClass",
        &[("", "", "Ingress", "spec/ingressClassName")],
    ),
    (
        ADMISSION,
        "",
        "ValidatingAdmissionPolicy",
        &[(
            ADMISSION,
            "",
            "ValidatingAdmissionPolicyBinding",
            "spec/policyName",
        )],
    ),
];

fn names() -> Vec<NameReference> {
    let scaled = [
        "Deployment",
        "ReplicationController",
        "ReplicaSet",
        "StatefulSet",
    ];
    let scaled = scaled.into_iter().map(|kind| NameReference {
        group: String::new(),
        version: String::new(),
        kind: kind.to_owned(),
        specs: vec![of_kind(
            "",
            "HorizontalPodAutoscaler",
            "spec/scaleTargetRef/name".to_owned(),
        )],
    });
    let others = NAMES.iter().map(|(group, version, kind, rows)| {
        let mut fields = match *kind {
            "ConfigMap" => in_pods(DATA_PODS, CONFIG_MAPS),
            "Secret" => in_pods(DATA_PODS, SECRETS),
            "ServiceAccount" => in_pods(PLAIN_PODS, &["serviceAccountName"]),
            "PersistentVolumeClaim" => {
                in_pods(PLAIN_PODS, &["volumes/persistentVolumeClaim/claimName"])
            }
            "PriorityClass" => in_pods(PLAIN_PODS, &["priorityClassName"]),
            _ => Vec::new(),
        };
        fields.extend(specs(&[rows]));
        NameReference {
            group: (*group).to_owned(),
            version: (*version).to_owned(),
            kind: (*kind).to_owned(),
            specs: fields,
        }
    });
    scaled.chain(others).collect()
}
