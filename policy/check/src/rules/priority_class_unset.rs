use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "priority-class-unset",
    item: Item::Reliability,
    severity: Severity::Info,
    default: false,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a workload does not say how important it is",
    help: "set `priorityClassName`, or make one PriorityClass the `globalDefault`",
    standards: &[],
    docs: include_str!("priority_class_unset.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    let is_default =
        |class: &Resource<'_>| class.field("globalDefault").and_then(Node::bool) == Some(true);
    if cx.inventory.of_kind(Kind::PriorityClass).any(is_default) {
        return;
    }
    for workload in cx.inventory.workloads() {
        if workload.pod("priorityClassName").is_none_or(Node::is_empty) && !workload.is_test_hook()
        {
            let owner = cx.inventory.owner(workload);
            let place = Place::missing(workload.spec, "priorityClassName");
            cx.report_in(workload, place, format!("{owner} names no priority class"))
                .file();
        }
    }
}
