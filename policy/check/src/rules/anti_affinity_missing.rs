use crate::{Check, Context, Item, Needs, Place, Rule, Severity, Workload, spread};

pub(super) static RULE: Rule = Rule {
    id: "anti-affinity-missing",
    item: Item::Reliability,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "nothing keeps the pods of a workload from sharing one node",
    help: "add a `topologySpreadConstraints` entry, or a `podAntiAffinity` term, whose selector matches the own labels",
    standards: &[],
    docs: include_str!("anti_affinity_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let Some(pods) = cx
        .inventory
        .scaling()
        .pods(cx.inventory, workload)
        .filter(|pods| pods.most > 1)
    else {
        return;
    };
    if workload.is_test_hook() || spread::spreads(workload) || spread::keeps_apart(workload) {
        return;
    }
    let owner = cx.inventory.owner(workload);
    let count = pods.most;
    if let Some(selector) = spread::astray(workload) {
        cx.report_in(
            workload,
            selector,
            format!("{owner} keeps away from other pods, not from its own {count}"),
        )
        .file();
    } else {
        let place = Place::missing(workload.spec, "topologySpreadConstraints");
        cx.report_in(
            workload,
            place,
            format!("{owner} may run all its {count} pods on one node"),
        )
        .file();
    }
}
