//! Role-based access control: what roles grant, and who is bound to them.
//!
//! ```text
//! ServiceAccount, User, Group ──subject── RoleBinding ──roleRef──▶ Role          rights in one namespace
//!                                    └─────────────────────────▶ ClusterRole   rights in the binding's namespace
//!                              ClusterRoleBinding ─────────────▶ ClusterRole   rights everywhere
//! ```

mod access;
mod grant;
mod power;

use plimsoll_yaml::Node;

use crate::context::Draft;
use crate::{Context, Kind, Resource};

pub use access::{Access, Binding, Principal, Subject, named_accounts};
pub use grant::{Grant, PolicyRule, Risk, WORKLOADS, WRITE, grants, policy_rules};
pub use power::power;

/// `ClusterRole`s that every cluster has and that people bind: the user-facing roles of
/// <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles>. The others begin with `system:`.
const USER_FACING: [&str; 4] = ["cluster-admin", "admin", "edit", "view"];

/// `ClusterRole`s that every `OpenShift` cluster has.
const OPENSHIFT: &[&str] = &[
    "basic-user",
    "cluster-debugger",
    "cluster-monitoring-view",
    "cluster-reader",
    "cluster-status",
    "monitoring-edit",
    "monitoring-rules-edit",
    "monitoring-rules-view",
    "registry-admin",
    "registry-editor",
    "registry-viewer",
    "self-provisioner",
    "storage-admin",
    "sudoer",
];

/// Every role and binding kind of both API groups that have them.
pub const ROLES: &[Kind] = &[Kind::Role, Kind::ClusterRole];
/// Both kinds of bindings.
pub const BINDINGS: &[Kind] = &[Kind::RoleBinding, Kind::ClusterRoleBinding];

/// Whether a cluster makes this `ClusterRole` by itself.
pub fn is_built_in(cluster_role: &str) -> bool {
    ["system:", "kubeadm:", "openshift:"]
        .iter()
        .any(|prefix| cluster_role.starts_with(prefix))
        || USER_FACING.contains(&cluster_role)
        || OPENSHIFT.contains(&cluster_role)
}

/// Whether a role or a binding is Kubernetes' own, which the API server writes back at every start
/// (`kubernetes.io/bootstrapping: rbac-defaults`): it is not the repository's to judge.
pub fn is_kubernetes_own(resource: &Resource<'_>) -> bool {
    resource.name.starts_with("system:")
        || resource.name.starts_with("kubeadm:")
        || (resource.kind == Kind::ClusterRole && USER_FACING.contains(&resource.name))
        || resource.labels().get("kubernetes.io/bootstrapping") == Some("rbac-defaults")
}

/// The selectors by which a `ClusterRole` gathers its rules from others; the API server overwrites its own `rules`.
pub fn aggregation<'s>(role: &Resource<'s>) -> impl Iterator<Item = Node<'s>> + use<'s> {
    role.field("aggregationRule.clusterRoleSelectors")
        .into_iter()
        .flat_map(Node::items)
}

/// How many bindings, pods and so on a finding shows beside itself.
const SHOWN: usize = 3;

/// Reports what a role grants, beside the bindings that give it to somebody.
pub(crate) fn report_grant<'c, 's>(
    cx: &'c Context<'_, 's>,
    role: &Resource<'s>,
    grant: &Grant<'s>,
) -> Draft<'c> {
    let message = format!("{role} may {grant}");
    with_bindings(cx, role, cx.report(role, grant.place(), message))
}

/// Adds the bindings of a role to a finding about it.
pub(crate) fn with_bindings<'c>(
    cx: &Context<'_, '_>,
    role: &Resource<'_>,
    draft: Draft<'c>,
) -> Draft<'c> {
    let bindings = cx.inventory.access().bindings_of(role).take(SHOWN);
    bindings.fold(draft, |draft, binding| {
        let resource = cx.inventory.resource(binding.resource);
        draft.related_object(resource, format!("bound to {}", binding.holders()))
    })
}

/// Runs a check for a risk: every rule of a role that grants it.
pub(crate) fn report_grants<'s>(cx: &Context<'_, 's>, role: &Resource<'s>, risk: &Risk) {
    for grant in grants(role, risk) {
        report_grant(cx, role, &grant).file();
    }
}

/// The first of some words, and how many more there are: what a message has room for.
pub(crate) fn some_of<T: std::fmt::Display>(all: &[T]) -> String {
    let mut text: Vec<String> = all.iter().take(SHOWN).map(ToString::to_string).collect();
    if all.len() > SHOWN {
        text.push(format!("{} more", all.len() - SHOWN));
    }
    text.join(", ")
}
