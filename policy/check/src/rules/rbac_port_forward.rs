use crate::rbac::{ROLES, Risk, report_grants};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "rbac-port-forward",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets open tunnels to any port of pods, past every network policy",
    help: "drop the subresource; let those who need it reach the Service by an ingress with a login",
    standards: &[],
    docs: include_str!("rbac_port_forward.md"),
    check: Check::Resource(ROLES, check),
};

static FORWARD: Risk = Risk {
    targets: &[("", "pods/portforward")],
    verbs: &["create", "get"],
    even_by_name: false,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    report_grants(cx, role, &FORWARD);
}
