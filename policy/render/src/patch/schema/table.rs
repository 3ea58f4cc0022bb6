//! What the Kubernetes API says of merging, as of version 1.21.2: kustomize is frozen there, so lists of types that came
//! later, such as `autoscaling/v2`, are replaced.
//!
//! Only lists have their merging told here, and only fields that lead to such a list are named. What kustomize does not
//! read is left out: `retainKeys`, and the merge key of a label selector's `key`, which is no list.

/// A type: its fields that are merged lists, or lead to some.
pub(super) struct Type(pub(super) &'static [Field]);

/// A field of a type.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// The keys by which a list's items are told apart: none for a list of scalars. `None` for what is replaced as a whole.
    pub(super) keys: Option<&'static [&'static str]>,
    /// The field's type; that of its items for a list.
    pub(super) of: &'static Type,
}

const fn map(name: &'static str, of: &'static Type) -> Field {
    let keys = None;
    Field { name, keys, of }
}

const fn list(name: &'static str, keys: &'static [&'static str], of: &'static Type) -> Field {
    let keys = Some(keys);
    Field { name, keys, of }
}

const fn leaves(name: &'static str, keys: &'static [&'static str]) -> Field {
    list(name, keys, &PLAIN)
}

/// A type of the API without merged lists.
pub(super) static PLAIN: Type = Type(&[]);

static METADATA: Type = Type(&[
    leaves("finalizers", &[]),
    leaves("ownerReferences", &["uid"]),
]);

/// What has metadata, and no merged lists elsewhere.
static OBJECT: Type = Type(&[map("metadata", &METADATA)]);

static CONDITIONS: Type = Type(&[leaves("conditions", &["type"])]);

/// As [`OBJECT`], with conditions.
static REPORTING: Type = Type(&[map("metadata", &METADATA), map("status", &CONDITIONS)]);

static CONTAINER: Type = Type(&[
    leaves("env", &["name"]),
    leaves("ports", &["containerPort", "protocol"]),
    leaves("volumeDevices", &["devicePath"]),
    leaves("volumeMounts", &["mountPath"]),
]);

static EPHEMERAL_CONTAINER: Type = Type(&[
    leaves("env", &["name"]),
    leaves("volumeDevices", &["devicePath"]),
    leaves("volumeMounts", &["mountPath"]),
]);

static EPHEMERAL_VOLUME: Type = Type(&[map("volumeClaimTemplate", &OBJECT)]);

static VOLUME: Type = Type(&[map("ephemeral", &EPHEMERAL_VOLUME)]);

static POD_SPEC: Type = Type(&[
    list("containers", &["name"], &CONTAINER),
    list("ephemeralContainers", &["name"], &EPHEMERAL_CONTAINER),
    leaves("hostAliases", &["ip"]),
    leaves("imagePullSecrets", &["name"]),
    list("initContainers", &["name"], &CONTAINER),
    leaves(
        "topologySpreadConstraints",
        &["topologyKey", "whenUnsatisfiable"],
    ),
    list("volumes", &["name"], &VOLUME),
]);

static POD_STATUS: Type = Type(&[leaves("conditions", &["type"]), leaves("podIPs", &["ip"])]);

static POD: Type = Type(&[
    map("metadata", &METADATA),
    map("spec", &POD_SPEC),
    map("status", &POD_STATUS),
]);

static POD_TEMPLATE: Type = Type(&[map("metadata", &METADATA), map("spec", &POD_SPEC)]);

/// A spec with a pod template, or an object that has one itself.
static TEMPLATED: Type = Type(&[map("metadata", &METADATA), map("template", &POD_TEMPLATE)]);

static WORKLOAD_SPEC: Type = Type(&[map("template", &POD_TEMPLATE)]);

static WORKLOAD: Type = Type(&[
    map("metadata", &METADATA),
    map("spec", &WORKLOAD_SPEC),
    map("status", &CONDITIONS),
]);

static JOB_TEMPLATE: Type = Type(&[map("metadata", &METADATA), map("spec", &WORKLOAD_SPEC)]);

static CRON_JOB_SPEC: Type = Type(&[map("jobTemplate", &JOB_TEMPLATE)]);

static CRON_JOB: Type = Type(&[map("metadata", &METADATA), map("spec", &CRON_JOB_SPEC)]);

static SERVICE_SPEC: Type = Type(&[leaves("ports", &["port", "protocol"])]);

static SERVICE: Type = Type(&[
    map("metadata", &METADATA),
    map("spec", &SERVICE_SPEC),
    map("status", &CONDITIONS),
]);

static SERVICE_ACCOUNT: Type = Type(&[map("metadata", &METADATA), leaves("secrets", &["name"])]);

static NODE_SPEC: Type = Type(&[leaves("podCIDRs", &[])]);

static NODE_STATUS: Type = Type(&[
    leaves("addresses", &["type"]),
    leaves("conditions", &["type"]),
]);

static NODE: Type = Type(&[
    map("metadata", &METADATA),
    map("spec", &NODE_SPEC),
    map("status", &NODE_STATUS),
]);

static COMPONENT_STATUS: Type =
    Type(&[leaves("conditions", &["type"]), map("metadata", &METADATA)]);

static WEBHOOKS: Type = Type(&[map("metadata", &METADATA), leaves("webhooks", &["name"])]);

static CSI_NODE_SPEC: Type = Type(&[leaves("drivers", &["name"])]);

static CSI_NODE: Type = Type(&[map("metadata", &METADATA), map("spec", &CSI_NODE_SPEC)]);

static KUSTOMIZATION: Type = Type(&[
    leaves("configMapGenerator", &["name"]),
    leaves("secretGenerator", &["name"]),
]);

type Kinds = &'static [(&'static [&'static str], &'static Type)];

/// The type of a kind.
pub(super) fn of(api_version: &str, kind: &str) -> Option<&'static Type> {
    let of_version = |(versions, _): &&(&[&str], Kinds)| versions.contains(&api_version);
    let (_, kinds) = GROUPS.iter().find(of_version)?;
    let (_, of) = kinds.iter().find(|(kinds, _)| kinds.contains(&kind))?;
    Some(of)
}

