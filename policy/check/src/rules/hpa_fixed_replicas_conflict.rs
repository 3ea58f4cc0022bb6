use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, ScalerKind, Severity};

pub(super) static RULE: Rule = Rule {
    id: "hpa-fixed-replicas-conflict",
    item: Item::Autoscaling,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a workload that is scaled by an autoscaler also fixes its number of pods",
    help: "remove `replicas`; the autoscaler sets it, and each sync would set it back",
    standards: &[],
    docs: include_str!("hpa_fixed_replicas_conflict.md"),
    check: Check::Resource(KINDS, check),
};

/// Not by the pod template: a Rollout may have none of its own.
const KINDS: &[Kind] = &[
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::Rollout,
    Kind::DeploymentConfig,
];

fn check<'s>(cx: &Context<'_, 's>, own: &Resource<'s>) {
    let Some(replicas) = own.field("spec.replicas").filter(|node| !node.is_null()) else {
        return;
    };
    let mut scalers = cx
        .inventory
        .scaling()
        .scalers_of(own)
        .filter(|scaler| scaler.kind != ScalerKind::Vertical);
    let Some(scaler) = scalers.next() else { return };
    let by = cx.inventory.resource(scaler.resource);
    let count = replicas.text().unwrap_or_default();
    let fault = if replicas.int() == Some(0) && scaler.kind == ScalerKind::Horizontal {
        format!("{own} fixes its replicas at 0, which switches {by} off")
    } else {
        format!("{own} fixes its replicas at {count}, and {by} scales it")
    };
    cx.report(own, replicas, fault)
        .related_object(by, "the autoscaler")
        .file();
}
