use crate::{Check, Context, Item, Kind, Needs, Place, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "serviceaccount-token-automounted",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "pods get a token for an API that they have no rights in",
    help: "set `automountServiceAccountToken: false` in the pod's spec or in its ServiceAccount",
    standards: &[Standard::Cis("5.1.6"), Standard::Nsa],
    docs: include_str!("serviceaccount_token_automounted.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let account = workload.service_account();
    // The account that everything shares is told by `serviceaccount-default-used`.
    if account == "default" || !cx.inventory.mounts_token(workload) {
        return;
    }
    let mut bindings = cx
        .inventory
        .access()
        .bindings_to_account(workload.namespace, account);
    let elsewhere = cx
        .config
        .is_external("ServiceAccount", workload.namespace, account);
    if elsewhere || bindings.next().is_some() {
        return;
    }
    let field = "automountServiceAccountToken";
    let place = workload
        .pod(field)
        .map_or(Place::missing(workload.spec, field), Place::value);
    let owner = cx.inventory.owner(workload);
    let message =
        format!("{owner} mounts the token of ServiceAccount {account}, which is bound to no role");
    let draft = cx.report_in(workload, place, message);
    let found = cx
        .inventory
        .find(Kind::ServiceAccount, workload.namespace, account);
    found
        .into_iter()
        .fold(draft, |draft, account| {
            draft.related_object(account, "the account")
        })
        .file();
}
