use crate::{Check, Context, Item, Kind, Needs, Rule, Severity, Workload, reference};

pub(super) static RULE: Rule = Rule {
    id: "serviceaccount-missing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a pod names a ServiceAccount that does not exist",
    help: "add the ServiceAccount to the pod's namespace, or correct the name",
    standards: &[],
    docs: include_str!("serviceaccount_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let named = |field| {
        workload
            .pod(field)
            .filter(|name| reference::is_plain(*name))
    };
    let Some(node) = named("serviceAccountName").or_else(|| named("serviceAccount")) else {
        return;
    };
    let (name, namespace) = (node.text().unwrap_or_default(), workload.namespace);
    if cx.is_missing(Kind::ServiceAccount, namespace, name) {
        cx.report_in(
            workload,
            node,
            format!("there is no ServiceAccount `{name}` in namespace `{namespace}`"),
        )
        .file();
    }
}
