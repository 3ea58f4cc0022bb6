//! What is known of the kinds that make others, and of what every cluster has.

use crate::Kind;

/// Kinds that say what they make at a path, or make it under their own name.
///
/// From the documentation of External Secrets, Sealed Secrets, cert-manager, Vault Secrets Operator, 1Password Operator,
/// Doppler, Infisical, Bitwarden and the Secrets Store CSI driver.
pub(super) const MAKERS: &[(&str, &str, &str)] = &[
    ("external-secrets.io", "ExternalSecret", "spec.target.name"),
    (
        "external-secrets.io",
        "ClusterExternalSecret",
        "spec.externalSecretSpec.target.name",
    ),
    (
        "external-secrets.io",
        "ClusterExternalSecret",
        "spec.externalSecretName",
    ),
    ("bitnami.com", "SealedSecret", "spec.template.metadata.name"),
    ("cert-manager.io", "Certificate", "spec.secretName"),
    (
        "cert-manager.io",
        "Issuer",
        "spec.acme.privateKeySecretRef.name",
    ),
    (
        "cert-manager.io",
        "ClusterIssuer",
        "spec.acme.privateKeySecretRef.name",
    ),
    (
        "secrets.hashicorp.com",
        "VaultStaticSecret",
        "spec.destination.name",
    ),
    (
        "secrets.hashicorp.com",
        "VaultDynamicSecret",
        "spec.destination.name",
    ),
    (
        "secrets.hashicorp.com",
        "VaultPKISecret",
        "spec.destination.name",
    ),
    (
        "secrets.hashicorp.com",
        "HCPVaultSecretsApp",
        "spec.destination.name",
    ),
    ("isindir.github.com", "SopsSecret", "spec.secretTemplates"),
    (
        "secrets.doppler.com",
        "DopplerSecret",
        "spec.managedSecret.name",
    ),
    (
        "secrets.infisical.com",
        "InfisicalSecret",
        "spec.managedSecretReference.secretName",
    ),
    ("k8s.bitwarden.com", "BitwardenSecret", "spec.secretName"),
    (
        "secrets-store.csi.x-k8s.io",
        "SecretProviderClass",
        "spec.secretObjects",
    ),
];

/// API groups whose objects make no Service, Secret or the like that others would name.
pub(super) const QUIET_GROUPS: &[&str] = &[
    "argoproj.io",
    "autoscaling.k8s.io",
    "cilium.io",
    "config.openshift.io",
    "console.openshift.io",
    "external-secrets.io",
    "cert-manager.io",
    "gatekeeper.sh",
    "gateway.networking.k8s.io",
    "image.openshift.io",
    "keda.sh",
    "kustomize.config.k8s.io",
    "kyverno.io",
    "metallb.io",
    "monitoring.coreos.com",
    "networking.istio.io",
    "policy.networking.k8s.io",
    "projectcalico.org",
    "route.openshift.io",
    "security.istio.io",
    "security.openshift.io",
    "snapshot.storage.k8s.io",
    "toolkit.fluxcd.io",
    "traefik.io",
    "traefik.containo.us",
    "velero.io",
];

/// Kinds of these groups that do.
pub(super) const LOUD_KINDS: &[&str] = &[
    "Alertmanager",
    "ArgoCD",
    "EventBus",
    "EventSource",
    "Gateway",
    "Prometheus",
    "PrometheusAgent",
    "Sensor",
    "ThanosRuler",
    "CephObjectStoreUser",
];

/// Namespaces that the cluster fills by itself.
pub(super) const SYSTEM_NAMESPACES: &[&str] = &[
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "openshift",
    "openshift-config",
];

/// What every cluster has.
pub(super) fn built_in(kind: Kind, namespace: &str, name: &str) -> bool {
    match kind {
        Kind::ConfigMap => matches!(name, "kube-root-ca.crt" | "openshift-service-ca.crt"),
        Kind::ServiceAccount => matches!(name, "default" | "builder" | "deployer"),
        Kind::Service => namespace == "default" && name == "kubernetes",
        Kind::PriorityClass => matches!(name, "system-cluster-critical" | "system-node-critical"),
        Kind::ClusterRole => {
            matches!(name, "cluster-admin" | "admin" | "edit" | "view")
                || name.starts_with("system:")
        }
        Kind::Namespace => name == "default" || SYSTEM_NAMESPACES.contains(&name),
        _ => false,
    }
}
