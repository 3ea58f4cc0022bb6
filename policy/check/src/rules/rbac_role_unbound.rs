use crate::rbac::{ROLES, aggregation, is_kubernetes_own};
use crate::{Check, Context, Item, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "rbac-role-unbound",
    item: Item::Rbac,
    severity: Severity::Info,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a role is given to nobody",
    help: "bind it, label it to be aggregated, or remove it",
    standards: &[],
    docs: include_str!("rbac_role_unbound.md"),
    check: Check::Resource(ROLES, check),
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    let access = cx.inventory.access();
    let needed = role.name.is_empty()
        || is_kubernetes_own(role)
        || aggregation(role).next().is_some()
        || access.is_aggregated(role)
        || access.bindings_of(role).next().is_some();
    if !needed {
        let place = role.metadata().map_or(Place::value(role.node), |metadata| {
            Place::missing(metadata, "name")
        });
        let place = role.field("metadata.name").map_or(place, Place::value);
        cx.report(
            role,
            place,
            format!("{role} is bound to nobody in the repository"),
        )
        .file();
    }
}
