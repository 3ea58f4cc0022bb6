use crate::probe::Probe;
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "probe-liveness-equals-readiness",
    item: Item::Probes,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "liveness and readiness ask the same question, equally patiently",
    help: "ask the process itself for liveness, or let liveness fail later: raise its `failureThreshold`",
    standards: &[],
    docs: include_str!("probe_liveness_equals_readiness.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let (Some(liveness), Some(readiness)) = (
        Probe::of(container, "livenessProbe"),
        Probe::of(container, "readinessProbe"),
    ) else {
        return;
    };
    let Some(question) = liveness.question(container) else {
        return;
    };
    if Some(question) == readiness.question(container)
        && liveness.patience() <= readiness.patience()
    {
        let message = format!(
            "{container} is restarted as soon as it is not ready: both probes ask the same"
        );
        cx.report_in(workload, liveness.node, message)
            .related(readiness.node, "the readiness probe")
            .file();
    }
}
