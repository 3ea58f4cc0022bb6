use crate::{Check, Context, Item, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "node-affinity-missing",
    item: Item::Reliability,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "nothing says on which nodes a workload runs",
    help: "add `affinity.nodeAffinity`, or a `nodeSelector`",
    standards: &[],
    docs: include_str!("node_affinity_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let affinity = workload
        .spec
        .at(&["affinity", "nodeAffinity"])
        .is_some_and(|affinity| !affinity.is_empty());
    let chosen = ["nodeSelector", "nodeName"]
        .iter()
        .any(|field| workload.pod(field).is_some_and(|node| !node.is_empty()));
    if !affinity && !chosen && !workload.is_test_hook() {
        let owner = cx.inventory.owner(workload);
        let place = Place::missing(workload.spec, "affinity.nodeAffinity");
        cx.report_in(workload, place, format!("{owner} may run on any node"))
            .file();
    }
}
