//! Where the names of objects stand in others, as of kustomize 5.5.

use super::super::config::NameReference;
use super::super::fieldspec::FieldSpec;
use super::{Row, of_kind, specs};

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

pub(super) fn names() -> Vec<NameReference> {
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
