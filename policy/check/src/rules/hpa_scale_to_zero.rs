use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "hpa-scale-to-zero",
    item: Item::Autoscaling,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a HorizontalPodAutoscaler goes down to zero where it may not, or cannot come back",
    help: "set `minReplicas: 1`, or let KEDA scale it",
    standards: &[],
    docs: include_str!("hpa_scale_to_zero.md"),
    check: Check::Resource(&[Kind::HorizontalPodAutoscaler], check),
};

fn check<'s>(cx: &Context<'_, 's>, hpa: &Resource<'s>) {
    let Some(min) = hpa
        .field("spec.minReplicas")
        .filter(|node| node.int() == Some(0))
    else {
        return;
    };
    let mut metrics = hpa.field("spec.metrics").into_iter().flat_map(Node::items);
    let measures_outside = metrics.any(|metric| {
        matches!(
            metric.get("type").and_then(Node::text),
            Some("Object" | "External")
        )
    });
    let (major, minor) = cx.config.kubernetes;
    if !measures_outside {
        cx.report(
            hpa,
            min,
            format!("{hpa} goes to 0 pods, and has no Object or External metric to come back by"),
        )
        .file();
    } else if (major, minor) < SINCE {
        cx.report(hpa, min, format!("{hpa} goes to 0 pods, which Kubernetes {major}.{minor} refuses unless HPAScaleToZero is on")).file();
    }
}

/// The first release whose feature gate `HPAScaleToZero` is on by default.
const SINCE: (u16, u16) = (1, 37);
