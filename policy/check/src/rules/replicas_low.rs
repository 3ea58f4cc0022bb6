use crate::{Check, Context, Item, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "replicas-low",
    item: Item::Reliability,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a workload that a Service sends to runs too few pods",
    help: "set `replicas` to what a lost node and a rollout leave running: two at least",
    standards: &[],
    docs: include_str!("replicas_low.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let wanted = cx.facts().min_replicas;
    let scaling = cx.inventory.scaling();
    let Some(pods) = scaling
        .pods(cx.inventory, workload)
        .filter(|pods| pods.scaler.is_none())
    else {
        return;
    };
    let serves = || cx.inventory.services_of(workload).next().is_some();
    if pods.fewest == 0 || pods.fewest >= wanted || workload.is_test_hook() || !serves() {
        return;
    }
    let counted = scaling.counted(cx.inventory, workload);
    let place = counted.field("spec.replicas").map_or_else(
        || Place::missing(counted.node, "spec.replicas"),
        Place::value,
    );
    let runs = if pods.fewest == 1 {
        "1 pod".to_owned()
    } else {
        format!("{} pods", pods.fewest)
    };
    cx.report(
        counted,
        place,
        format!("{counted} serves with {runs}; {wanted} are asked for"),
    )
    .file();
}
