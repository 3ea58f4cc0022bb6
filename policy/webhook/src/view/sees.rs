//! Which kinds each rule has to see that looks at other objects.
//!
//! A rule that is asked while a kind it looks up is not there says that things are missing which are not. So each has its
//! kinds here, and is asked only while all of them are held. A rule that is not here is never asked of a cluster: what it
//! looks at is in no cluster (files, directories, charts), is not held (values of `ConfigMap`s, Secrets and variables), or
//! is of any kind at all.

use plimsoll_check::{Check, Kind, Rule};

/// What a rule looks at besides the object.
#[derive(Clone, Copy, Debug)]
pub struct Sees {
    /// These, in the object's namespace; all of a kind of the cluster.
    pub near: &'static [Kind],
    /// And these, in all namespaces.
    pub everywhere: &'static [Kind],
    /// What it can say something of; empty where its function says it. With `Pod` it is all that makes pods.
    about: &'static [Kind],
}

/// Whatever makes pods. Pods and `ReplicaSet`s are there only where no controller made them.
macro_rules! workloads {
    ($($more:ident)*) => {
        &[
            Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::Job, Kind::CronJob, Kind::Rollout, Kind::Pod,
            Kind::ReplicaSet, Kind::ReplicationController, $(Kind::$more,)*
        ]
    };
}

/// What says how many pods a workload has.
macro_rules! scaling {
    ($($more:ident)*) => {
        &[
            Kind::HorizontalPodAutoscaler, Kind::ScaledObject, Kind::VerticalPodAutoscaler, Kind::Deployment,
            Kind::Rollout, $(Kind::$more,)*
        ]
    };
}

/// Policies of all engines, and the namespaces that some of them choose.
macro_rules! policies {
    ($($more:ident)*) => {
        &[
            Kind::NetworkPolicy, Kind::CiliumNetworkPolicy, Kind::CiliumClusterwideNetworkPolicy,
            Kind::CalicoNetworkPolicy, Kind::GlobalNetworkPolicy, Kind::AdminNetworkPolicy,
            Kind::BaselineAdminNetworkPolicy, Kind::ClusterNetworkPolicy, Kind::Namespace, $(Kind::$more,)*
        ]
    };
}

/// What makes Secrets and `ConfigMap`s that are not there yet.
macro_rules! made {
    ($($more:ident)*) => {
        &[
            Kind::ConfigMap, Kind::Secret, Kind::ExternalSecret, Kind::ClusterExternalSecret, Kind::SealedSecret,
            Kind::Certificate, Kind::VaultStaticSecret, Kind::VaultDynamicSecret, Kind::VaultPKISecret,
            Kind::Ingress, Kind::Gateway, $(Kind::$more,)*
        ]
    };
}

const NONE: &[Kind] = &[];
const WORKLOADS: &[Kind] = workloads![];
/// Who is bound to what: a binding may name an account of another namespace.
const BINDINGS: &[Kind] = &[Kind::RoleBinding];

macro_rules! sees {
    ($($id:literal: $near:expr, $everywhere:expr $(, about $about:expr)?;)*) => {
        /// The rules that can be asked of a cluster.
        const TABLE: &[(&str, Sees)] = &[$(($id, Sees {
            near: $near,
            everywhere: $everywhere,
            about: { let about: &[&[Kind]] = &[$($about)?]; if about.is_empty() { NONE } else { about[0] } },
        }),)*];
    };
}

