use crate::monitoring::{base, reach};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Selector, Severity};

pub(super) static RULE: Rule = Rule {
    id: "podmonitor-selects-nothing",
    item: Item::Metrics,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a PodMonitor selects no pod of the repository, or a Probe no Ingress",
    help: "make the selector equal to labels of the pod template, and name its namespace in `namespaceSelector` if it is another",
    standards: &[],
    docs: include_str!("podmonitor_selects_nothing.md"),
    check: Check::Resource(&[Kind::PodMonitor, Kind::Probe], check),
};

fn check<'s>(cx: &Context<'_, 's>, monitor: &Resource<'s>) {
    let index = cx.inventory.monitoring();
    let Some(base) = base(monitor).filter(|base| base.is_mapping()) else {
        return;
    };
    let (found, what) = match monitor.kind {
        Kind::Probe => (
            index.services(cx.inventory, monitor).next().is_some(),
            "Ingress",
        ),
        _ => (index.pods(cx.inventory, monitor).next().is_some(), "pod"),
    };
    if found || index.may_be_elsewhere(cx.config, monitor) {
        return;
    }
    let selector = base.entry("selector");
    let place = selector.map_or_else(|| Place::missing(base, "selector"), Place::key);
    let asked = selector
        .map(|entry| Selector::read(entry.value))
        .filter(|selector| !selector.is_empty());
    let reach = reach(monitor);
    let message = match asked {
        Some(asked) => format!("{monitor} selects no {what}: none in {reach} has {asked}"),
        None => format!("{monitor} selects no {what}: there is none in {reach}"),
    };
    cx.report(monitor, place, message).file();
}
