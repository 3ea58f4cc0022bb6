use crate::rbac::{BINDINGS, Binding, Principal, Subject};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "rbac-subject-missing",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a binding names a ServiceAccount that does not exist",
    help: "name an account of that namespace; one that is made otherwise belongs under `external` in the configuration",
    standards: &[],
    docs: include_str!("rbac_subject_missing.md"),
    check: Check::Resource(BINDINGS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for subject in Binding::read(resource)
        .iter()
        .flat_map(|binding| &binding.subjects)
    {
        match subject.principal {
            Principal::Account("", name) => {
                let message = format!(
                    "ServiceAccount {name} has no namespace, which the API server refuses here"
                );
                let help = "write the account's `namespace`";
                cx.report(
                    resource,
                    crate::Place::missing(subject.node, "namespace"),
                    message,
                )
                .help(help)
                .file();
            }
            Principal::Account(namespace, name) if is_missing(cx, namespace, name) => {
                missing(cx, resource, subject);
            }
            _ => {}
        }
    }
}

fn missing<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>, subject: &Subject<'s>) {
    let message = format!(
        "{resource} gives rights to {}, which does not exist",
        subject.principal
    );
    cx.report(resource, subject.place(), message).file();
}

/// Only where the repository fills the namespace: what stands in others is not its to know. Every namespace has `default`.
fn is_missing(cx: &Context<'_, '_>, namespace: &str, name: &str) -> bool {
    name != "default"
        && !namespace.starts_with("kube-")
        && cx.inventory.access().is_inhabited(namespace)
        && !cx.config.is_external("ServiceAccount", namespace, name)
        && cx
            .inventory
            .find(Kind::ServiceAccount, namespace, name)
            .is_none()
}
