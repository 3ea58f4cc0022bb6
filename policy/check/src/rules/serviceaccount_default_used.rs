use crate::rbac::{Binding, Principal};
use crate::{Check, Context, Item, Kind, Needs, Place, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "serviceaccount-default-used",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "pods share the account of everything in their namespace that names none",
    help: "give the pods a ServiceAccount of their own, or set `automountServiceAccountToken: false`",
    standards: &[Standard::Cis("5.1.5"), Standard::Nsa],
    docs: include_str!("serviceaccount_default_used.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    for workload in cx.inventory.workloads() {
        check_pods(cx, workload);
    }
    for binding in cx.inventory.access().bindings() {
        check_binding(cx, binding);
    }
}

fn check_pods<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    if workload.service_account() != "default" || !cx.inventory.mounts_token(workload) {
        return;
    }
    let named = workload
        .pod("serviceAccountName")
        .or_else(|| workload.pod("serviceAccount"));
    let place = named.map_or(
        Place::missing(workload.spec, "serviceAccountName"),
        Place::value,
    );
    let owner = cx.inventory.owner(workload);
    let message = format!(
        "{owner} runs as ServiceAccount default of `{}`, with its token",
        workload.namespace
    );
    cx.report_in(workload, place, message).file();
}

fn check_binding<'s>(cx: &Context<'_, 's>, binding: &Binding<'s>) {
    let resource = cx.inventory.resource(binding.resource);
    for subject in &binding.subjects {
        if let Principal::Account(namespace, "default") = subject.principal {
            let kind = if binding.role_kind == Kind::Role {
                "Role"
            } else {
                "ClusterRole"
            };
            let message = format!(
                "every pod of `{namespace}` that names no account has the rights of {kind} `{}`",
                binding.role
            );
            let help = "bind an account that the one workload names";
            cx.report(resource, subject.place(), message)
                .help(help)
                .file();
        }
    }
}
