use foldhash::HashSet;

use crate::rbac::Principal;
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "serviceaccount-unused",
    item: Item::Rbac,
    severity: Severity::Info,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "no pod and no binding needs a ServiceAccount",
    help: "name it in the pods that it was made for, or remove it",
    standards: &[],
    docs: include_str!("serviceaccount_unused.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    let unused: Vec<_> = cx
        .inventory
        .of_kind(Kind::ServiceAccount)
        .filter(|account| is_unused(cx, account))
        .collect();
    if unused.is_empty() {
        return;
    }
    // Other kinds run pods too, and name the account in a field of their own.
    let others = cx.inventory.resources().iter().filter(|other| {
        other.kind != Kind::ServiceAccount && cx.inventory.workload_of(other).is_none()
    });
    let named: HashSet<_> = others
        .flat_map(|other| crate::rbac::named_accounts(other.node))
        .collect();
    for account in unused
        .into_iter()
        .filter(|account| !named.contains(account.name))
    {
        let place = account
            .field("metadata.name")
            .map_or(Place::value(account.node), Place::value);
        cx.report(
            account,
            place,
            format!("no pod runs as {account}, and nothing is bound to it"),
        )
        .file();
    }
}

fn is_unused(cx: &Context<'_, '_>, account: &Resource<'_>) -> bool {
    let (access, namespace) = (cx.inventory.access(), account.namespace());
    !account.name.is_empty()
        && account.name != "default"
        && access
            .workloads_as(cx.inventory, namespace, account.name)
            .next()
            .is_none()
        && access
            .bindings_to(Principal::Account(namespace, account.name))
            .next()
            .is_none()
}
