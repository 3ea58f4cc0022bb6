use plimsoll_yaml::Node;

use crate::demand::{self, Side};
use crate::{Check, Context, Item, Needs, Place, Quantity, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "emptydir-unbounded",
    item: Item::Resources,
    severity: Severity::Info,
    default: true,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "an emptyDir volume may fill the disk or the memory of its node",
    help: "write `emptyDir.sizeLimit`, or limits of ephemeral storage (for `medium: Memory`, of memory)",
    standards: &[],
    docs: include_str!("emptydir_unbounded.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for volume in workload.volumes() {
        let Some(entry) = volume
            .entry("emptyDir")
            .filter(|entry| entry.value.is_mapping())
        else {
            continue;
        };
        let sized = entry
            .value
            .get("sizeLimit")
            .is_some_and(|size| demand::amount(size).is_none_or(Quantity::is_positive));
        let (resource, what) = match entry
            .value
            .get("medium")
            .and_then(Node::text)
            .unwrap_or_default()
        {
            "" => ("ephemeral-storage", "disk"),
            "Memory" => ("memory", "memory"),
            // Huge pages have to be limited anyway.
            _ => continue,
        };
        if !sized && !bounded(cx, workload, resource) {
            let name = volume.get("name").and_then(Node::text).unwrap_or_default();
            let place = if entry.value.is_empty() {
                Place::key(entry)
            } else {
                Place::missing(entry.value, "sizeLimit")
            };
            cx.report_in(
                workload,
                place,
                format!("volume `{name}` may fill its node's {what}"),
            )
            .file();
        }
    }
}

/// Every container that runs beside the volume has a limit that what it writes counts against.
fn bounded<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, resource: &str) -> bool {
    let limited = |limit: Option<Node<'s>>| {
        limit
            .and_then(demand::amount)
            .is_some_and(Quantity::is_positive)
    };
    limited(demand::of_pod(workload, Side::Limits, resource))
        || workload.long_running().all(|container| {
            limited(demand::effective(
                cx.inventory,
                workload,
                container,
                Side::Limits,
                resource,
            ))
        })
}
