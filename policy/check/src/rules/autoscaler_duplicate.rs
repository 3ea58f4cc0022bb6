use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "autoscaler-duplicate",
    item: Item::Autoscaling,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "two autoscalers set the number of pods of one workload",
    help: "keep one of them; put all metrics or triggers into it",
    standards: &[],
    docs: include_str!("autoscaler_duplicate.md"),
    check: Check::Resource(&[Kind::HorizontalPodAutoscaler, Kind::ScaledObject], check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let scaling = cx.inventory.scaling();
    let Some(scaler) = scaling.scaler(resource) else {
        return;
    };
    let Some(target) = scaler.target.filter(|target| !target.name.is_empty()) else {
        return;
    };
    // The first of them stands; each other one is told so.
    let others = scaling
        .horizontal_at(scaler)
        .map(|other| cx.inventory.resource(other.resource));
    let mut before = others.take_while(|other| other.index() != resource.index());
    let Some(other) = before.find(|other| is_another(resource, other)) else {
        return;
    };
    let place = target.node.get("name").unwrap_or(target.node);
    cx.report(
        resource,
        place,
        format!(
            "{resource} scales {} {}, and so does {other}",
            target.kind_name, target.name
        ),
    )
    .related_object(other, "the other autoscaler")
    .file();
}

/// Not the same object of another environment, and not one that is being taken over.
fn is_another(one: &Resource<'_>, other: &Resource<'_>) -> bool {
    let same = one.kind == other.kind && one.name == other.name;
    let takes_over = |scaler: &Resource<'_>| {
        scaler.annotation("scaledobject.keda.sh/transfer-hpa-ownership") == Some("true")
    };
    !same && !takes_over(one) && !takes_over(other)
}
