//! The kinds of objects that Plimsoll knows, and what it knows about each.

use foldhash::{HashMap, HashMapExt};
use std::sync::LazyLock;

/// Whether objects of a kind live in a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace; one that names none is in `default`.
    Namespaced,
    /// In none.
    Cluster,
    /// Not known: a kind that Plimsoll has not heard of.
    Unknown,
}

macro_rules! kinds {
    ($($name:ident $scope:ident [$($group:literal)*] $(at $template:literal)?;)*) => {
        /// A kind by its name and API group. Kinds of the same name in other groups are [`Kind::Other`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the names are Kubernetes' own")]
        pub enum Kind { $($name,)* Other }

        const TABLE: &[Known] = &[$(Known {
            kind: Kind::$name,
            name: stringify!($name),
            groups: &[$($group),*],
            scope: Scope::$scope,
            template: { let path: &[&str] = &[$($template)?]; if path.is_empty() { None } else { Some(path[0]) } },
        },)*];
    };
}

struct Known {
    kind: Kind,
    name: &'static str,
    groups: &'static [&'static str],
    scope: Scope,
    template: Option<&'static str>,
}

// After `at`: where the pod template stands; `.` for an object that is a pod itself.
kinds! {
    Pod Namespaced ["" ] at ".";
    Deployment Namespaced ["apps" "extensions"] at "spec.template";
    StatefulSet Namespaced ["apps"] at "spec.template";
    DaemonSet Namespaced ["apps" "extensions"] at "spec.template";
    ReplicaSet Namespaced ["apps" "extensions"] at "spec.template";
    ReplicationController Namespaced [""] at "spec.template";
    Job Namespaced ["batch"] at "spec.template";
    CronJob Namespaced ["batch"] at "spec.jobTemplate.spec.template";
    Rollout Namespaced ["argoproj.io"] at "spec.template";
    KnativeService Namespaced ["serving.knative.dev"] at "spec.template";
    DeploymentConfig Namespaced ["apps.openshift.io" ""] at "spec.template";
    PodTemplate Namespaced [""] at "template";
    Sandbox Namespaced ["agents.x-k8s.io"] at "spec.podTemplate";
    SandboxTemplate Namespaced ["extensions.agents.x-k8s.io"] at "spec.podTemplate";
    Service Namespaced [""];
    ConfigMap Namespaced [""];
    Secret Namespaced [""];
    ServiceAccount Namespaced [""];
    Namespace Cluster [""];
    Node Cluster [""];
    Endpoints Namespaced [""];
    Event Namespaced ["" "events.k8s.io"];
    LimitRange Namespaced [""];
    ResourceQuota Namespaced [""];
    PersistentVolume Cluster [""];
    PersistentVolumeClaim Namespaced [""];
    Binding Namespaced [""];
    ComponentStatus Cluster [""];
    List Namespaced [""];
    ControllerRevision Namespaced ["apps"];
    HorizontalPodAutoscaler Namespaced ["autoscaling"];
    PodDisruptionBudget Namespaced ["policy"];
    PodSecurityPolicy Cluster ["policy" "extensions"];
    Eviction Namespaced ["policy"];
    Role Namespaced ["rbac.authorization.k8s.io" "authorization.openshift.io"];
    ClusterRole Cluster ["rbac.authorization.k8s.io" "authorization.openshift.io"];
    RoleBinding Namespaced ["rbac.authorization.k8s.io" "authorization.openshift.io"];
    ClusterRoleBinding Cluster ["rbac.authorization.k8s.io" "authorization.openshift.io"];
    NetworkPolicy Namespaced ["networking.k8s.io" "extensions"];
    Ingress Namespaced ["networking.k8s.io" "extensions"];
    IngressClass Cluster ["networking.k8s.io"];
    IPAddress Cluster ["networking.k8s.io"];
    ServiceCIDR Cluster ["networking.k8s.io"];
    StorageClass Cluster ["storage.k8s.io"];
    VolumeAttachment Cluster ["storage.k8s.io"];
    VolumeAttributesClass Cluster ["storage.k8s.io"];
    CSIDriver Cluster ["storage.k8s.io"];
    CSINode Cluster ["storage.k8s.io"];
    CSIStorageCapacity Namespaced ["storage.k8s.io"];
    PriorityClass Cluster ["scheduling.k8s.io"];
    RuntimeClass Cluster ["node.k8s.io"];
    Lease Namespaced ["coordination.k8s.io"];
    LeaseCandidate Namespaced ["coordination.k8s.io"];
    EndpointSlice Namespaced ["discovery.k8s.io"];
    CertificateSigningRequest Cluster ["certificates.k8s.io"];
    ClusterTrustBundle Cluster ["certificates.k8s.io"];
    CustomResourceDefinition Cluster ["apiextensions.k8s.io"];
    APIService Cluster ["apiregistration.k8s.io"];
    MutatingWebhookConfiguration Cluster ["admissionregistration.k8s.io"];
    ValidatingWebhookConfiguration Cluster ["admissionregistration.k8s.io"];
    ValidatingAdmissionPolicy Cluster ["admissionregistration.k8s.io"];
    ValidatingAdmissionPolicyBinding Cluster ["admissionregistration.k8s.io"];
    MutatingAdmissionPolicy Cluster ["admissionregistration.k8s.io"];
    MutatingAdmissionPolicyBinding Cluster ["admissionregistration.k8s.io"];
    FlowSchema Cluster ["flowcontrol.apiserver.k8s.io"];
    PriorityLevelConfiguration Cluster ["flowcontrol.apiserver.k8s.io"];
    ResourceClaim Namespaced ["resource.k8s.io"];
    ResourceClaimTemplate Namespaced ["resource.k8s.io"];
    DeviceClass Cluster ["resource.k8s.io"];
    ResourceSlice Cluster ["resource.k8s.io"];
    VerticalPodAutoscaler Namespaced ["autoscaling.k8s.io"];
    ScaledObject Namespaced ["keda.sh"];
    ScaledJob Namespaced ["keda.sh"];
    TriggerAuthentication Namespaced ["keda.sh"];
    ClusterTriggerAuthentication Cluster ["keda.sh"];
    ServiceMonitor Namespaced ["monitoring.coreos.com"];
    PodMonitor Namespaced ["monitoring.coreos.com"];
    Probe Namespaced ["monitoring.coreos.com"];
    ScrapeConfig Namespaced ["monitoring.coreos.com"];
    PrometheusRule Namespaced ["monitoring.coreos.com"];
    Prometheus Namespaced ["monitoring.coreos.com"];
    PrometheusAgent Namespaced ["monitoring.coreos.com"];
    Alertmanager Namespaced ["monitoring.coreos.com"];
    AlertmanagerConfig Namespaced ["monitoring.coreos.com"];
    ThanosRuler Namespaced ["monitoring.coreos.com"];
    ExternalSecret Namespaced ["external-secrets.io"];
    ClusterExternalSecret Cluster ["external-secrets.io"];
    SecretStore Namespaced ["external-secrets.io"];
    ClusterSecretStore Cluster ["external-secrets.io"];
    PushSecret Namespaced ["external-secrets.io"];
    SealedSecret Namespaced ["bitnami.com"];
    Certificate Namespaced ["cert-manager.io"];
    Issuer Namespaced ["cert-manager.io"];
    ClusterIssuer Cluster ["cert-manager.io"];
    VaultStaticSecret Namespaced ["secrets.hashicorp.com"];
    VaultDynamicSecret Namespaced ["secrets.hashicorp.com"];
    VaultPKISecret Namespaced ["secrets.hashicorp.com"];
    VaultAuth Namespaced ["secrets.hashicorp.com"];
    SecretProviderClass Namespaced ["secrets-store.csi.x-k8s.io"];
    CiliumNetworkPolicy Namespaced ["cilium.io"];
    CiliumClusterwideNetworkPolicy Cluster ["cilium.io"];
    CalicoNetworkPolicy Namespaced ["projectcalico.org" "crd.projectcalico.org"];
    GlobalNetworkPolicy Cluster ["projectcalico.org" "crd.projectcalico.org"];
    AdminNetworkPolicy Cluster ["policy.networking.k8s.io"];
    BaselineAdminNetworkPolicy Cluster ["policy.networking.k8s.io"];
    ClusterNetworkPolicy Cluster ["policy.networking.k8s.io"];
    Gateway Namespaced ["gateway.networking.k8s.io"];
    GatewayClass Cluster ["gateway.networking.k8s.io"];
    HTTPRoute Namespaced ["gateway.networking.k8s.io"];
    GRPCRoute Namespaced ["gateway.networking.k8s.io"];
    TLSRoute Namespaced ["gateway.networking.k8s.io"];
    TCPRoute Namespaced ["gateway.networking.k8s.io"];
    UDPRoute Namespaced ["gateway.networking.k8s.io"];
    ReferenceGrant Namespaced ["gateway.networking.k8s.io"];
    Application Namespaced ["argoproj.io"];
    ApplicationSet Namespaced ["argoproj.io"];
    AppProject Namespaced ["argoproj.io"];
    HelmRelease Namespaced ["helm.toolkit.fluxcd.io"];
    FluxKustomization Namespaced ["kustomize.toolkit.fluxcd.io"];
    GitRepository Namespaced ["source.toolkit.fluxcd.io"];
    OCIRepository Namespaced ["source.toolkit.fluxcd.io"];
    HelmRepository Namespaced ["source.toolkit.fluxcd.io"];
    HelmChart Namespaced ["source.toolkit.fluxcd.io"];
    Bucket Namespaced ["source.toolkit.fluxcd.io"];
    VeleroSchedule Namespaced ["velero.io"];
    Backup Namespaced ["velero.io"];
    BackupStorageLocation Namespaced ["velero.io"];
    VolumeSnapshotLocation Namespaced ["velero.io"];
    CnpgCluster Namespaced ["postgresql.cnpg.io"];
    ScheduledBackup Namespaced ["postgresql.cnpg.io"];
    VolumeSnapshot Namespaced ["snapshot.storage.k8s.io"];
    VolumeSnapshotClass Cluster ["snapshot.storage.k8s.io"];
    SecurityContextConstraints Cluster ["security.openshift.io"];
    Route Namespaced ["route.openshift.io"];
    GrafanaDashboard Namespaced ["grafana.integreatly.org" "integreatly.org"];
}

