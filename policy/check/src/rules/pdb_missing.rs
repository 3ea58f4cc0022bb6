use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "pdb-missing",
    item: Item::Reliability,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "no PodDisruptionBudget guards the pods of a workload",
    help: "add a `PodDisruptionBudget` with `maxUnavailable: 1` whose selector matches the labels of the pod template",
    standards: &[],
    docs: include_str!("pdb_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let scaling = cx.inventory.scaling();
    let Some(pods) = scaling
        .pods(cx.inventory, workload)
        .filter(|pods| pods.most > 1)
    else {
        return;
    };
    if workload.is_test_hook() || cx.inventory.budgets_of(workload).next().is_some() {
        return;
    }
    let owner = cx.inventory.owner(workload);
    let place = owner.field("metadata.name").unwrap_or(owner.node);
    let message = format!(
        "no PodDisruptionBudget guards the {} pods of {owner}: a drain may take them all at once",
        pods.most
    );
    cx.report(owner, place, message).file();
}
