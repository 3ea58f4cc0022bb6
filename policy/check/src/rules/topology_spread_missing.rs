use crate::{Check, Context, Item, Needs, Place, Rule, Severity, Workload, spread};

pub(super) static RULE: Rule = Rule {
    id: "topology-spread-missing",
    item: Item::Reliability,
    severity: Severity::Info,
    default: false,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "the pods of a workload are not spread over zones",
    help: "add a `topologySpreadConstraints` entry with `topologyKey: topology.kubernetes.io/zone` that selects the own labels",
    standards: &[],
    docs: include_str!("topology_spread_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let several = cx
        .inventory
        .scaling()
        .pods(cx.inventory, workload)
        .is_some_and(|pods| pods.most > 1);
    if !several || workload.is_test_hook() || spread::spreads(workload) {
        return;
    }
    let owner = cx.inventory.owner(workload);
    if let Some(node) = spread::astray_constraint(workload) {
        cx.report_in(
            workload,
            node,
            format!("{owner} spreads pods of other labels, not its own"),
        )
        .file();
    } else {
        let place = Place::missing(workload.spec, "topologySpreadConstraints");
        cx.report_in(
            workload,
            place,
            format!("{owner} has no topology spread constraint"),
        )
        .file();
    }
}
