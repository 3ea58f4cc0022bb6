use crate::rbac::{ROLES, Risk, WRITE, report_grants};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "rbac-network-write",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets redirect traffic or open what network policies close",
    help: "grant `get`, `list` and `watch` alone, or name the objects under `resourceNames`",
    standards: &[],
    docs: include_str!("rbac_network_write.md"),
    check: Check::Resource(ROLES, check),
};

static NETWORK: Risk = Risk {
    targets: &[
        ("", "services"),
        ("", "services/status"),
        ("", "endpoints"),
        ("discovery.k8s.io", "endpointslices"),
        ("networking.k8s.io", "networkpolicies"),
        ("networking.k8s.io", "ingresses"),
    ],
    verbs: WRITE,
    even_by_name: false,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    report_grants(cx, role, &NETWORK);
}
