use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "scc-privileged",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an OpenShift security context constraint lets pods run privileged containers",
    help: "set `allowPrivilegedContainer: false`; give the few pods that need it the `privileged` constraint by name",
    standards: &[],
    docs: include_str!("scc_privileged.md"),
    check: Check::Resource(&[Kind::SecurityContextConstraints], check),
};

fn check<'s>(cx: &Context<'_, 's>, constraints: &Resource<'s>) {
    let allowed = constraints
        .field("allowPrivilegedContainer")
        .filter(|node: &Node<'_>| node.bool() == Some(true));
    if let Some(allowed) = allowed {
        cx.report(
            constraints,
            allowed,
            format!("{constraints} lets its users run privileged containers"),
        )
        .file();
    }
}
