use crate::probe::Probe;
use crate::{Check, Container, Context, Item, Needs, Place, Role, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "probe-timing-unsafe",
    item: Item::Probes,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "the times of probes do harm: restarts before traffic stops, answers longer than periods",
    help: "keep `timeoutSeconds` within `periodSeconds`, and let liveness fail later than readiness",
    standards: &[],
    docs: include_str!("probe_timing_unsafe.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    for probe in Probe::all(container) {
        let (timeout, period) = (
            probe.number("timeoutSeconds"),
            probe.number("periodSeconds"),
        );
        if timeout > period {
            let message = format!(
                "the {} probe of {container} may take {timeout} s and is due every {period} s",
                probe.word()
            );
            let place = probe.node.get("timeoutSeconds").unwrap_or(probe.node);
            cx.report_in(workload, place, message).file();
        }
    }
    restarts_first(cx, workload, container);
    if container.role == Role::Sidecar
        && Probe::all(container).next().is_none()
        && container.node.at(&["lifecycle", "postStart"]).is_none()
    {
        let message =
            format!("{container} has no probe: what comes after it starts before it is ready");
        let place = Place::missing(container.node, "startupProbe");
        cx.report_in(workload, place, message)
            .help("add a `startupProbe`: the containers after a sidecar wait for it")
            .file();
    }
}

/// Liveness gives up before readiness does, so that a container is killed while requests still go to it.
fn restarts_first<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let (Some(liveness), Some(readiness)) = (
        Probe::of(container, "livenessProbe"),
        Probe::of(container, "readinessProbe"),
    ) else {
        return;
    };
    let (kills, hides) = (liveness.patience(), readiness.patience());
    // Two probes that ask the same are `probe-liveness-equals-readiness`.
    if kills < hides && liveness.question(container) != readiness.question(container) {
        let message = format!(
            "{container} is restarted after {kills} s of failures, but taken out of service after {hides} s only"
        );
        cx.report_in(workload, liveness.node, message)
            .related(readiness.node, "the readiness probe")
            .file();
    }
}
