use plimsoll_yaml::Node;

use crate::pod_security::{capabilities, drops, is_privileged};
use crate::{Check, Container, Context, Item, Needs, Place, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "net-raw-not-dropped",
    item: Item::Security,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container may forge network packets",
    help: "drop `ALL` capabilities, or at least `NET_RAW`, in the container's `securityContext`",
    standards: &[Standard::Cis("5.2.8")],
    docs: include_str!("net_raw_not_dropped.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    if workload.is_windows() || is_privileged(container) {
        return;
    }
    let added = capabilities(container, "add")
        .find(|node| matches!(node.text(), Some("NET_RAW" | "CAP_NET_RAW")));
    if let Some(added) = added {
        cx.report_in(workload, added, format!("{container} adds NET_RAW"))
            .file();
    } else if !drops(container, "NET_RAW") {
        let written = container
            .security("capabilities")
            .and_then(|capabilities: Node<'_>| capabilities.entry("drop"));
        let place = written.map_or_else(
            || Place::missing(container.node, "securityContext.capabilities.drop"),
            Place::key,
        );
        cx.report_in(workload, place, format!("{container} keeps NET_RAW"))
            .file();
    }
}
