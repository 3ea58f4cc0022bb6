use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Needs, Place, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "security-context-missing",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container has no security context",
    help: "add a `securityContext` to the container: what it may do can for the most part not be said for the whole pod",
    standards: &[Standard::Cis("5.7.3")],
    docs: include_str!("security_context_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let context = container.node.get("securityContext");
    if context.is_none_or(Node::is_empty) {
        cx.report_in(
            workload,
            Place::missing(container.node, "securityContext"),
            format!("{container} has no security context"),
        )
        .file();
    }
}
