use crate::rbac::{BINDINGS, Binding, is_built_in};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "rbac-roleref-missing",
    item: Item::Rbac,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a binding refers to a role that does not exist",
    help: "name a role of the repository; one that is installed otherwise belongs under `external` in the configuration",
    standards: &[],
    docs: include_str!("rbac_roleref_missing.md"),
    check: Check::Resource(BINDINGS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let Some(binding) = Binding::read(resource) else {
        return;
    };
    let kind = match (binding.role_kind, binding.namespace) {
        (Kind::Role, Some(_)) => "Role",
        (Kind::ClusterRole, _) => "ClusterRole",
        (Kind::Role, None) => {
            let message =
                format!("{resource} refers to a Role; the API server accepts a ClusterRole only");
            return cx
                .report(
                    resource,
                    binding.role_ref.get("kind").unwrap_or(binding.role_ref),
                    message,
                )
                .file();
        }
        _ => return,
    };
    let namespace = binding
        .namespace
        .filter(|_| binding.role_kind == Kind::Role)
        .unwrap_or_default();
    let elsewhere = (namespace.is_empty() && is_built_in(binding.role))
        || crate::rbac::is_kubernetes_own(resource)
        || cx.config.is_external(kind, namespace, binding.role);
    // A chart or an operator that is not seen brings roles along.
    let unseen = !cx.is_missing(binding.role_kind, namespace, binding.role);
    if !elsewhere && !unseen && binding.roles(cx.inventory).next().is_none() {
        let place = if namespace.is_empty() {
            "the repository".to_owned()
        } else {
            binding.reach()
        };
        let message = format!(
            "{resource} grants nothing: there is no {kind} `{}` in {place}",
            binding.role
        );
        cx.report(resource, binding.role_place(), message).file();
    }
}
