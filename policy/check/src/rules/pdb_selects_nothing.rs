use crate::{Check, Context, Item, Kind, Labels, Needs, Place, Resource, Rule, Selector, Severity};

pub(super) static RULE: Rule = Rule {
    id: "pdb-selects-nothing",
    item: Item::Reliability,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
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
    let selector = budget
        .spec()
        .and_then(|spec| spec.entry("selector"))
        .filter(|entry| !entry.value.is_null());
    if let Some(entry) = selector {
        let labels = Labels::read(entry.value.get("matchLabels"));
        if cx.inventory.produced().may_run(namespace, &labels) {
            return;
        }
        let selects = Selector::read(entry.value);
        cx.report(
            budget,
            entry,
            format!("{budget} guards no pod: none in namespace `{namespace}` has {selects}"),
        )
        .file();
    } else {
        let place = Place::missing(budget.node, "spec.selector");
        cx.report(
            budget,
            place,
            format!("{budget} has no selector, so it guards no pod"),
        )
        .file();
    }
}
