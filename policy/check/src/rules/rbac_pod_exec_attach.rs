use crate::rbac::{ROLES, Risk, grants, report_grant, report_grants};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "rbac-pod-exec-attach",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets open a shell in running containers",
    help: "drop the subresource; give people a role for emergencies that is bound for an hour",
    standards: &[],
    docs: include_str!("rbac_pod_exec_attach.md"),
    check: Check::Resource(ROLES, check),
};

// A WebSocket client asks with `get`, an older one with `create`.
static ENTER: Risk = Risk {
    targets: &[("", "pods/exec"), ("", "pods/attach")],
    verbs: &["create", "get"],
    even_by_name: false,
};
static DEBUG: Risk = Risk {
    targets: &[("", "pods/ephemeralcontainers")],
    verbs: &["update", "patch"],
    even_by_name: false,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    report_grants(cx, role, &ENTER);
    // A rule that lists all three is one fault.
    let entered: Vec<_> = grants(role, &ENTER)
        .map(|grant| grant.rule.0.id())
        .collect();
    for grant in grants(role, &DEBUG).filter(|grant| !entered.contains(&grant.rule.0.id())) {
        report_grant(cx, role, &grant).file();
    }
}
