use crate::probe::Probe;
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "probe-startup-missing",
    item: Item::Probes,
    severity: Severity::Info,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a slow start is waited for with a delay instead of a startup probe",
    help: "add a `startupProbe` with the same handler, and remove `initialDelaySeconds` from the liveness probe",
    standards: &[],
    docs: include_str!("probe_startup_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let Some(liveness) =
        Probe::of(container, "livenessProbe").filter(|_| container.is_long_running())
    else {
        return;
    };
    let delay = liveness.number("initialDelaySeconds");
    let waits = liveness
        .node
        .get("initialDelaySeconds")
        .filter(|_| delay > cx.facts().startup_probe_delay);
    if let Some(place) = waits.filter(|_| Probe::of(container, "startupProbe").is_none()) {
        let message = format!(
            "{container} is not looked at for {delay} s after its start, and has no startup probe"
        );
        cx.report_in(workload, place, message).file();
    }
}
