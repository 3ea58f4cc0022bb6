use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, rollout};

pub(super) static RULE: Rule = Rule {
    id: "rollout-stall-config",
    item: Item::Reliability,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a rollout that cannot go on, is refused, or takes every pod away",
    help: "let one pod more or one pod less run during an update: `maxSurge: 1`, `maxUnavailable: 0`",
    standards: &[],
    docs: include_str!("rollout_stall_config.md"),
    check: Check::Resource(
        &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet],
        check,
    ),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let Some(spec) = resource.spec() else { return };
    let pods = cx
        .inventory
        .workload_of(resource)
        .and_then(|workload| cx.inventory.scaling().pods(cx.inventory, workload));
    let faults = [
        rollout::room(resource.kind, spec),
        rollout::outage(resource.kind, spec, pods.map(|pods| pods.fewest)),
        rollout::deadline(spec),
        rollout::paused(spec),
        rollout::partition(spec, pods.map(|pods| pods.most)),
    ];
    for (node, message) in faults.into_iter().flatten() {
        cx.report(resource, node, format!("{resource} {message}"))
            .file();
    }
}