/// Kinds whose Kubernetes name is taken by another kind above, or says too little.
const RENAMED: &[(&str, &str, Kind)] = &[
    ("serving.knative.dev", "Service", Kind::KnativeService),
    (
        "kustomize.toolkit.fluxcd.io",
        "Kustomization",
        Kind::FluxKustomization,
    ),
    (
        "projectcalico.org",
        "NetworkPolicy",
        Kind::CalicoNetworkPolicy,
    ),
    (
        "crd.projectcalico.org",
        "NetworkPolicy",
        Kind::CalicoNetworkPolicy,
    ),
    ("velero.io", "Schedule", Kind::VeleroSchedule),
    ("postgresql.cnpg.io", "Cluster", Kind::CnpgCluster),
];

/// The table by name: every object of a run is looked up in it.
static BY_NAME: LazyLock<HashMap<&str, Vec<&Known>>> = LazyLock::new(|| {
    let mut by_name: HashMap<_, Vec<_>> = HashMap::with_capacity(TABLE.len());
    for known in TABLE {
        by_name.entry(known.name).or_default().push(known);
    }
    by_name
});

impl Kind {
    /// How many kinds there are, for tables indexed by kind.
    pub const COUNT: usize = Kind::Other as usize + 1;

    /// The kind of an object, by the group of its `apiVersion` and its `kind`.
    pub fn of(group: &str, kind: &str) -> Self {
        if let Some((_, _, kind)) = RENAMED.iter().find(|(g, k, _)| *g == group && *k == kind) {
            return *kind;
        }
        let named = BY_NAME.get(kind).map_or(&[][..], Vec::as_slice);
        let known = named.iter().find(|known| known.groups.contains(&group));
        known.map_or(Self::Other, |known| known.kind)
    }

