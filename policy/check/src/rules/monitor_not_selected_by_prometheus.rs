use crate::monitoring::{Chosen, Verdict, choosers, chosen};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Selector, Severity};

pub(super) static RULE: Rule = Rule {
    id: "monitor-not-selected-by-prometheus",
    item: Item::Metrics,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "no Prometheus of the repository reads a monitor or a rule, or no Alertmanager its routes",
    help: "give the object the labels that the selector asks for, or its namespace those of the namespace selector",
    standards: &[],
    docs: include_str!("monitor_not_selected_by_prometheus.md"),
    check: Check::Resource(
        &[
            Kind::ServiceMonitor,
            Kind::PodMonitor,
            Kind::Probe,
            Kind::ScrapeConfig,
            Kind::PrometheusRule,
            Kind::AlertmanagerConfig,
        ],
        check,
    ),
};

fn check<'s>(cx: &Context<'_, 's>, monitor: &Resource<'s>) {
    let elsewhere = cx.inventory.monitoring().chart_may_bring_prometheus();
    if elsewhere || chosen(cx.inventory, monitor) != Chosen::ByNone {
        return;
    }
    let choosers = choosers(cx.inventory, monitor);
    // The nearest miss says most: right labels in a wrong namespace before wrong labels.
    let judged = choosers
        .iter()
        .map(|chooser| (chooser.judge(cx.inventory, monitor), chooser));
    let Some((verdict, chooser)) = judged.min_by_key(|(verdict, _)| *verdict != Verdict::Namespace)
    else {
        return;
    };
    let owner = chooser.owner;
    let asked = if verdict == Verdict::Namespace {
        chooser.namespaces
    } else {
        chooser.objects
    };
    let asks = asked.map(Selector::read);
    let message = match (verdict, asks) {
        (Verdict::Namespace, Some(asks)) => format!(
            "{owner} does not read {monitor}: it looks in namespaces with {asks}, and `{}` has other labels",
            monitor.namespace()
        ),
        (Verdict::Namespace, None) => format!(
            "{owner} does not read {monitor}: it looks in its own namespace `{}` only",
            owner.namespace()
        ),
        (_, Some(asks)) => format!("{owner} does not read {monitor}: it asks for {asks}"),
        (_, None) => format!(
            "{owner} does not read {monitor}: it has no selector for {}s",
            monitor.kind_name
        ),
    };
    let labels = monitor
        .metadata()
        .and_then(|metadata| metadata.entry("labels"));
    let place = match (verdict, labels) {
        (Verdict::Namespace, _) => monitor.field("metadata.namespace").map_or_else(
            || Place::missing(monitor.node, "metadata.namespace"),
            Place::value,
        ),
        (_, Some(labels)) => Place::key(labels),
        (_, None) => Place::missing(monitor.node, "metadata.labels"),
    };
    let draft = cx.report(monitor, place, message);
    match asked {
        Some(selector) => draft
            .related(selector, format!("the selector of {owner}"))
            .file(),
        None => draft.related_object(owner, "has no such selector").file(),
    }
}
