use crate::rbac::{ROLES, Risk, report_grants};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-token-or-pv-create",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets issue tokens of any account, or mount any path of a node as a volume",
    help: "name the accounts under `resourceNames`; let a storage class make volumes from claims",
    standards: &[Standard::Cis("5.1.9"), Standard::Cis("5.1.13")],
    docs: include_str!("rbac_token_or_pv_create.md"),
    check: Check::Resource(ROLES, check),
};

static TOKENS: Risk = Risk {
    targets: &[("", "serviceaccounts/token")],
    verbs: &["create"],
    even_by_name: false,
};
static VOLUMES: Risk = Risk {
    targets: &[("", "persistentvolumes")],
    verbs: &["create"],
    even_by_name: false,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    report_grants(cx, role, &TOKENS);
    report_grants(cx, role, &VOLUMES);
}