    fn known(self) -> Option<&'static Known> {
        TABLE.get(self as usize)
    }

    /// What manifests call it; `Other` where Plimsoll does not know it.
    pub fn name(self) -> &'static str {
        let renamed = RENAMED.iter().find(|(_, _, kind)| *kind == self);
        let known = || self.known().map_or("Other", |known| known.name);
        renamed.map_or_else(known, |(_, name, _)| name)
    }

    /// Where its objects live.
    pub fn scope(self) -> Scope {
        self.known().map_or(Scope::Unknown, |known| known.scope)
    }

    /// Where in its objects the pod template stands, as a dotted path; `"."` for a Pod.
    pub fn pod_template(self) -> Option<&'static str> {
        self.known().and_then(|known| known.template)
    }
}

/// API groups that the API server itself serves. A kind unknown in one of them exists nowhere.
pub(crate) const BUILT_IN_GROUPS: &[&str] = &[
    "",
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "autoscaling",
    "batch",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "extensions",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

/// Endings of the API groups of well-known projects, whose kinds Plimsoll knows to run no pods that it should judge:
/// they configure a controller, or a controller makes the pods and answers for them.
pub(crate) const FAMILIAR_GROUPS: &[&str] = &[
    "actions.github.com",
    "amazonaws.com",
    "apicur.io",
    "apisix.apache.org",
    "argoproj.io",
    "azure.com",
    "bitnami.com",
    "cert-manager.io",
    "chaos-mesh.org",
    "cilium.io",
    "cloud.google.com",
    "cloudflare-operator.io",
    "cncf.io",
    "cnpg.io",
    "coreos.com",
    "crossplane.io",
    "crunchydata.com",
    "dapr.io",
    "devfile.io",
    "eclipse.che",
    "elastic.co",
    "envoyproxy.io",
    "external-secrets.io",
    "fluentd.io",
    "fluxcd.io",
    "gatekeeper.sh",
    "getambassador.io",
    "gke.io",
    "grafana.com",
    "hashicorp.com",
    "integreatly.org",
    "istio.io",
    "jaegertracing.io",
    "jetstack.io",
    "k8s.io",
    "keda.sh",
    "keycloak.org",
    "kiali.io",
    "kiwigrid.com",
    "knative.dev",
    "konghq.com",
    "kubeflow.org",
    "kubevirt.io",
    "kyverno.io",
    "linkerd.io",
    "litmuschaos.io",
    "logging.banzaicloud.io",
    "longhorn.io",
    "maistra.io",
    "metallb.io",
    "minio.min.io",
    "mongodb.com",
    "noobaa.io",
    "nvidia.com",
    "open-cluster-management.io",
    "opendatahub.io",
    "openebs.io",
    "openshift.io",
    "opentelemetry.io",
    "percona.com",
    "projectcalico.org",
    "ray.io",
    "rook.io",
    "sailoperator.io",
    "services.k8s.aws",
    "siderolabs.com",
    "solo.io",
    "stackrox.io",
    "strimzi.io",
    "talos.dev",
    "tekton.dev",
    "traefik.containo.us",
    "traefik.io",
    "upbound.io",
    "velero.io",
    "victoriametrics.com",
    "x-k8s.io",
    "zalan.do",
];
