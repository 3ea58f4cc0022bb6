use crate::rbac::{ROLES, Risk, report_grants};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-node-proxy",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role reaches the kubelet's API, which runs commands in any pod of a node",
    help: "grant `nodes/metrics`, `nodes/stats` or `nodes/log` instead, whichever is read",
    standards: &[Standard::Cis("5.1.10")],
    docs: include_str!("rbac_node_proxy.md"),
    check: Check::Resource(ROLES, check),
};

static PROXY: Risk = Risk {
    targets: &[("", "nodes/proxy")],
    verbs: &["get", "create"],
    even_by_name: true,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    report_grants(cx, role, &PROXY);
}
