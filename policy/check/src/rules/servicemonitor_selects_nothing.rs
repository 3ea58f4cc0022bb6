use plimsoll_yaml::Node;

use crate::monitoring::reach;
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Selector, Severity};

pub(super) static RULE: Rule = Rule {
    id: "servicemonitor-selects-nothing",
    item: Item::Metrics,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a ServiceMonitor selects no Service of the repository",
    help: "make `spec.selector` equal to labels of the Service itself, and name its namespace in `spec.namespaceSelector` if it is another",
    standards: &[],
    docs: include_str!("servicemonitor_selects_nothing.md"),
    check: Check::Resource(&[Kind::ServiceMonitor], check),
};

fn check<'s>(cx: &Context<'_, 's>, monitor: &Resource<'s>) {
    let index = cx.inventory.monitoring();
    let found = index.services(cx.inventory, monitor).next().is_some();
    let Some(spec) = monitor
        .spec()
        .filter(|_| !found && !index.may_be_elsewhere(cx.config, monitor))
    else {
        return;
    };
    let selector = spec.entry("selector");
    let place = selector.map_or_else(|| Place::missing(spec, "selector"), Place::key);
    let asked = selector
        .map(|entry| Selector::read(entry.value))
        .filter(|selector| !selector.is_empty());
    let reach = reach(monitor);
    let message = match asked {
        Some(asked) => format!("{monitor} selects no Service: none in {reach} has {asked}"),
        None => format!("{monitor} selects no Service: there is none in {reach}"),
    };
    let draft = cx.report(monitor, place, message);
    match elsewhere(cx, spec) {
        Some(service) => draft
            .related_object(
                service,
                format!(
                    "this Service has the labels, in namespace `{}`",
                    service.namespace()
                ),
            )
            .file(),
        None => draft.file(),
    }
}

/// A Service that the selector matches in another namespace: the usual slip, since the default is the monitor's own.
fn elsewhere<'a, 's>(cx: &Context<'a, 's>, spec: Node<'s>) -> Option<&'a Resource<'s>> {
    let selector = Selector::read(spec.get("selector")?);
    cx.inventory
        .monitoring()
        .first_service_anywhere(cx.inventory, &selector)
}
