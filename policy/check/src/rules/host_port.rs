use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "host-port",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container takes a port of its node",
    help: "remove `hostPort`; reach the pod through a Service",
    standards: &[
        Standard::PssBaseline,
        Standard::Cis("5.2.13"),
        Standard::Nsa,
    ],
    docs: include_str!("host_port.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    // In the node's network every port is one of the node's: that is `host-network`.
    if workload.pod("hostNetwork").and_then(Node::bool) == Some(true) {
        return;
    }
    for port in container.ports() {
        let Some(set) = port
            .get("hostPort")
            .filter(|node| !node.is_null() && node.int() != Some(0))
        else {
            continue;
        };
        cx.report_in(
            workload,
            set,
            format!(
                "{container} takes port {} of its node",
                set.text().unwrap_or("?")
            ),
        )
        .file();
    }
}
