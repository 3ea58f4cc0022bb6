use crate::demand::{self, Side};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "cpu-request-missing",
    item: Item::Resources,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "a container asks for no CPU",
    help: "write `resources.requests.cpu`: what it uses on an ordinary day, such as `100m`",
    standards: &[],
    docs: include_str!("cpu_request_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let unset = demand::unset(
        cx.inventory,
        workload,
        container,
        Side::Requests,
        "resources.requests.cpu",
    );
    if let Some(place) = unset {
        cx.report_in(workload, place, format!("{container} asks for no CPU"))
            .file();
    }
}
