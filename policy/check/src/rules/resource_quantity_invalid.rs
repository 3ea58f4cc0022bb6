use plimsoll_yaml::Entry;

use crate::demand;
use crate::naming::{has_placeholder, shortened};
use crate::{Check, Context, Item, Needs, Quantity, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "resource-quantity-invalid",
    item: Item::Resources,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a quantity that the API server refuses",
    help: "write a number with an optional suffix: `m`, `k`, `M`, `G`, `T` or `Ki`, `Mi`, `Gi`, `Ti`",
    standards: &[],
    docs: include_str!("resource_quantity_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for map in demand::quantity_maps(resource) {
        map.entries().for_each(|entry| judge(cx, resource, entry));
    }
    let Some(workload) = cx.inventory.workload_of(resource) else {
        return;
    };
    let containers = workload.containers.iter().map(|container| container.node);
    for resources in containers
        .chain([workload.spec])
        .filter_map(|node| node.get("resources"))
    {
        for side in ["requests", "limits"]
            .iter()
            .filter_map(|side| resources.get(side))
        {
            side.entries().for_each(|entry| judge(cx, resource, entry));
        }
    }
    for volume in workload
        .volumes()
        .filter_map(|volume| volume.get("emptyDir")?.entry("sizeLimit"))
    {
        judge(cx, resource, volume);
    }
}

fn judge<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>, entry: Entry<'s>) {
    let (name, written) = (
        entry.name(),
        shortened(entry.value.text().unwrap_or_default()),
    );
    if has_placeholder(&written) {
        return;
    }
    // Devices and the like come whole: a name with a domain of its own, or a page of a fixed size.
    let whole = name.contains('/')
        && !name
            .split('/')
            .next()
            .is_some_and(|domain| domain.ends_with("kubernetes.io"));
    let fault = match demand::amount(entry.value) {
        None if written.is_empty() => {
            format!("{name} is {}, not a quantity", entry.value.kind().name())
        }
        None => format!("`{written}` is no quantity, for {name}"),
        Some(amount) if amount < Quantity::from_units(0) => {
            format!("{name} may not be negative: {written}")
        }
        Some(amount) if whole && amount.milli() % 1000 != 0 => {
            format!("{name} comes whole, and {written} is no whole number")
        }
        Some(_) => return,
    };
    cx.report(resource, entry.value, fault).file();
}
