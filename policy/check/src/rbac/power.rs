//! What a role amounts to in the hands of somebody who broke into a pod.

use super::{Binding, PolicyRule, USER_FACING, aggregation};
use crate::{Inventory, Kind, Resource, Selector};

/// A right with which its holder can take the others: what it lets do, resources and verbs.
type Takeover = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
);

/// The rights of <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks>.
const TAKEOVERS: &[Takeover] = &[
    (
        "give itself any role",
        &[
            ("rbac.authorization.k8s.io", "roles"),
            ("rbac.authorization.k8s.io", "clusterroles"),
        ],
        &["escalate", "bind"],
    ),
    (
        "act as anybody",
        &[("", "users"), ("", "groups"), ("", "serviceaccounts")],
        &["impersonate"],
    ),
    (
        "get tokens of any account",
        &[("", "serviceaccounts/token")],
        &["create"],
    ),
    (
        "read every Secret",
        &[("", "secrets")],
        &["get", "list", "watch"],
    ),
    (
        "enter any container",
        &[("", "pods/exec"), ("", "pods/attach")],
        &["create", "get"],
    ),
    (
        "run any pod",
        super::WORKLOADS,
        &["create", "update", "patch"],
    ),
    (
        "reach every kubelet",
        &[("", "nodes/proxy")],
        &["get", "create"],
    ),
];

/// What the holders of a binding can do that makes them masters of the cluster; `None` for all others. Only rights in the
/// whole cluster and in `kube-system`, where the cluster's own accounts live, count.
pub fn power<'s>(inventory: &Inventory<'s>, binding: &Binding<'s>) -> Option<&'static str> {
    if !matches!(binding.namespace, None | Some("kube-system")) {
        return None;
    }
    let everything = "do everything";
    if binding.role_kind == Kind::ClusterRole && USER_FACING.contains(&binding.role) {
        return match binding.role {
            "cluster-admin" => Some(everything),
            "admin" | "edit" => Some("read every Secret and enter any container"),
            _ => None,
        };
    }
    let bound = binding.roles(inventory);
    let rules: Vec<_> = bound.flat_map(|role| gathered(inventory, role)).collect();
    if rules.iter().any(|rule| rule.is_everything()) {
        return Some(everything);
    }
    let held = |(_, targets, verbs): &&Takeover| {
        targets
            .iter()
            .any(|target| rules.iter().any(|rule| rule.allows(*target, verbs)))
    };
    TAKEOVERS.iter().find(held).map(|(does, _, _)| *does)
}

/// The rules of a role, or those that it gathers from the roles of the repository.
fn gathered<'s>(inventory: &Inventory<'s>, role: &Resource<'s>) -> Vec<PolicyRule<'s>> {
    let selectors: Vec<_> = aggregation(role).map(Selector::read).collect();
    let rules = |role: &Resource<'s>| {
        let rules = role.node.get("rules").into_iter();
        rules.flat_map(plimsoll_yaml::Node::items).map(PolicyRule)
    };
    if selectors.is_empty() {
        return rules(role).collect();
    }
    let matched = |other: &&Resource<'s>| {
        let labels = other.labels();
        selectors.iter().any(|selector| selector.matches(&labels))
    };
    inventory
        .of_kind(Kind::ClusterRole)
        .filter(matched)
        .flat_map(rules)
        .collect()
}
