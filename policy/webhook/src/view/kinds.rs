//! What may be watched at all: an allow-list, so that no configuration makes the webhook read what it has no business in.

use plimsoll_check::Kind;

/// How much of an object is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// All of it; what rules look at is kept.
    Whole,
    /// Its names and the keys of what it holds. Values are skipped while they are read.
    Keys,
    /// Its metadata alone, and only of what no controller made: there is one for each pod of the cluster.
    Uncontrolled,
}

/// A kind that may be watched.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// Which.
    pub kind: Kind,
    /// Its API group; empty for the core group. Which version is asked for is the server's preference.
    pub group: &'static str,
    /// Its name in that group, where `kind` has another.
    pub name: &'static str,
    /// How much of it.
    pub read: Read,
}

macro_rules! watched {
    ($($group:literal: $($kind:ident $(as $name:literal)? $(read $read:ident)?),*;)*) => {
        /// All of them.
        pub const WATCHED: &[Watched] = &[$($(Watched {
            kind: Kind::$kind,
            group: $group,
            name: { let name: &[&str] = &[$($name,)? stringify!($kind)]; name[0] },
            read: { let read: &[Read] = &[$(Read::$read,)? Read::Whole]; read[0] },
        },)*)*];
    };
}

watched! {
    "": Namespace, LimitRange, ResourceQuota, Service, ServiceAccount, PersistentVolumeClaim, ConfigMap read Keys,
        Secret read Keys, Pod read Uncontrolled, ReplicationController read Uncontrolled;
    "apps": Deployment, StatefulSet, DaemonSet, ReplicaSet read Uncontrolled;
    "batch": Job, CronJob;
    "policy": PodDisruptionBudget;
    "autoscaling": HorizontalPodAutoscaler;
    "networking.k8s.io": NetworkPolicy, Ingress, IngressClass;
    "rbac.authorization.k8s.io": Role, ClusterRole, RoleBinding, ClusterRoleBinding;
    "storage.k8s.io": StorageClass;
    "scheduling.k8s.io": PriorityClass;
    "node.k8s.io": RuntimeClass;
    "argoproj.io": Rollout;
    "autoscaling.k8s.io": VerticalPodAutoscaler;
    "keda.sh": ScaledObject, TriggerAuthentication, ClusterTriggerAuthentication;
    "external-secrets.io": ExternalSecret, ClusterExternalSecret, SecretStore, ClusterSecretStore;
    "bitnami.com": SealedSecret;
    "cert-manager.io": Certificate;
    "secrets.hashicorp.com": VaultStaticSecret, VaultDynamicSecret, VaultPKISecret, VaultAuth;
    "cilium.io": CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy;
    "crd.projectcalico.org": CalicoNetworkPolicy as "NetworkPolicy", GlobalNetworkPolicy;
    "policy.networking.k8s.io": AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy;
    "gateway.networking.k8s.io": Gateway, HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute;
    "route.openshift.io": Route;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::sees::Sees;
    use plimsoll_check::rules::RULES;

    #[test]
    fn each_is_the_kind_that_the_checker_knows_by_this_name() {
        for watched in WATCHED {
            assert_eq!(
                Kind::of(watched.group, watched.name),
                watched.kind,
                "{watched:?}"
            );
        }
    }

    #[test]
    fn whatever_a_rule_looks_at_may_be_watched() {
        for rule in RULES {
            for kind in Sees::of(rule).into_iter().flat_map(Sees::kinds) {
                let may = WATCHED.iter().any(|watched| watched.kind == kind);
                assert!(may, "{} looks at {}", rule.id, kind.name());
            }
        }
    }
}
