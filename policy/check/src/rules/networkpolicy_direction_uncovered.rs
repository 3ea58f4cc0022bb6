use crate::network::{self, Direction};
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-direction-uncovered",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "the policies of a workload govern one direction and leave the other open",
    help: "add a policy that selects the pods and lists the other direction under `policyTypes`, with what they need",
    standards: &[Standard::Nsa],
    docs: include_str!("networkpolicy_direction_uncovered.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let inventory = cx.inventory;
    let judged = network::is_governed(workload)
        && !workload.is_test_hook()
        && !network::is_governed_elsewhere(cx, workload.namespace);
    if !judged || inventory.other_policies_of(workload).next().is_some() {
        return;
    }
    let [ingress, egress] =
        Direction::BOTH.map(|direction| network::governing(inventory, workload, direction));
    let (policy, open) = match (ingress, egress) {
        (Some(policy), None) => (
            policy,
            "may connect to anything: its policies govern Ingress only",
        ),
        (None, Some(policy)) => (
            policy,
            "may be reached by anything: its policies govern Egress only",
        ),
        _ => return,
    };
    let message = format!("{} {open}", inventory.owner(workload));
    cx.report_in(workload, network::labels_of(workload), message)
        .related_object(policy, "a policy that selects it")
        .file();
}
