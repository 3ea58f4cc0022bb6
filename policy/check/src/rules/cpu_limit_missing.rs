use crate::demand::{self, Side};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "cpu-limit-missing",
    item: Item::Resources,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "a container may use every CPU of its node",
    help: "write `resources.limits.cpu`, or turn on `cpu-limit-forbidden` instead if your policy is to have none",
    standards: &[],
    docs: include_str!("cpu_limit_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let unset = demand::unset(
        cx.inventory,
        workload,
        container,
        Side::Limits,
        "resources.limits.cpu",
    );
    if let Some(place) = unset {
        cx.report_in(
            workload,
            place,
            format!("{container} has no CPU limit: it may use every CPU of its node"),
        )
        .file();
    }
}
