use crate::demand::{self, Side};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "ephemeral-storage-unset",
    item: Item::Resources,
    severity: Severity::Info,
    default: false,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "a container may fill the disk of its node",
    help: "write `resources.limits.ephemeral-storage`, and a request where it needs room to start",
    standards: &[],
    docs: include_str!("ephemeral_storage_unset.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let unset = demand::unset(
        cx.inventory,
        workload,
        container,
        Side::Limits,
        "resources.limits.ephemeral-storage",
    );
    if let Some(place) = unset {
        cx.report_in(
            workload,
            place,
            format!("{container} has no ephemeral-storage limit: it may fill its node's disk"),
        )
        .file();
    }
}
