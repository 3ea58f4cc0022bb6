//! What names an object to kustomize.

use crate::Text;

/// Group, version and kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gvk<'s> {
    /// The API group; empty for the core group.
    pub group: Text<'s>,
    /// The version in the group.
    pub version: Text<'s>,
    /// The kind.
    pub kind: Text<'s>,
}

impl<'s> Gvk<'s> {
    /// From `apiVersion` and `kind`.
    pub fn new(api_version: &Text<'s>, kind: Text<'s>) -> Self {
        let (group, version) = split(api_version);
        Self {
            group,
            version,
            kind,
        }
    }

    /// Whether a field specification or the like, whose empty fields match anything, selects this.
    pub fn is_selected(&self, group: &str, version: &str, kind: &str) -> bool {
        let matches = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        matches(group, &self.group) && matches(version, &self.version) && matches(kind, &self.kind)
    }

    /// `apps/v1`, `v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_string()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Certainly a kind of the cluster, as far as kustomize's own table knows: it is that of Kubernetes 1.21, and kinds
    /// that it does not know count as namespaced.
    pub fn is_cluster_scoped(&self) -> bool {
        let versions = CLUSTER_SCOPED
            .iter()
            .filter(|(group, ..)| **group == *self.group);
        versions
            .flat_map(|(_, version, kinds)| kinds.iter().map(move |kind| (version, kind)))
            .any(|(version, kind)| version.contains(&&*self.version) && **kind == *self.kind)
    }
}

fn split<'s>(api_version: &Text<'s>) -> (Text<'s>, Text<'s>) {
    match api_version {
        Text::Source(text) => match text.split_once('/') {
            Some((group, version)) => (Text::Source(group), Text::Source(version)),
            None => (Text::default(), Text::Source(text)),
        },
        Text::Made(text) => match text.split_once('/') {
            Some((group, version)) => (group.to_owned().into(), version.to_owned().into()),
            None => (Text::default(), api_version.clone()),
        },
    }
}

/// Kinds of the cluster in Kubernetes 1.21: group, versions, kinds. Source: the API's own description of that release.
const CLUSTER_SCOPED: &[(&str, &[&str], &[&str])] = &[
    (
        "",
        &["v1"],
        &["ComponentStatus", "Namespace", "Node", "PersistentVolume"],
    ),
    (
        "admissionregistration.k8s.io",
        &["v1", "v1beta1"],
        &[
            "MutatingWebhookConfiguration",
            "ValidatingWebhookConfiguration",
        ],
    ),
    (
        "apiextensions.k8s.io",
        &["v1", "v1beta1"],
        &["CustomResourceDefinition"],
    ),
    (
        "apiregistration.k8s.io",
        &["v1", "v1beta1"],
        &["APIService"],
    ),
    (
        "authentication.k8s.io",
        &["v1", "v1beta1"],
        &["TokenReview"],
    ),
    (
        "authorization.k8s.io",
        &["v1", "v1beta1"],
        &[
            "SelfSubjectAccessReview",
            "SelfSubjectRulesReview",
            "SubjectAccessReview",
        ],
    ),
    (
        "certificates.k8s.io",
        &["v1", "v1beta1"],
        &["CertificateSigningRequest"],
    ),
    (
        "flowcontrol.apiserver.k8s.io",
        &["v1beta1"],
        &["FlowSchema", "PriorityLevelConfiguration"],
    ),
    ("networking.k8s.io", &["v1", "v1beta1"], &["IngressClass"]),
    ("node.k8s.io", &["v1", "v1beta1"], &["RuntimeClass"]),
    ("policy", &["v1beta1"], &["PodSecurityPolicy"]),
    (
        "rbac.authorization.k8s.io",
        &["v1", "v1beta1", "v1alpha1"],
        &["ClusterRole", "ClusterRoleBinding"],
    ),
    (
        "scheduling.k8s.io",
        &["v1", "v1beta1", "v1alpha1"],
        &["PriorityClass"],
    ),
    (
        "storage.k8s.io",
        &["v1", "v1beta1", "v1alpha1"],
        &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
    ),
];

/// The namespace that stands for kinds without one in comparisons.
pub(crate) const NONE: &str = "_non_namespaceable_";

/// What names an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<'s> {
    /// Its kind.
    pub gvk: Gvk<'s>,
    /// Its name.
    pub name: Text<'s>,
    /// Its namespace, as written; empty where there is none.
    pub namespace: Text<'s>,
}

impl<'s> Id<'s> {
    /// The namespace for comparisons: `default` where none is written.
    pub fn effective_namespace(&self) -> &str {
        if self.gvk.is_cluster_scoped() {
            NONE
        } else if self.namespace.is_empty() {
            "default"
        } else {
            &self.namespace
        }
    }

    /// The same kind, name and effective namespace.
    pub fn same(&self, other: &Self) -> bool {
        self.same_but_namespace(other) && self.effective_namespace() == other.effective_namespace()
    }

    /// The same kind and name.
    pub fn same_but_namespace(&self, other: &Self) -> bool {
        self.name == other.name && self.gvk == other.gvk
    }

    /// With the effective namespace in the place of the written one, so that equal ids are the same object.
    #[must_use]
    pub fn canonical(&self) -> Self {
        let namespace: Text<'s> = match self.effective_namespace() {
            NONE => Text::Source(NONE),
            "default" => Text::Source("default"),
            _ => self.namespace.clone(),
        };
        Self {
            namespace,
            ..self.clone()
        }
    }
}

/// `Deployment api in prod`, the way messages name an object.
impl std::fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.gvk.kind, self.name)?;
        if self.namespace.is_empty() {
            Ok(())
        } else {
            write!(f, " in {}", self.namespace)
        }
    }
}
