use plimsoll_yaml::Node;

use crate::pod_security::{allows_profile, inherited_faults, is_privileged, profile_type};
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "seccomp-missing",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container may make every system call of the kernel",
    help: "set `seccompProfile: {type: RuntimeDefault}` in the pod's `securityContext`",
    standards: &[
        Standard::PssBaseline,
        Standard::PssRestricted,
        Standard::Cis("5.7.2"),
        Standard::Nsa,
    ],
    docs: include_str!("seccomp_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let on_pod = workload
        .pod_security("seccompProfile")
        .filter(|profile| !allows_profile(*profile))
        .map(profile_type);
    let judge = |container: &Container<'s>| match workload
        .effective_security(container, "seccompProfile")
    {
        Some(profile) if allows_profile(profile) => Ok(()),
        Some(profile) => Err(Some(profile_type(profile))),
        // A privileged container has none whatever it says, and Windows knows none.
        None if workload.is_windows() || is_privileged(container) => Ok(()),
        None => Err(None),
    };
    for fault in inherited_faults(workload, on_pod, judge) {
        let message = match fault.written.map(Node::text) {
            // The name of a type where the profile should be is not a type.
            Some(Some("RuntimeDefault" | "Localhost") | None) => {
                format!("{fault} has a seccomp profile without a type")
            }
            Some(Some(name)) => format!("{fault} has the seccomp profile `{name}`"),
            None => format!("{fault} has no seccomp profile"),
        };
        cx.report_in(
            workload,
            fault.place(workload, "securityContext.seccompProfile.type"),
            message,
        )
        .file();
    }
}
