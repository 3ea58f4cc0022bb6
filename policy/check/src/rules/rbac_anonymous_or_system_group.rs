use crate::rbac::{BINDINGS, Binding, Principal, is_kubernetes_own};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-anonymous-or-system-group",
    item: Item::Rbac,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a binding gives rights to everybody, or to a group that nothing can be taken from",
    help: "name the account, the user or the group of people that needs the rights",
    standards: &[Standard::Cis("5.1.7"), Standard::Nsa],
    docs: include_str!("rbac_anonymous_or_system_group.md"),
    check: Check::Resource(BINDINGS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    // Roles that Kubernetes makes for everybody: discovery, version, the issuer's keys.
    let own =
        |binding: &Binding<'_>| is_kubernetes_own(resource) || binding.role.starts_with("system:");
    let Some(binding) = Binding::read(resource).filter(|binding| !own(binding)) else {
        return;
    };
    for subject in &binding.subjects {
        if let Some(who) = everybody(subject.principal) {
            let message = format!(
                "{resource} gives `{}` in {} to {who}",
                binding.role,
                binding.reach()
            );
            cx.report(resource, subject.place(), message).file();
        }
    }
}

/// Who is meant, for the names that mean more than somebody.
fn everybody(principal: Principal<'_>) -> Option<&'static str> {
    match principal {
        Principal::User("system:anonymous") | Principal::Group("system:unauthenticated") => {
            Some("everybody who reaches the API server, without a login")
        }
        Principal::Group("system:authenticated") => {
            Some("everybody with a login, every pod included")
        }
        Principal::Group("system:serviceaccounts") => Some("every pod of the cluster"),
        Principal::Group("system:masters") => {
            Some("a group that has every right and cannot lose it")
        }
        _ => None,
    }
}
