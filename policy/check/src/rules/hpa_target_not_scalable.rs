use crate::{Check, Context, Item, Kind, Needs, Resolution, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "hpa-target-not-scalable",
    item: Item::Autoscaling,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an autoscaler points at a kind whose number of pods cannot be set",
    help: "scale a Deployment, a `StatefulSet` or another kind with a `scale` subresource; for jobs, a `ScaledJob` of KEDA",
    standards: &[],
    docs: include_str!("hpa_target_not_scalable.md"),
    check: Check::Resource(&[Kind::HorizontalPodAutoscaler, Kind::ScaledObject], check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let Some(scaler) = cx.inventory.scaling().scaler(resource) else {
        return;
    };
    let (Some(target), Resolution::NotScalable) =
        (scaler.target, scaler.resolve(cx.inventory, cx.config))
    else {
        return;
    };
    let place = target.node.get("kind").unwrap_or(target.node);
    let why = if target.kind_name == "DaemonSet" {
        "runs one pod a node"
    } else {
        "has no replicas to scale"
    };
    cx.report(
        resource,
        place,
        format!(
            "{resource} scales {} {}, which {why}",
            target.kind_name, target.name
        ),
    )
    .file();
}
