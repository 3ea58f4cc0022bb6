use crate::rbac::{PolicyRule, ROLES, Risk, grants, policy_rules, report_grant};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-csr-approve",
    item: Item::Rbac,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets approve certificates by which anybody is an administrator",
    help: "name a signer of its own under `resourceNames` of the rule for `signers`",
    standards: &[Standard::Cis("5.1.11")],
    docs: include_str!("rbac_csr_approve.md"),
    check: Check::Resource(ROLES, check),
};

static APPROVE: Risk = Risk {
    targets: &[("certificates.k8s.io", "certificatesigningrequests/approval")],
    verbs: &["update", "patch"],
    even_by_name: false,
};
static SIGNERS: Risk = Risk {
    targets: &[("certificates.k8s.io", "signers")],
    verbs: &["approve"],
    even_by_name: true,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    let any_signer =
        |rule: PolicyRule<'s>| rule.allows(("certificates.k8s.io", "signers"), &["approve"]);
    let by_name = grants(role, &SIGNERS).any(|grant| signs_clients(grant.rule));
    if by_name || policy_rules(role).any(any_signer) {
        grants(role, &APPROVE).for_each(|grant| report_grant(cx, role, &grant).file());
    }
}

/// The signers whose certificates log in to the API server; the names of a rule may end in `/*`.
fn signs_clients(rule: PolicyRule<'_>) -> bool {
    rule.names().any(|name| {
        name == "kubernetes.io/*" || name.starts_with("kubernetes.io/kube-apiserver-client")
    })
}
