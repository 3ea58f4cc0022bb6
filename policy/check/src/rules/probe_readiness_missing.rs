use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Kind, Needs, Place, Role, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "probe-readiness-missing",
    item: Item::Probes,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container that serves has no readiness probe",
    help: "add a `readinessProbe` that succeeds only when the container can do its work",
    standards: &[],
    docs: include_str!("probe_readiness_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let serves =
        container.role == Role::Main && !workload.runs_to_completion() && !workload.is_test_hook();
    // Knative puts one on port and container by itself.
    if serves
        && workload.kind != Kind::KnativeService
        && container
            .node
            .get("readinessProbe")
            .is_none_or(Node::is_null)
    {
        cx.report_in(
            workload,
            Place::missing(container.node, "readinessProbe"),
            format!("{container} has no readiness probe"),
        )
        .file();
    }
}
