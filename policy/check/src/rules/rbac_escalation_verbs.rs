use crate::rbac::{Grant, ROLES, Risk, grants, report_grant};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-escalation-verbs",
    item: Item::Rbac,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets its holders take rights that they were not given",
    help: "drop `escalate`; give `bind` and `impersonate` for roles and users by `resourceNames` only",
    standards: &[Standard::Cis("5.1.8")],
    docs: include_str!("rbac_escalation_verbs.md"),
    check: Check::Resource(ROLES, check),
};

const RBAC: &str = "rbac.authorization.k8s.io";
static ESCALATE: Risk = Risk {
    targets: &[(RBAC, "roles"), (RBAC, "clusterroles")],
    verbs: &["escalate"],
    even_by_name: true,
};
static BIND: Risk = Risk {
    targets: ESCALATE.targets,
    verbs: &["bind"],
    even_by_name: true,
};
static IMPERSONATE: Risk = Risk {
    targets: &[
        ("", "users"),
        ("", "groups"),
        ("", "serviceaccounts"),
        ("authentication.k8s.io", "uids"),
    ],
    verbs: &["impersonate"],
    even_by_name: true,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    let mut told = Vec::new();
    for risk in [&ESCALATE, &BIND, &IMPERSONATE] {
        for grant in grants(role, risk) {
            let harmless = risk.verbs != ESCALATE.verbs && is_narrow(&grant);
            if !harmless && !told.contains(&grant.rule.0.id()) {
                told.push(grant.rule.0.id());
                report_grant(cx, role, &grant).file();
            }
        }
    }
}

/// Limited by name, and to nobody and no role that holds the cluster.
fn is_narrow(grant: &Grant<'_>) -> bool {
    let strong =
        |name: &str| name.starts_with("system:") || matches!(name, "cluster-admin" | "admin");
    grant.rule.is_limited_to_names() && !grant.rule.names().any(strong)
}
