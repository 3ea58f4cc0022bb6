use plimsoll_yaml::Node;

use crate::pod_security::{inherited_faults, relaxes_for_user_namespace, root};
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "run-as-root",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container runs as root, or may if its image says so",
    help: "set `runAsNonRoot: true` in the pod's `securityContext`, and `runAsUser` where the image names its user",
    standards: &[
        Standard::PssRestricted,
        Standard::Cis("5.2.7"),
        Standard::Nsa,
    ],
    docs: include_str!("run_as_root.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    if relaxes_for_user_namespace(cx.config, workload) {
        return;
    }
    for fault in inherited_faults(workload, None, |container| root(workload, container)) {
        let message = match fault.written {
            Some(node) if node.int() == Some(0) => {
                format!("{fault} runs as root: `runAsUser` is 0")
            }
            Some(_) => format!("{fault} may run as root: `runAsNonRoot` is not true"),
            None => format!("{fault} may run as root: nothing says `runAsNonRoot: true`"),
        };
        let draft = cx.report_in(
            workload,
            fault.place(workload, "securityContext.runAsNonRoot"),
            message,
        );
        let denied = fault
            .container
            .and_then(|container| workload.effective_security(&container, "runAsNonRoot"));
        match denied.filter(|node| {
            node.bool() == Some(true) && fault.written.and_then(Node::int) == Some(0)
        }) {
            Some(node) => draft
                .related(node, "the kubelet refuses to start it, because of this")
                .file(),
            None => draft.file(),
        }
    }
}
