use crate::demand::{self, Side};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "memory-limit-missing",
    item: Item::Resources,
    severity: Severity::Error,
    default: true,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "a container may use all the memory of its node",
    help: "write `resources.limits.memory`: its peak under load, with some room above",
    standards: &[],
    docs: include_str!("memory_limit_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let unset = demand::unset(
        cx.inventory,
        workload,
        container,
        Side::Limits,
        "resources.limits.memory",
    );
    if let Some(place) = unset {
        cx.report_in(
            workload,
            place,
            format!("{container} has no memory limit: it may use all the memory of its node"),
        )
        .file();
    }
}
