use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "hpa-max-not-above-min",
    item: Item::Autoscaling,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a HorizontalPodAutoscaler has no room between its minimum and its maximum",
    help: "set `maxReplicas` above `minReplicas`; for a fixed number, remove the autoscaler and set `replicas`",
    standards: &[],
    docs: include_str!("hpa_max_not_above_min.md"),
    check: Check::Resource(&[Kind::HorizontalPodAutoscaler], check),
};

fn check<'s>(cx: &Context<'_, 's>, hpa: &Resource<'s>) {
    let Some(spec) = hpa.spec() else { return };
    let Some(max) = spec.get("maxReplicas").filter(|node| !node.is_null()) else {
        return cx
            .report(
                hpa,
                Place::missing(spec, "maxReplicas"),
                format!("{hpa} names no maxReplicas; the API server refuses it"),
            )
            .file();
    };
    let declared = spec.get("minReplicas").filter(|node| !node.is_null());
    let (Some(most), Some(least)) = (max.int(), declared.map_or(Some(1), Node::int)) else {
        return;
    };
    let fault = if most < 1 || most < least {
        "which the API server refuses"
    } else if most == least {
        "so it scales nothing"
    } else {
        return;
    };
    let draft = cx.report(
        hpa,
        max,
        format!("{hpa} scales between {least} and {most} pods, {fault}"),
    );
    match declared {
        Some(min) => draft.related(min, "the fewest").file(),
        None => draft.file(),
    }
}
