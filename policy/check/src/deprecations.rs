//! API versions on their way out: `APILifecycleDeprecated` and `APILifecycleRemoved` of `k8s.io/api`, and, for what left
//! it, the Deprecated API Migration Guide.

/// A minor release: `(1, 25)`.
type Release = (u16, u16);

/// An API version of some kinds.
#[derive(Debug)]
pub(crate) struct Deprecation {
    api_version: &'static str,
    kinds: &'static [&'static str],
    /// The release from which on the API server warns of it.
    pub(crate) deprecated: Release,
    /// The first release that does not serve it; none is planned for some.
    pub(crate) removed: Option<Release>,
    /// What to write instead.
    pub(crate) replacement: &'static str,
}

/// What is said of an object, if anything is.
pub(crate) fn find(api_version: &str, kind: &str) -> Option<&'static Deprecation> {
    TABLE
        .iter()
        .find(|entry| entry.api_version == api_version && entry.kinds.contains(&kind))
}

const fn row(
    api_version: &'static str,
    kinds: &'static [&'static str],
    (deprecated, removed): (u16, u16),
    replacement: &'static str,
) -> Deprecation {
    Deprecation {
        api_version,
        kinds,
        deprecated: (1, deprecated),
        removed: if removed == 0 {
            None
        } else {
            Some((1, removed))
        },
        replacement,
    }
}

const WEBHOOKS: &[&str] = &[
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];
const ADMISSION: &[&str] = &[
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];
const MUTATION: &[&str] = &["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"];
const REVIEWS: &[&str] = &[
    "LocalSubjectAccessReview",
    "SelfSubjectAccessReview",
    "SelfSubjectRulesReview",
    "SubjectAccessReview",
];
const ROLES: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const FLOWS: &[&str] = &["FlowSchema", "PriorityLevelConfiguration"];
const DEVICES: &[&str] = &[
    "DeviceClass",
    "ResourceClaim",
    "ResourceClaimTemplate",
    "ResourceSlice",
];
const AUTOSCALER: &[&str] = &["HorizontalPodAutoscaler"];
const APPS: &[&str] = &[
    "ControllerRevision",
    "DaemonSet",
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
];
const PSP: &[&str] = &["PodSecurityPolicy"];
const PSA: &str = "the labels `pod-security.kubernetes.io/enforce` of the Namespace";

