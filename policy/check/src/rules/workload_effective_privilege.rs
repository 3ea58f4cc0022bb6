use crate::rbac::{Binding, power};
use crate::{Check, Context, Item, Needs, Place, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "workload-effective-privilege",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "whoever breaks into a pod has rights by which they take the cluster",
    help: "give the pods an account of their own, with a role that lists what they call",
    standards: &[Standard::Cis("5.1.1")],
    docs: include_str!("workload_effective_privilege.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    if !cx.inventory.mounts_token(workload) {
        return;
    }
    let account = workload.service_account();
    let mut bindings = cx
        .inventory
        .access()
        .bindings_to_account(workload.namespace, account);
    let strong = |binding: &'_ Binding<'s>| Some((power(cx.inventory, binding)?, binding.resource));
    if let Some((does, binding)) = bindings.find_map(strong) {
        let named = workload
            .pod("serviceAccountName")
            .or_else(|| workload.pod("serviceAccount"));
        let place = named.map_or(
            Place::missing(workload.spec, "serviceAccountName"),
            Place::value,
        );
        let message = format!("these pods can {does}, as ServiceAccount {account}");
        cx.report_in(workload, place, message)
            .related_object(cx.inventory.resource(binding), "bound here")
            .file();
    }
}
