use crate::pod_security::{BASELINE_CAPABILITIES, capabilities};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "capabilities-added",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container adds a capability other than NET_BIND_SERVICE",
    help: "make the image run without it; the restricted profile allows `NET_BIND_SERVICE` alone",
    standards: &[Standard::PssRestricted, Standard::Cis("5.2.10")],
    docs: include_str!("capabilities_added.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    if workload.is_windows() {
        return;
    }
    // What is not in the baseline list either is `capabilities-dangerous-added`.
    let tolerated =
        |name: &str| name != "NET_BIND_SERVICE" && BASELINE_CAPABILITIES.contains(&name);
    for added in capabilities(container, "add").filter(|node| node.text().is_some_and(tolerated)) {
        let name = added.text().unwrap_or_default();
        cx.report_in(
            workload,
            added,
            format!("{container} adds the capability {name}"),
        )
        .file();
    }
}
