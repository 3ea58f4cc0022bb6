use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "host-pid",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod sees and may signal every process of its node",
    help: "remove `hostPID`",
    standards: &[Standard::PssBaseline, Standard::Cis("5.2.3"), Standard::Nsa],
    docs: include_str!("host_pid.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    if let Some(set) = workload
        .pod("hostPID")
        .filter(|node: &Node<'_>| node.bool() == Some(true))
    {
        cx.report_in(workload, set, "the pod sees every process of its node")
            .file();
    }
}
