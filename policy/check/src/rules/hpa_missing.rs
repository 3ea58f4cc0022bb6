use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "hpa-missing",
    item: Item::Autoscaling,
    severity: Severity::Info,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a Deployment that serves is scaled by nothing",
    help: "add a `HorizontalPodAutoscaler` or a `ScaledObject` that names it in its `scaleTargetRef`",
    standards: &[],
    docs: include_str!("hpa_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let stateless = matches!(
        workload.kind,
        Kind::Deployment | Kind::Rollout | Kind::DeploymentConfig
    ) && !keeps_data(workload);
    if !stateless || workload.is_test_hook() {
        return;
    }
    let scaling = cx.inventory.scaling();
    let counted = scaling.counted(cx.inventory, workload);
    let parked = scaling
        .pods(cx.inventory, workload)
        .is_none_or(|pods| pods.most == 0);
    let Some(service) = cx
        .inventory
        .services_of(workload)
        .next()
        .filter(|_| !parked)
    else {
        return;
    };
    if scaling
        .horizontal_of(cx.inventory, workload)
        .next()
        .is_none()
    {
        cx.report(
            counted,
            counted.field("metadata.name").unwrap_or(counted.node),
            format!("{counted} serves, and no autoscaler scales it"),
        )
        .related_object(service, "the Service that sends to it")
        .file();
    }
}

/// Its data or its strategy allow one pod only, or fixed ones.
fn keeps_data(workload: &Workload<'_>) -> bool {
    let strategy = workload
        .object
        .at(&["spec", "strategy", "type"])
        .and_then(Node::text);
    strategy == Some("Recreate")
        || workload
            .volumes()
            .any(|volume| volume.get("persistentVolumeClaim").is_some())
}
