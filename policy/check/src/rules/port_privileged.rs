use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "port-privileged",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container listens on a port that classically only root may open",
    help: "listen on a port above 1023 and let the Service's `targetPort` name it",
    standards: &[],
    docs: include_str!("port_privileged.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    if workload.is_windows() {
        return;
    }
    for port in container
        .ports()
        .filter_map(|port| port.get("containerPort"))
    {
        if let Some(number) = Node::int(port).filter(|number| (1..1024).contains(number)) {
            cx.report_in(
                workload,
                port,
                format!("{container} listens on port {number}"),
            )
            .file();
        }
    }
}
