use crate::{Check, Context, Item, Kind, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "update-strategy-not-rolling",
    item: Item::Reliability,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an update takes all pods away at once, or replaces none",
    help: "set the type to `RollingUpdate`",
    standards: &[],
    docs: include_str!("update_strategy_not_rolling.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let (field, rolling) = match workload.kind {
        Kind::Deployment => ("strategy", "RollingUpdate"),
        Kind::DeploymentConfig => ("strategy", "Rolling"),
        Kind::StatefulSet | Kind::DaemonSet => ("updateStrategy", "RollingUpdate"),
        _ => return,
    };
    let Some(node) = workload.object.at(&["spec", field, "type"]) else {
        return;
    };
    let Some(kind) = node
        .text()
        .filter(|kind| !kind.is_empty() && *kind != rolling)
    else {
        return;
    };
    let owner = cx.inventory.owner(workload);
    let message = match kind {
        "OnDelete" => format!("{owner} replaces no pod on an update until somebody deletes it"),
        "Recreate" if !serves(cx, workload) => return,
        "Recreate" => {
            format!("{owner} serves, and ends all its pods before an update starts the first")
        }
        // The controller of a DeploymentConfig knows more; of others it is no strategy at all, as `schema-invalid` says.
        _ if workload.kind != Kind::DeploymentConfig => return,
        _ => format!("{owner} is updated by `{kind}`, not by {rolling}"),
    };
    cx.report_in(workload, node, message).file();
}

/// A Service sends to it, and it has no volume that only one pod can write at a time.
fn serves<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) -> bool {
    let claims = workload
        .volumes()
        .any(|volume| volume.get("persistentVolumeClaim").is_some());
    !claims && cx.inventory.services_of(workload).next().is_some()
}
