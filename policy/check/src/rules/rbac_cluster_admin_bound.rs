use crate::context::Draft;
use crate::rbac::{BINDINGS, Binding, Principal, is_kubernetes_own};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-cluster-admin-bound",
    item: Item::Rbac,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a binding gives every right there is",
    help: "bind a role that lists what is needed; `kubectl auth can-i --list` shows what its holder does today",
    standards: &[Standard::Cis("5.1.1"), Standard::Nsa],
    docs: include_str!("rbac_cluster_admin_bound.md"),
    check: Check::Resource(BINDINGS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let Some(binding) = Binding::read(resource).filter(|_| !is_kubernetes_own(resource)) else {
        return;
    };
    // The API server refuses requests of this group nothing, whatever is bound to it.
    let masters = |principal| principal == Principal::Group("system:masters");
    if binding
        .subjects
        .iter()
        .all(|subject| masters(subject.principal))
    {
        return;
    }
    let named = binding.role_kind == Kind::ClusterRole && binding.role == "cluster-admin";
    let is_everything = |role: &&Resource<'s>| {
        let mut rules = crate::rbac::policy_rules(role);
        rules.any(crate::rbac::PolicyRule::is_everything)
    };
    // A Role with every right in its namespace is told by `rbac-wildcard`, where it is written.
    let other = binding
        .roles(cx.inventory)
        .find(|role| role.kind == Kind::ClusterRole && is_everything(role));
    if named || other.is_some() {
        let message = format!(
            "{resource} gives {} every right in {}",
            binding.holders(),
            binding.reach()
        );
        let draft = cx.report(resource, binding.role_place(), message);
        let draft = other.into_iter().fold(draft, |draft, role| {
            draft.related_object(role, "`*` in all three lists")
        });
        with_pods(cx, &binding, draft).file();
    }
}

/// Adds the first workload that runs as each subject.
fn with_pods<'c, 's>(
    cx: &'c Context<'_, 's>,
    binding: &Binding<'s>,
    draft: Draft<'c>,
) -> Draft<'c> {
    let accounts = binding
        .subjects
        .iter()
        .filter_map(|subject| match subject.principal {
            Principal::Account(namespace, name) => Some((namespace, name)),
            _ => None,
        });
    accounts.take(3).fold(draft, |draft, (namespace, name)| {
        let workload = cx
            .inventory
            .access()
            .workloads_as(cx.inventory, namespace, name)
            .next();
        let owner = workload.map(|workload| cx.inventory.owner(workload));
        owner.into_iter().fold(draft, |draft, owner| {
            draft.related_object(owner, "its pods run with these rights")
        })
    })
}