// The API version, its kinds, the minor releases that deprecated and removed it, and what to write.
const TABLE: &[Deprecation] = &[
    row("extensions/v1beta1", APPS, (8, 16), "apps/v1"),
    row(
        "extensions/v1beta1",
        &["NetworkPolicy"],
        (9, 16),
        "networking.k8s.io/v1",
    ),
    row(
        "extensions/v1beta1",
        &["Ingress"],
        (14, 22),
        "networking.k8s.io/v1",
    ),
    row("extensions/v1beta1", PSP, (11, 16), PSA),
    row("apps/v1beta1", APPS, (8, 16), "apps/v1"),
    row("apps/v1beta2", APPS, (9, 16), "apps/v1"),
    row(
        "admissionregistration.k8s.io/v1beta1",
        WEBHOOKS,
        (16, 22),
        "admissionregistration.k8s.io/v1",
    ),
    row(
        "admissionregistration.k8s.io/v1alpha1",
        ADMISSION,
        (29, 32),
        "admissionregistration.k8s.io/v1",
    ),
    row(
        "admissionregistration.k8s.io/v1beta1",
        ADMISSION,
        (31, 34),
        "admissionregistration.k8s.io/v1",
    ),
    row(
        "admissionregistration.k8s.io/v1alpha1",
        MUTATION,
        (35, 38),
        "admissionregistration.k8s.io/v1beta1",
    ),
    row(
        "apiextensions.k8s.io/v1beta1",
        &["CustomResourceDefinition"],
        (16, 22),
        "apiextensions.k8s.io/v1",
    ),
    row(
        "apiregistration.k8s.io/v1beta1",
        &["APIService"],
        (19, 22),
        "apiregistration.k8s.io/v1",
    ),
    row(
        "authentication.k8s.io/v1beta1",
        &["TokenReview"],
        (19, 22),
        "authentication.k8s.io/v1",
    ),
    row(
        "authorization.k8s.io/v1beta1",
        REVIEWS,
        (19, 22),
        "authorization.k8s.io/v1",
    ),
    row(
        "autoscaling/v2beta1",
        AUTOSCALER,
        (22, 25),
        "autoscaling/v2",
    ),
    row(
        "autoscaling/v2beta2",
        AUTOSCALER,
        (23, 26),
        "autoscaling/v2",
    ),
    row("batch/v2alpha1", &["CronJob"], (8, 21), "batch/v1"),
    row("batch/v1beta1", &["CronJob"], (21, 25), "batch/v1"),
    row(
        "certificates.k8s.io/v1beta1",
        &["CertificateSigningRequest"],
        (19, 22),
        "certificates.k8s.io/v1",
    ),
    row(
        "certificates.k8s.io/v1alpha1",
        &["ClusterTrustBundle"],
        (34, 37),
        "certificates.k8s.io/v1beta1",
    ),
    row(
        "coordination.k8s.io/v1beta1",
        &["Lease"],
        (19, 22),
        "coordination.k8s.io/v1",
    ),
    row(
        "coordination.k8s.io/v1alpha2",
        &["LeaseCandidate"],
        (35, 38),
        "coordination.k8s.io/v1beta1",
    ),
    row(
        "discovery.k8s.io/v1beta1",
        &["EndpointSlice"],
        (21, 25),
        "discovery.k8s.io/v1",
    ),
    row(
        "events.k8s.io/v1beta1",
        &["Event"],
        (22, 25),
        "events.k8s.io/v1",
    ),
    row(
        "flowcontrol.apiserver.k8s.io/v1beta1",
        FLOWS,
        (23, 26),
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    row(
        "flowcontrol.apiserver.k8s.io/v1beta2",
        FLOWS,
        (26, 29),
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    row(
        "flowcontrol.apiserver.k8s.io/v1beta3",
        FLOWS,
        (29, 32),
        "flowcontrol.apiserver.k8s.io/v1",
    ),
    row(
        "networking.k8s.io/v1beta1",
        &["Ingress", "IngressClass"],
        (19, 22),
        "networking.k8s.io/v1",
    ),
    row(
        "networking.k8s.io/v1beta1",
        &["IPAddress", "ServiceCIDR"],
        (34, 37),
        "networking.k8s.io/v1",
    ),
    row(
        "node.k8s.io/v1beta1",
        &["RuntimeClass"],
        (22, 25),
        "node.k8s.io/v1",
    ),
    row(
        "policy/v1beta1",
        &["PodDisruptionBudget"],
        (21, 25),
        "policy/v1",
    ),
    row("policy/v1beta1", PSP, (21, 25), PSA),
    row(
        "rbac.authorization.k8s.io/v1alpha1",
        ROLES,
        (17, 23),
        "rbac.authorization.k8s.io/v1",
    ),
    row(
        "rbac.authorization.k8s.io/v1beta1",
        ROLES,
        (17, 22),
        "rbac.authorization.k8s.io/v1",
    ),
    row(
        "resource.k8s.io/v1beta1",
        DEVICES,
        (35, 38),
        "resource.k8s.io/v1",
    ),
    row(
        "resource.k8s.io/v1beta2",
        DEVICES,
        (36, 39),
        "resource.k8s.io/v1",
    ),
    row(
        "scheduling.k8s.io/v1alpha1",
        &["PriorityClass"],
        (14, 23),
        "scheduling.k8s.io/v1",
    ),
    row(
        "scheduling.k8s.io/v1beta1",
        &["PriorityClass"],
        (14, 22),
        "scheduling.k8s.io/v1",
    ),
    row(
        "storage.k8s.io/v1alpha1",
        &["CSIStorageCapacity", "VolumeAttachment"],
        (21, 24),
        "storage.k8s.io/v1",
    ),
    row(
        "storage.k8s.io/v1alpha1",
        &["VolumeAttributesClass"],
        (32, 35),
        "storage.k8s.io/v1",
    ),
    row(
        "storage.k8s.io/v1beta1",
        &["CSIDriver", "StorageClass", "VolumeAttachment"],
        (19, 22),
        "storage.k8s.io/v1",
    ),
    row(
        "storage.k8s.io/v1beta1",
        &["CSINode"],
        (17, 22),
        "storage.k8s.io/v1",
    ),
    row(
        "storage.k8s.io/v1beta1",
        &["CSIStorageCapacity"],
        (24, 27),
        "storage.k8s.io/v1",
    ),
    row(
        "storage.k8s.io/v1beta1",
        &["VolumeAttributesClass"],
        (34, 37),
        "storage.k8s.io/v1",
    ),
    row(
        "v1",
        &["ComponentStatus"],
        (19, 0),
        "nothing: the control plane's own health endpoints tell",
    ),
    row(
        "v1",
        &["Endpoints"],
        (33, 0),
        "discovery.k8s.io/v1 EndpointSlice",
    ),
];
