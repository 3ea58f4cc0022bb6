use crate::demand::{self, Side};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "memory-request-missing",
    item: Item::Resources,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "a container asks for no memory",
    help: "write `resources.requests.memory`: what it needs at its ordinary peak, such as `256Mi`",
    standards: &[],
    docs: include_str!("memory_request_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let unset = demand::unset(
        cx.inventory,
        workload,
        container,
        Side::Requests,
        "resources.requests.memory",
    );
    if let Some(place) = unset {
        cx.report_in(workload, place, format!("{container} asks for no memory"))
            .file();
    }
}
