use plimsoll_yaml::Node;

use crate::pod_security::{has_user_namespace, inherited_faults};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "uid-gid-low",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container's user or group id may also be somebody's on the node",
    help: "set `runAsUser` and `runAsGroup` to an id that no node uses, such as 10001, or `hostUsers: false`",
    standards: &[],
    docs: include_str!("uid_gid_low.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    if workload.is_windows() || has_user_namespace(workload) {
        return;
    }
    let least = cx.facts().min_uid;
    for (field, path) in [
        ("runAsUser", "securityContext.runAsUser"),
        ("runAsGroup", "securityContext.runAsGroup"),
    ] {
        let judge = |container: &Container<'s>| match workload.effective_security(container, field)
        {
            Some(set) if set.int().is_some_and(|id| id >= least) => Ok(()),
            other => Err(other),
        };
        for fault in inherited_faults(workload, None, judge) {
            let message = match fault.written.and_then(Node::int) {
                Some(id) => format!("{fault} has `{field}` {id}, below {least}"),
                None => format!("{fault} does not set `{field}` to {least} or more"),
            };
            cx.report_in(workload, fault.place(workload, path), message)
                .file();
        }
    }
}
