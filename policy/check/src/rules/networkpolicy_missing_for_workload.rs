use crate::network;
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-missing-for-workload",
    item: Item::NetworkPolicies,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "no network policy selects the pods of a workload",
    help: "add a NetworkPolicy whose `podSelector` matches these labels; begin with a default-deny policy of the namespace",
    standards: &[Standard::Cis("5.3.2"), Standard::Nsa],
    docs: include_str!("networkpolicy_missing_for_workload.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let inventory = cx.inventory;
    let selected = inventory.policies_of(workload).next().is_some()
        || inventory.other_policies_of(workload).next().is_some();
    let judged = network::is_governed(workload)
        && !workload.is_test_hook()
        && !network::is_governed_elsewhere(cx, workload.namespace);
    if judged && !selected {
        let owner = inventory.owner(workload);
        cx.report_in(
            workload,
            network::labels_of(workload),
            format!(
                "no NetworkPolicy selects the pods of {owner}: they are open in both directions"
            ),
        )
        .file();
    }
}
