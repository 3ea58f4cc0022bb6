use plimsoll_yaml::Node;

use crate::pod_security::written;
use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "gid-root",
    item: Item::Security,
    severity: Severity::Info,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container is put into the root group",
    help: "use a group id of the image's own",
    standards: &[],
    docs: include_str!("gid_root.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let is_root = |node: &Node<'s>| node.int() == Some(0);
    for setting in written(workload, "runAsGroup") {
        if let Some(group) = setting.written.filter(is_root) {
            cx.report_in(
                workload,
                group,
                format!("{setting} runs in the root group: `runAsGroup` is 0"),
            )
            .file();
        }
    }
    if let Some(group) = workload.pod_security("fsGroup").filter(is_root) {
        cx.report_in(
            workload,
            group,
            "the pod's volumes belong to the root group: `fsGroup` is 0",
        )
        .file();
    }
    let groups = workload.pod_security("supplementalGroups");
    for group in groups.into_iter().flat_map(Node::items).filter(is_root) {
        cx.report_in(
            workload,
            group,
            "the pod is in the root group: `supplementalGroups` has 0",
        )
        .file();
    }
}
