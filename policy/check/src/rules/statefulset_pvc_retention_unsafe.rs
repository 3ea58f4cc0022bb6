use plimsoll_yaml::Node;

use crate::{Amount, Check, Context, Item, Kind, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "statefulset-pvc-retention-unsafe",
    item: Item::Reliability,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "data goes with the pods, or two pods write to it at once",
    help: "keep the claims (`Retain`); update a Deployment that owns a volume by `Recreate`",
    standards: &[],
    docs: include_str!("statefulset_pvc_retention_unsafe.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    match workload.kind {
        Kind::StatefulSet => retention(cx, workload),
        Kind::Deployment => overlap(cx, workload),
        _ => {}
    }
}

fn retention<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let owner = cx.inventory.owner(workload);
    for (field, when) in [
        ("whenDeleted", "it is deleted"),
        ("whenScaled", "it is scaled down"),
    ] {
        let policy = workload
            .object
            .at(&["spec", "persistentVolumeClaimRetentionPolicy", field]);
        let deletes = policy.filter(|policy| policy.text() == Some("Delete"));
        if let Some(node) = deletes.filter(|_| workload.claim_templates().next().is_some()) {
            cx.report_in(
                workload,
                node,
                format!("{owner} loses its data when {when}"),
            )
            .file();
        }
    }
}

/// Both pods of a rolling update want a volume that goes to one node, or to one pod, only.
fn overlap<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let strategy = workload.object.at(&["spec", "strategy"]);
    let kind = strategy
        .and_then(|strategy| strategy.get("type"))
        .and_then(Node::text)
        .unwrap_or("RollingUpdate");
    let surge = strategy
        .and_then(|strategy| strategy.at(&["rollingUpdate", "maxSurge"]))
        .and_then(Amount::read);
    if kind != "RollingUpdate" || surge.is_some_and(Amount::is_zero) {
        return;
    }
    let claims = workload
        .volumes()
        .filter_map(|volume| volume.at(&["persistentVolumeClaim", "claimName"]));
    for name in claims {
        let Some(claim) = name.text().and_then(|name| {
            cx.inventory
                .find(Kind::PersistentVolumeClaim, workload.namespace, name)
        }) else {
            continue;
        };
        let modes = || {
            claim
                .field("spec.accessModes")
                .into_iter()
                .flat_map(Node::items)
                .filter_map(Node::text)
        };
        if modes().any(|mode| mode.starts_with("ReadWriteOnce"))
            && !modes().any(|mode| mode == "ReadWriteMany")
        {
            let owner = cx.inventory.owner(workload);
            let place = Place::missing(workload.object, "spec.strategy.type");
            cx.report_in(
                workload,
                place,
                format!(
                    "{owner} starts its next pod before the last has let go of claim {}",
                    claim.name
                ),
            )
            .related_object(claim, "one node at a time")
            .file();
        }
    }
}