sees! {
    "anti-affinity-missing": scaling![], NONE;
    "autoscaler-duplicate": scaling![StatefulSet], NONE;
    "autoscaler-vpa-conflict": scaling![StatefulSet DaemonSet], NONE;
    "configmap-secret-ref-missing": made![], NONE;
    "configmap-secret-volume-ref-missing": made![], NONE;
    "env-host-unresolved": NONE, &[Kind::Service], about workloads![ConfigMap];
    "externalsecret-store-missing": &[Kind::SecretStore, Kind::ClusterSecretStore, Kind::VaultAuth], NONE;
    "gateway-backend-missing": NONE, &[Kind::Service];
    "graceful-shutdown-missing": &[Kind::Service], NONE;
    "hpa-fixed-replicas-conflict": scaling![StatefulSet], NONE;
    "hpa-missing": scaling![StatefulSet Service], NONE;
    "hpa-target-missing": scaling![StatefulSet DaemonSet ReplicaSet ReplicationController], NONE;
    "hpa-target-not-scalable": scaling![StatefulSet DaemonSet ReplicaSet ReplicationController], NONE;
    "hpa-utilization-without-request":
        scaling![StatefulSet DaemonSet ReplicaSet ReplicationController Namespace LimitRange ResourceQuota], NONE;
    "ingress-backend-missing": &[Kind::Service], NONE;
    "ingress-class-unset": &[Kind::IngressClass], NONE;
    "keda-scaledobject-invalid": scaling![StatefulSet TriggerAuthentication ClusterTriggerAuthentication], NONE;
    "networkpolicy-default-deny-missing": policies![Deployment StatefulSet DaemonSet Job CronJob Rollout Pod], NONE,
        about policies![Deployment StatefulSet DaemonSet Job CronJob Rollout Pod];
    "networkpolicy-direction-uncovered": policies![], NONE;
    "networkpolicy-egress-without-dns": policies![Deployment StatefulSet DaemonSet Job CronJob Rollout Pod], NONE,
        about policies![];
    "networkpolicy-missing-for-namespace": policies![], NONE;
    "networkpolicy-missing-for-workload": policies![], NONE;
    "networkpolicy-peer-selects-nothing": WORKLOADS, NONE;
    "networkpolicy-selects-nothing": WORKLOADS, NONE;
    "pdb-blocks-eviction": workloads![PodDisruptionBudget HorizontalPodAutoscaler ScaledObject VerticalPodAutoscaler],
        NONE;
    "pdb-exceeds-hpa-min": workloads![HorizontalPodAutoscaler ScaledObject VerticalPodAutoscaler], NONE;
    "pdb-missing": scaling![PodDisruptionBudget], NONE;
    "pdb-selects-nothing": WORKLOADS, NONE;
    "priority-class-unset": &[Kind::PriorityClass], NONE, about WORKLOADS;
    "pvc-storageclass-missing": &[Kind::StorageClass, Kind::PersistentVolumeClaim, Kind::StatefulSet,
        Kind::IngressClass, Kind::PriorityClass, Kind::RuntimeClass], NONE;
    "rbac-cluster-admin-bound": &[Kind::ClusterRole, Kind::Role], NONE;
    "rbac-role-unbound": &[Kind::ClusterRole, Kind::ClusterRoleBinding], BINDINGS;
    "rbac-roleref-missing": &[Kind::ClusterRole, Kind::Role], NONE;
    "rbac-subject-missing": NONE, &[Kind::ServiceAccount];
    "replicas-low": scaling![Service], NONE;
    "resourcequota-incomplete": workloads![ResourceQuota LimitRange Namespace], NONE;
    "rollout-stall-config": scaling![], NONE;
    "sandbox-egress-open": policies![], NONE;
    "sandbox-hardening": &[Kind::RuntimeClass], NONE;
    "scrape-annotation-port-mismatch": workloads![Service], NONE, about workloads![Service];
    "service-selector-ambiguous": workloads![Service Ingress], NONE, about &[Kind::Service];
    "service-selects-nothing": WORKLOADS, NONE;
    "service-target-port-missing": WORKLOADS, NONE;
    "serviceaccount-default-used": &[Kind::ServiceAccount, Kind::ClusterRoleBinding], BINDINGS, about workloads![RoleBinding ClusterRoleBinding];
    "serviceaccount-missing": &[Kind::ServiceAccount], NONE;
    "serviceaccount-token-automounted": &[Kind::ServiceAccount, Kind::ClusterRoleBinding], BINDINGS;
    "statefulset-pvc-retention-unsafe": &[Kind::PersistentVolumeClaim], NONE;
    "statefulset-service-missing": &[Kind::Service], NONE;
    "topology-spread-missing": scaling![], NONE;
    "update-strategy-not-rolling": &[Kind::Service], NONE;
    "workload-effective-privilege": &[Kind::ServiceAccount, Kind::ClusterRole, Kind::Role, Kind::ClusterRoleBinding],
        BINDINGS;
    "workload-internet-exposed": &[Kind::Service, Kind::Ingress],
        &[Kind::HTTPRoute, Kind::GRPCRoute, Kind::TLSRoute, Kind::TCPRoute, Kind::UDPRoute, Kind::Route];
}

/// Rules that find fault with an object when they look at another one.
const BY_OTHERS: [&str; 3] = [
    "hpa-missing",
    "replicas-low",
    "scrape-annotation-port-mismatch",
];

/// Whether a rule has to be asked of all objects to say what is wrong with one.
pub fn finds_by_others(rule: &Rule) -> bool {
    BY_OTHERS.contains(&rule.id)
}

impl Sees {
    /// Of a rule that is never asked of a cluster.
    pub const NOTHING: Self = Self {
        near: NONE,
        everywhere: NONE,
        about: NONE,
    };

    /// What a rule looks at; `None` where it is never asked of a cluster.
    pub fn of(rule: &Rule) -> Option<Self> {
        let own = TABLE.iter().find(|(id, _)| *id == rule.id);
        own.map(|(_, sees)| *sees)
    }

    /// All kinds that it looks at.
    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        self.near.iter().chain(self.everywhere).copied()
    }

    /// Whether a rule that looks at these can say something of an object of a kind.
    pub fn says_of(self, rule: &Rule, kind: Kind) -> bool {
        if self.about.contains(&kind) {
            return true;
        }
        match rule.check {
            Check::Workload(_) | Check::Container(_) => kind.pod_template().is_some(),
            Check::Resource(kinds, _) => kinds.contains(&kind),
            Check::EveryResource(_) if self.about.is_empty() => true,
            Check::EveryResource(_) | Check::Inventory(_) => {
                self.about.contains(&Kind::Pod) && kind.pod_template().is_some()
            }
            Check::Source(_) | Check::Exemptions | Check::Rendering => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_check::Needs;
    use plimsoll_check::rules::RULES;

    #[test]
    fn the_table_is_of_rules_that_look_at_other_objects() {
        for (id, sees) in TABLE {
            let rule = RULES.iter().find(|rule| rule.id == *id);
            let rule = rule.unwrap_or_else(|| panic!("there is no rule {id}"));
            assert_eq!(rule.needs, Needs::Repository, "{id}");
            assert!(sees.kinds().next().is_some(), "{id} looks at nothing");
            let of_all = matches!(rule.check, Check::Inventory(_));
            assert!(!of_all || !sees.about.is_empty(), "{id}");
        }
        assert!(TABLE.is_sorted_by_key(|(id, _)| id));
    }
}
