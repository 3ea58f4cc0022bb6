use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity, has_metrics};

pub(super) static RULE: Rule = Rule {
    id: "hpa-metrics-missing",
    item: Item::Autoscaling,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a HorizontalPodAutoscaler names no metric and scales by one that nobody chose",
    help: "write the metric: `metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]`",
    standards: &[],
    docs: include_str!("hpa_metrics_missing.md"),
    check: Check::Resource(&[Kind::HorizontalPodAutoscaler], check),
};

fn check<'s>(cx: &Context<'_, 's>, hpa: &Resource<'s>) {
    let Some(spec) = hpa.spec().filter(|_| !has_metrics(hpa)) else {
        return;
    };
    let place = spec
        .entry("metrics")
        .map_or_else(|| Place::missing(spec, "metrics"), Place::key);
    cx.report(
        hpa,
        place,
        format!("{hpa} names no metric, so it scales at 80 % of the requested cpu"),
    )
    .file();
}
