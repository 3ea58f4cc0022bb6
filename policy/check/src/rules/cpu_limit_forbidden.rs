use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "cpu-limit-forbidden",
    item: Item::Resources,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container has a CPU limit, where the policy is to have none",
    help: "remove `resources.limits.cpu` and keep the request",
    standards: &[],
    docs: include_str!("cpu_limit_forbidden.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let limits = container
        .node
        .get("resources")
        .and_then(|resources| resources.get("limits"));
    if let Some(limit) = limits
        .and_then(|limits| limits.entry("cpu"))
        .filter(|limit| !limit.value.is_null())
    {
        let amount = limit.value.text().unwrap_or_default();
        cx.report_in(
            workload,
            limit.value,
            format!("{container} is throttled at {amount} CPU even when its node is idle"),
        )
        .file();
    }
}
