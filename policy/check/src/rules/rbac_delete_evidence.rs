use crate::rbac::{ROLES, Risk, report_grants};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "rbac-delete-evidence",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets delete the traces of what was done: events, and pods with their logs",
    help: "drop `delete` and `deletecollection`: events expire by themselves, and controllers replace their pods",
    standards: &[],
    docs: include_str!("rbac_delete_evidence.md"),
    check: Check::Resource(ROLES, check),
};

static EVIDENCE: Risk = Risk {
    targets: &[
        ("", "events"),
        ("events.k8s.io", "events"),
        ("", "pods"),
        ("", "replicationcontrollers"),
        ("apps", "deployments"),
        ("apps", "daemonsets"),
        ("apps", "statefulsets"),
        ("apps", "replicasets"),
        ("batch", "jobs"),
        ("batch", "cronjobs"),
    ],
    verbs: &["delete", "deletecollection"],
    even_by_name: false,
};

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    report_grants(cx, role, &EVIDENCE);
}
