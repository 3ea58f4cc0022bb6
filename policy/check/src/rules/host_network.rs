use plimsoll_yaml::Node;

use crate::pod_security::host_processes;
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "host-network",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod stands in the node's own network, past every network policy",
    help: "remove `hostNetwork`; reach the pod through a Service",
    standards: &[Standard::PssBaseline, Standard::Cis("5.2.5"), Standard::Nsa],
    docs: include_str!("host_network.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let set = workload
        .pod("hostNetwork")
        .filter(|node: &Node<'_>| node.bool() == Some(true));
    // A HostProcess pod of Windows has no other network; `windows-host-process` reports it.
    if let Some(set) = set.filter(|_| host_processes(workload).next().is_none()) {
        cx.report_in(workload, set, "the pod uses the network of its node")
            .file();
    }
}
