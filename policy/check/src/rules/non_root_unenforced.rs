use plimsoll_yaml::Node;

use crate::pod_security::{inherited_faults, relaxes_for_user_namespace, root};
use crate::{Check, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "non-root-unenforced",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container does not run as root, but nothing forbids it to",
    help: "set `runAsNonRoot: true` in the pod's `securityContext`",
    standards: &[Standard::PssRestricted],
    docs: include_str!("non_root_unenforced.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let roots = workload
        .containers
        .iter()
        .filter(|container| root(workload, container).is_err())
        .count();
    if relaxes_for_user_namespace(cx.config, workload) {
        return;
    }
    let enforced = |node: Option<Node<'s>>| match node {
        Some(node) if node.bool() == Some(true) => Ok(()),
        other => Err(other),
    };
    let pod = workload
        .pod_security("runAsNonRoot")
        .filter(|node| node.bool() != Some(true));
    let pod = pod.or_else(|| {
        workload
            .pod_security("runAsUser")
            .filter(|node| node.int() == Some(0))
    });
    let faults = inherited_faults(
        workload,
        pod.filter(|_| roots == 0),
        |container| match root(workload, container) {
            Err(_) => Ok(()), // `run-as-root` says so.
            Ok(()) => enforced(workload.effective_security(container, "runAsNonRoot")),
        },
    );
    for fault in faults {
        let message = match fault.written {
            Some(node) if node.int() == Some(0) => {
                format!("{fault} sets `runAsUser: 0`, though every container overrides it")
            }
            Some(_) => format!("{fault} sets `runAsNonRoot` to something other than true"),
            None => format!("{fault} does not run as root, but `runAsNonRoot: true` is missing"),
        };
        cx.report_in(
            workload,
            fault.place(workload, "securityContext.runAsNonRoot"),
            message,
        )
        .file();
    }
}
