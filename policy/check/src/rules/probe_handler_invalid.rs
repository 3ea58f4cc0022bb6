use crate::probe::Probe;
use crate::{Check, Container, Context, Item, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "probe-handler-invalid",
    item: Item::Probes,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a probe that the API server refuses",
    help: "write exactly one of `httpGet`, `tcpSocket`, `grpc` and `exec`, and numbers that are not negative",
    standards: &[],
    docs: include_str!("probe_handler_invalid.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    for probe in Probe::all(container) {
        let report = |place: Place<'s>, fault: &str| {
            cx.report_in(
                workload,
                place,
                format!("the {} probe of {container} {fault}", probe.word()),
            )
        };
        let missing = Place::missing(container.node, probe.kind);
        if !container.is_long_running() {
            report(missing, "is not allowed: it does not run beside the others")
                .help("remove the probe")
                .file();
            continue;
        }
        match probe.handlers().count() {
            0 => report(missing, "asks nothing: it has no handler").file(),
            1 => {}
            _ => report(missing, "has more than one handler").file(),
        }
        for (place, fault) in probe.faults() {
            report(place.into(), &fault).file();
        }
    }
}
