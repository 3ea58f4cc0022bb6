use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "host-ipc",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod shares the node's memory segments and message queues",
    help: "remove `hostIPC`",
    standards: &[Standard::PssBaseline, Standard::Cis("5.2.4"), Standard::Nsa],
    docs: include_str!("host_ipc.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    if let Some(set) = workload
        .pod("hostIPC")
        .filter(|node: &Node<'_>| node.bool() == Some(true))
    {
        cx.report_in(
            workload,
            set,
            "the pod shares the inter-process communication of its node",
        )
        .file();
    }
}
