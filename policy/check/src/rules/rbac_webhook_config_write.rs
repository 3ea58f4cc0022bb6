use crate::rbac::{ROLES, Risk, WRITE, report_grants};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "rbac-webhook-config-write",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets change what is asked about every object before it is stored",
    help: "name the configurations that it owns under `resourceNames`, with `update` and `patch` alone",
    standards: &[Standard::Cis("5.1.12")],
    docs: include_str!("rbac_webhook_config_write.md"),
    check: Check::Resource(ROLES, check),
};

static HOOKS: Risk = Risk {
    targets: &[
        (
            "admissionregistration.k8s.io",
            "mutatingwebhookconfigurations",
        ),
        (
            "admissionregistration.k8s.io",
            "validatingwebhookconfigurations",
        ),
        ("admissionregistration.k8s.io", "mutatingadmissionpolicies"),
        (
            "admissionregistration.k8s.io",
            "validatingadmissionpolicies",
        ),
    ],
    verbs: WRITE,
    even_by_name: false,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    report_grants(cx, role, &HOOKS);
}
