use crate::demand::{self, Side};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "limit-request-ratio-high",
    item: Item::Resources,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container may use many times the memory that it asks for",
    help: "raise the memory request to what it uses, or lower the limit; `maxLimitRequestRatio` is the bound",
    standards: &[],
    docs: include_str!("limit_request_ratio_high.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let (Some(request), Some(limit)) = (
        demand::own(container, Side::Requests, "memory"),
        demand::own(container, Side::Limits, "memory"),
    ) else {
        return;
    };
    let (Some(asked), Some(allowed)) = (demand::amount(request), demand::amount(limit)) else {
        return;
    };
    let most = asked
        .milli()
        .saturating_mul(i128::from(cx.facts().max_limit_request_ratio));
    if asked.is_positive() && allowed.milli() > most {
        let (asks, may) = (
            request.text().unwrap_or_default(),
            limit.text().unwrap_or_default(),
        );
        cx.report_in(
            workload,
            request,
            format!("{container} may use {may} of memory but asks for {asks}"),
        )
        .related(limit, "the limit")
        .file();
    }
}
