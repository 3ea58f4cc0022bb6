use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "workload-not-scraped",
    item: Item::Metrics,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "nothing collects the metrics of a workload that others connect to",
    help: "add a ServiceMonitor or a PodMonitor that selects it, or the annotation `prometheus.io/scrape: \"true\"`",
    standards: &[],
    docs: include_str!("workload_not_scraped.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    if !workload.is_service_like()
        || workload.is_test_hook()
        || cx.inventory.monitoring().is_scraped(workload)
    {
        return;
    }
    let owner = cx.inventory.owner(workload);
    let Some(service) = cx.inventory.services_of(workload).next() else {
        return;
    };
    let place = owner.field("metadata.name").unwrap_or(workload.object);
    let message = format!("{owner} serves {service}, but nothing collects its metrics");
    cx.report(owner, place, message)
        .related_object(service, "the Service that selects it")
        .file();
}
