use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Needs, Place, Role, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "probe-liveness-missing",
    item: Item::Probes,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container that serves has no liveness probe",
    help: "add a `livenessProbe` that asks the process itself, and nothing it depends on",
    standards: &[],
    docs: include_str!("probe_liveness_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let serves =
        container.role == Role::Main && !workload.runs_to_completion() && !workload.is_test_hook();
    if serves
        && container
            .node
            .get("livenessProbe")
            .is_none_or(Node::is_null)
    {
        cx.report_in(
            workload,
            Place::missing(container.node, "livenessProbe"),
            format!("{container} has no liveness probe"),
        )
        .file();
    }
}
