use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "psp-permissive",
    item: Item::Security,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a PodSecurityPolicy allows what it was there to forbid",
    help: "replace it: Kubernetes 1.25 removed the kind, and namespaces carry `pod-security.kubernetes.io/enforce` instead",
    standards: &[],
    docs: include_str!("psp_permissive.md"),
    check: Check::Resource(&[Kind::PodSecurityPolicy], check),
};

/// Fields that open a door by being true.
const DOORS: [&str; 4] = ["privileged", "hostPID", "hostIPC", "hostNetwork"];

fn check<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>) {
    let Some(spec) = policy.spec() else { return };
    for (field, door) in DOORS
        .iter()
        .filter_map(|field| Some((field, spec.get(field)?)))
    {
        if door.bool() == Some(true) {
            cx.report(policy, door, format!("{policy} allows `{field}`"))
                .file();
        }
    }
    let escalation = spec.get("allowPrivilegeEscalation");
    if escalation.and_then(Node::bool) != Some(false) {
        let place = escalation.map_or_else(
            || Place::missing(spec, "allowPrivilegeEscalation"),
            Place::value,
        );
        cx.report(
            policy,
            place,
            format!("{policy} allows privilege escalation"),
        )
        .file();
    }
    if let Some(rule) = spec
        .at(&["runAsUser", "rule"])
        .filter(|rule| rule.text() == Some("RunAsAny"))
    {
        cx.report(policy, rule, format!("{policy} allows root"))
            .file();
    }
    for field in ["allowedCapabilities", "volumes"] {
        let any = spec
            .get(field)
            .into_iter()
            .flat_map(Node::items)
            .find(|item| item.text() == Some("*"));
        if let Some(any) = any {
            cx.report(
                policy,
                any,
                format!("{policy} allows everything in `{field}`"),
            )
            .file();
        }
    }
}
