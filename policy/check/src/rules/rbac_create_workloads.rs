use crate::rbac::{ROLES, Risk, WORKLOADS, report_grants};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-create-workloads",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets run pods of any kind, and so use what its namespace holds",
    help: "leave deploying to the GitOps engine; where it is needed, grant it by a Role in one namespace",
    standards: &[Standard::Cis("5.1.4")],
    docs: include_str!("rbac_create_workloads.md"),
    check: Check::Resource(ROLES, check),
};

static RUN: Risk = Risk {
    targets: WORKLOADS,
    verbs: &["create", "update", "patch"],
    even_by_name: false,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    report_grants(cx, role, &RUN);
}
