//! What the API server serves: which kinds, in which API version.

use crate::config::closest;
use crate::kind::BUILT_IN_GROUPS;

/// The built-in kinds by the API version to write today.
const SERVED: &[(&str, &[&str])] = &[
    (
        "v1",
        &[
            "Binding",
            "ComponentStatus",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
        ],
    ),
    (
        "apps/v1",
        &[
            "ControllerRevision",
            "DaemonSet",
            "Deployment",
            "ReplicaSet",
            "StatefulSet",
        ],
    ),
    ("batch/v1", &["CronJob", "Job"]),
    ("autoscaling/v2", &["HorizontalPodAutoscaler"]),
    ("autoscaling/v1", &["Scale"]),
    ("policy/v1", &["Eviction", "PodDisruptionBudget"]),
    (
        "rbac.authorization.k8s.io/v1",
        &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
    ),
    (
        "networking.k8s.io/v1",
        &[
            "IPAddress",
            "Ingress",
            "IngressClass",
            "NetworkPolicy",
            "ServiceCIDR",
        ],
    ),
    (
        "storage.k8s.io/v1",
        &[
            "CSIDriver",
            "CSINode",
            "CSIStorageCapacity",
            "StorageClass",
            "VolumeAttachment",
            "VolumeAttributesClass",
        ],
    ),
    ("scheduling.k8s.io/v1", &["PriorityClass"]),
    ("node.k8s.io/v1", &["RuntimeClass"]),
    ("coordination.k8s.io/v1", &["Lease"]),
    ("coordination.k8s.io/v1beta1", &["LeaseCandidate"]),
    ("discovery.k8s.io/v1", &["EndpointSlice"]),
    ("events.k8s.io/v1", &["Event"]),
    ("certificates.k8s.io/v1", &["CertificateSigningRequest"]),
    (
        "certificates.k8s.io/v1beta1",
        &["ClusterTrustBundle", "PodCertificateRequest"],
    ),
    ("apiextensions.k8s.io/v1", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io/v1", &["APIService"]),
    (
        "admissionregistration.k8s.io/v1",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1",
        &["FlowSchema", "PriorityLevelConfiguration"],
    ),
    (
        "resource.k8s.io/v1",
        &[
            "DeviceClass",
            "ResourceClaim",
            "ResourceClaimTemplate",
            "ResourceSlice",
        ],
    ),
    (
        "authentication.k8s.io/v1",
        &["SelfSubjectReview", "TokenRequest", "TokenReview"],
    ),
    (
        "authorization.k8s.io/v1",
        &[
            "LocalSubjectAccessReview",
            "SelfSubjectAccessReview",
            "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ],
    ),
];

/// Kinds that no API server of today serves in these groups, but that one did, or that only its clients know.
const FORMER: &[(&str, &[&str])] = &[
    (
        "extensions",
        &[
            "DaemonSet",
            "Deployment",
            "Ingress",
            "NetworkPolicy",
            "PodSecurityPolicy",
            "ReplicaSet",
            "Scale",
            "ThirdPartyResource",
        ],
    ),
    ("policy", &["PodSecurityPolicy"]),
    ("apps", &["Scale"]),
    ("batch", &["JobTemplate", "ScheduledJob"]),
    ("settings.k8s.io", &["PodPreset"]),
    ("networking.k8s.io", &["ClusterCIDR"]),
    (
        "resource.k8s.io",
        &[
            "DeviceTaintRule",
            "PodScheduling",
            "PodSchedulingContext",
            "ResourceClaimParameters",
            "ResourceClass",
            "ResourceClassParameters",
        ],
    ),
    // The kinds of a client's configuration and of answers, and those of OpenShift 3, which had no group.
    (
        "",
        &[
            "APIGroup",
            "APIVersions",
            "BuildConfig",
            "Config",
            "DeleteOptions",
            "DeploymentConfig",
            "Group",
            "ImageStream",
            "Project",
            "ProjectRequest",
            "RangeAllocation",
            "Role",
            "RoleBinding",
            "ClusterRole",
            "ClusterRoleBinding",
            "Route",
            "SecurityContextConstraints",
            "SerializedReference",
            "Status",
            "Template",
            "User",
        ],
    ),
];

/// The group of an API version: empty for the core group.
pub(crate) fn group(api_version: &str) -> &str {
    // Asked for every finding: in so short a text, byte by byte is faster than a search.
    let end = api_version.bytes().rposition(|byte| byte == b'/');
    &api_version[..end.unwrap_or_default()]
}

/// Whether it has the form of a version that Kubernetes serves: `v1`, `v1beta1`, `apps/v1`, `cert-manager.io/v1`.
pub(crate) fn is_api_version(text: &str) -> bool {
    let (group, version) = text.rsplit_once('/').unwrap_or(("", text));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = version.strip_prefix('v').unwrap_or_default();
    let numbered = ["alpha", "beta"].iter().any(|stage| {
        number
            .split_once(stage)
            .is_some_and(|(major, minor)| digits(major) && digits(minor))
    });
    let served = if group.is_empty() {
        version == "v1"
    } else {
        digits(number) || numbered
    };
    served && (group.contains('.') || BUILT_IN_GROUPS.contains(&group))
}

/// The API version to write for a built-in kind.
pub(crate) fn current(kind: &str) -> Option<&'static str> {
    SERVED
        .iter()
        .find(|(_, kinds)| kinds.contains(&kind))
        .map(|(api_version, _)| *api_version)
}

/// Whether a built-in group has a kind, or once had.
pub(crate) fn has_kind(of: &str, kind: &str) -> bool {
    let served = SERVED
        .iter()
        .any(|(version, kinds)| group(version) == of && kinds.contains(&kind));
    let base = kind.strip_suffix("List").filter(|base| !base.is_empty());
    served
        || (of.is_empty() && kind == "List")
        || FORMER
            .iter()
            .any(|(group, kinds)| *group == of && kinds.contains(&kind))
        || base.is_some_and(|base| has_kind(of, base))
}

/// The kind of a group nearest to a misspelt one, or of all groups if the group has none that is near.
pub(crate) fn nearest_kind(of: &str, kind: &str) -> Option<&'static str> {
    let within = SERVED.iter().filter(|(version, _)| group(version) == of);
    let all = SERVED.iter().flat_map(|(_, kinds)| kinds.iter().copied());
    closest(kind, within.flat_map(|(_, kinds)| kinds.iter().copied()))
        .or_else(|| closest(kind, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_versions_have_a_form() {
        for text in [
            "v1",
            "apps/v1",
            "batch/v1beta1",
            "cert-manager.io/v1",
            "k8s.cni.cncf.io/v1alpha2",
        ] {
            assert!(is_api_version(text), "{text}");
        }
        for text in [
            "",
            "1",
            "v2",
            "v1alpha1",
            "score.dev/v1b1",
            "skaffold/v4beta1",
            "apps/",
            "apps",
            "a.b/vbeta1",
        ] {
            assert!(!is_api_version(text), "{text}");
        }
    }

    #[test]
    fn kinds_belong_to_groups() {
        assert!(has_kind("apps", "DeploymentList"));
        assert!(has_kind("", "List"));
        assert!(!has_kind("apps", "CronJob"));
        assert_eq!(current("CronJob"), Some("batch/v1"));
        assert_eq!(nearest_kind("apps", "Deploymnet"), Some("Deployment"));
        assert_eq!(nearest_kind("apps", "cronjob"), Some("CronJob"));
    }
}
