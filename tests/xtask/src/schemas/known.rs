//! Where the API server does otherwise than its documents say, by its own validation (`pkg/apis/*/validation`).

/// Fields that the documents call required and whose zero value the API server takes: definition and field.
pub(super) const OPTIONAL: &[(&str, &str)] = &[
    ("CSINodeSpec", "drivers"),
    ("CapacityRequestPolicyRange", "min"),
    ("ControllerRevision", "revision"),
    ("Counter", "value"),
    ("CustomResourceDefinitionVersion", "served"),
    ("CustomResourceDefinitionVersion", "storage"),
    ("DeviceCapacity", "value"),
    ("GroupResource", "group"),
    ("HTTPHeader", "value"),
    ("ISCSIPersistentVolumeSource", "lun"),
    ("ISCSIVolumeSource", "lun"),
    ("LimitRangeSpec", "limits"),
    ("PodFailurePolicy", "rules"),
    ("ResourcePool", "generation"),
    ("SleepAction", "seconds"),
    ("Sysctl", "value"),
    ("TokenRequest", "audience"),
    ("TokenReviewSpec", "token"),
];

/// Fields that the documents call optional and that the API server asks for.
pub(super) const REQUIRED: &[(&str, &str)] = &[
    ("ConfigMapEnvSource", "name"),
    ("ConfigMapKeySelector", "name"),
    ("ConfigMapProjection", "name"),
    ("ConfigMapVolumeSource", "name"),
    ("Ingress", "spec"),
    ("IngressClassSpec", "controller"),
    ("MutatingAdmissionPolicySpec", "matchConstraints"),
    ("PersistentVolumeClaim", "spec"),
    ("PersistentVolumeClaimSpec", "accessModes"),
    ("ReplicationControllerSpec", "template"),
    ("SecretEnvSource", "name"),
    ("SecretKeySelector", "name"),
    ("SecretProjection", "name"),
    ("SecretVolumeSource", "secretName"),
    ("Service", "spec"),
    ("ValidatingAdmissionPolicySpec", "matchConstraints"),
];

/// Fields that the API server validates against words of which the types say nothing.
pub(super) const WORDS: &[(&str, &str, &[&str])] = &[
    ("CustomResourceConversion", "strategy", &["None", "Webhook"]),
    (
        "CustomResourceDefinitionSpec",
        "scope",
        &["Cluster", "Namespaced"],
    ),
    ("HPAScalingPolicy", "type", &["Percent", "Pods"]),
    (
        "HPAScalingRules",
        "selectPolicy",
        &["Disabled", "Max", "Min"],
    ),
    (
        "LabelSelectorRequirement",
        "operator",
        &["DoesNotExist", "Exists", "In", "NotIn"],
    ),
    (
        "MetricTarget",
        "type",
        &["AverageValue", "Utilization", "Value"],
    ),
    ("NetworkPolicyPort", "protocol", &["SCTP", "TCP", "UDP"]),
    ("PodOS", "name", &["linux", "windows"]),
    ("RoleRef", "apiGroup", &["rbac.authorization.k8s.io"]),
    ("RoleRef", "kind", &["ClusterRole", "Role"]),
    ("Subject", "kind", &["Group", "ServiceAccount", "User"]),
];

/// Lists of which the API server refuses two items of the same key, however the object is sent.
pub(super) const UNIQUE: &[(&str, &str, &str)] = &[
    ("Container", "volumeDevices", "devicePath"),
    ("Container", "volumeMounts", "mountPath"),
    ("CustomResourceDefinitionSpec", "versions", "name"),
    ("MutatingWebhookConfiguration", "webhooks", "name"),
    ("PodSpec", "containers", "name"),
    ("PodSpec", "ephemeralContainers", "name"),
    ("PodSpec", "initContainers", "name"),
    ("PodSpec", "resourceClaims", "name"),
    ("PodSpec", "schedulingGates", "name"),
    (
        "PodSpec",
        "topologySpreadConstraints",
        "topologyKey,whenUnsatisfiable",
    ),
    ("PodSpec", "volumes", "name"),
    ("ValidatingWebhookConfiguration", "webhooks", "name"),
];

/// Definitions that are written in a way of their own: what stands for them in the table.
///
/// `B@` is a boolean or the definition that follows; the lists of schemas that JSON Schema knows are refused.
pub(super) const WRITTEN: &[(&str, Written)] = &[
    ("FieldsV1", Written::Code("*")),
    ("IntOrString", Written::Code("p")),
    ("JSON", Written::Code("*")),
    (
        "JSONSchemaPropsOrArray",
        Written::Ref("", "JSONSchemaProps"),
    ),
    (
        "JSONSchemaPropsOrBool",
        Written::Ref("B", "JSONSchemaProps"),
    ),
    ("JSONSchemaPropsOrStringArray", Written::Code("*")),
    ("MicroTime", Written::Code("t")),
    ("Quantity", Written::Code("q")),
    ("RawExtension", Written::Code("*")),
    ("Time", Written::Code("t")),
];

#[derive(Clone, Copy)]
pub(super) enum Written {
    Code(&'static str),
    /// What stands before the reference, and to which definition of the same package it is.
    Ref(&'static str, &'static str),
}
