use crate::{Check, Context, Item, Kind, Place, Resource, Rule, Selector, Severity, network};

pub(super) static RULE: Rule = Rule {
    id: "pdb-selects-nothing",
    item: Item::Reliability,
    severity: Severity::Warning,
    default: true,
    since: "0.1.0",
    summary: "a PodDisruptionBudget guards no pod of the repository",
    help: "make the selector equal to labels of the pod template, in the same namespace",
    standards: &[],
    docs: include_str!("pdb_selects_nothing.md"),
    check: Check::Resource(&[Kind::PodDisruptionBudget], check),
};

fn check<'s>(cx: &Context<'_, 's>, budget: &Resource<'s>) {
    if cx.inventory.selected_by(budget).next().is_some() {
        return;
    }
    let namespace = budget.namespace();
    let selector = budget.spec().and_then(|spec| spec.entry("selector")).filter(|entry| !entry.value.is_null());
    if let Some(entry) = selector {
        let selects = Selector::read(entry.value);
        let elsewhere = network::pods_exist_elsewhere(cx, namespace, &selects) || operated(cx, namespace);
        if elsewhere || cx.inventory.monitoring().pods_may_be_made_in(namespace) {
            return;
        }
        cx.report(budget, entry, format!("{budget} guards no pod: none in namespace `{namespace}` has {selects}")).file();
    } else {
        let place = Place::missing(budget.node, "spec.selector");
        cx.report(budget, place, format!("{budget} has no selector, so it guards no pod")).file();
    }
}

/// Kinds whose operator makes pods in their own namespace.
const OPERATED: [Kind; 5] = [Kind::Prometheus, Kind::PrometheusAgent, Kind::Alertmanager, Kind::ThanosRuler, Kind::CnpgCluster];

fn operated(cx: &Context<'_, '_>, namespace: &str) -> bool {
    OPERATED.iter().any(|kind| cx.inventory.of_kind(*kind).any(|object| object.namespace() == namespace))
}