const GROUPS: &[(&[&str], Kinds)] = &[
    (&["v1"], CORE),
    (
        &["apps/v1"],
        &[
            (
                &["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
                &WORKLOAD,
            ),
            (&["ControllerRevision"], &OBJECT),
        ],
    ),
    (
        &["batch/v1"],
        &[(&["CronJob"], &CRON_JOB), (&["Job"], &WORKLOAD)],
    ),
    (&["batch/v1beta1"], &[(&["CronJob"], &CRON_JOB)]),
    (
        &["autoscaling/v1"],
        &[(&["HorizontalPodAutoscaler", "Scale"], &OBJECT)],
    ),
    (
        &["autoscaling/v2beta1", "autoscaling/v2beta2"],
        &[(&["HorizontalPodAutoscaler"], &OBJECT)],
    ),
    (
        &["networking.k8s.io/v1"],
        &[(&["Ingress", "IngressClass", "NetworkPolicy"], &OBJECT)],
    ),
    (
        &["networking.k8s.io/v1beta1"],
        &[(&["Ingress", "IngressClass"], &OBJECT)],
    ),
    (&["extensions/v1beta1"], &[(&["Ingress"], &OBJECT)]),
    (&["policy/v1"], &[(&["PodDisruptionBudget"], &REPORTING)]),
    (
        &["policy/v1beta1"],
        &[
            (&["PodDisruptionBudget"], &REPORTING),
            (&["Eviction", "PodSecurityPolicy"], &OBJECT),
        ],
    ),
    (
        &[
            "rbac.authorization.k8s.io/v1",
            "rbac.authorization.k8s.io/v1beta1",
        ],
        &[(
            &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
            &OBJECT,
        )],
    ),
    (
        &[
            "admissionregistration.k8s.io/v1",
            "admissionregistration.k8s.io/v1beta1",
        ],
        &[(
            &[
                "MutatingWebhookConfiguration",
                "ValidatingWebhookConfiguration",
            ],
            &WEBHOOKS,
        )],
    ),
    (
        &["apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"],
        &[(&["CustomResourceDefinition"], &OBJECT)],
    ),
    (
        &[
            "apiregistration.k8s.io/v1",
            "apiregistration.k8s.io/v1beta1",
        ],
        &[(&["APIService"], &REPORTING)],
    ),
    (
        &["storage.k8s.io/v1"],
        &[
            (&["CSINode"], &CSI_NODE),
            (&["CSIDriver", "StorageClass", "VolumeAttachment"], &OBJECT),
        ],
    ),
    (
        &["storage.k8s.io/v1beta1"],
        &[
            (&["CSINode"], &CSI_NODE),
            (
                &[
                    "CSIDriver",
                    "CSIStorageCapacity",
                    "StorageClass",
                    "VolumeAttachment",
                ],
                &OBJECT,
            ),
        ],
    ),
    (
        &["scheduling.k8s.io/v1", "scheduling.k8s.io/v1beta1"],
        &[(&["PriorityClass"], &OBJECT)],
    ),
    (
        &["node.k8s.io/v1", "node.k8s.io/v1beta1"],
        &[(&["RuntimeClass"], &OBJECT)],
    ),
    (
        &["coordination.k8s.io/v1", "coordination.k8s.io/v1beta1"],
        &[(&["Lease"], &OBJECT)],
    ),
    (
        &["discovery.k8s.io/v1", "discovery.k8s.io/v1beta1"],
        &[(&["EndpointSlice"], &OBJECT)],
    ),
    (
        &["events.k8s.io/v1", "events.k8s.io/v1beta1"],
        &[(&["Event"], &OBJECT)],
    ),
    (
        &["certificates.k8s.io/v1", "certificates.k8s.io/v1beta1"],
        &[(&["CertificateSigningRequest"], &OBJECT)],
    ),
    (
        &["flowcontrol.apiserver.k8s.io/v1beta1"],
        &[(&["FlowSchema", "PriorityLevelConfiguration"], &OBJECT)],
    ),
    (
        &["authentication.k8s.io/v1"],
        &[(&["TokenRequest", "TokenReview"], &OBJECT)],
    ),
    (
        &["authentication.k8s.io/v1beta1"],
        &[(&["TokenReview"], &OBJECT)],
    ),
    (
        &["authorization.k8s.io/v1", "authorization.k8s.io/v1beta1"],
        &[(
            &[
                "LocalSubjectAccessReview",
                "SelfSubjectAccessReview",
                "SelfSubjectRulesReview",
                "SubjectAccessReview",
            ],
            &OBJECT,
        )],
    ),
    (
        &["kustomize.config.k8s.io/v1beta1"],
        &[(&["Kustomization"], &KUSTOMIZATION)],
    ),
];

const CORE: Kinds = &[
    (&["Pod"], &POD),
    (&["PodTemplate"], &TEMPLATED),
    (&["ReplicationController"], &WORKLOAD),
    (&["Service"], &SERVICE),
    (&["ServiceAccount"], &SERVICE_ACCOUNT),
    (&["Namespace", "PersistentVolumeClaim"], &REPORTING),
    (&["Node"], &NODE),
    (&["ComponentStatus"], &COMPONENT_STATUS),
    (
        &[
            "Binding",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "PersistentVolume",
            "ResourceQuota",
            "Secret",
        ],
        &OBJECT,
    ),
];
