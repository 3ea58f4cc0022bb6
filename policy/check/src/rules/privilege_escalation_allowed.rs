use plimsoll_yaml::Node;

use crate::pod_security::is_privileged;
use crate::{Check, Container, Context, Item, Needs, Place, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "privilege-escalation-allowed",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container's processes may gain rights that their parent does not have",
    help: "set `allowPrivilegeEscalation: false` in the container's `securityContext`",
    standards: &[
        Standard::PssRestricted,
        Standard::Cis("5.2.6"),
        Standard::Nsa,
    ],
    docs: include_str!("privilege_escalation_allowed.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let setting = container.security("allowPrivilegeEscalation");
    // A privileged container always may: the API server refuses `false` beside `privileged: true`.
    if workload.is_windows()
        || is_privileged(container)
        || setting.and_then(Node::bool) == Some(false)
    {
        return;
    }
    let missing = || Place::missing(container.node, "securityContext.allowPrivilegeEscalation");
    let why = if setting.is_some() {
        "is not false"
    } else {
        "is not set to false"
    };
    let message = format!("{container} may gain privileges: `allowPrivilegeEscalation` {why}");
    cx.report_in(
        workload,
        setting.map_or_else(missing, Place::value),
        message,
    )
    .file();
}
