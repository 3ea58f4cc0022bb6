use plimsoll_yaml::Node;

use crate::backup::{Engine, Managed};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "restore-test-missing",
    item: Item::DisasterRecovery,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "backups of a database are never restored to see whether they can be",
    help: "add a CronJob that restores the newest backup and asks it for fresh data; its name holds `restore`",
    standards: &[],
    docs: include_str!("restore_test_missing.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    let backups = cx.inventory.backups();
    for store in &backups.stores {
        let workload = cx.inventory.workload(store.workload);
        // What has no backup at all is told so by `database-backup-missing`.
        let tested = || backups.restores(cx.inventory, workload.namespace, store.engine);
        if backups.covers(cx.inventory, store) && !tested() {
            let owner = cx.inventory.owner(workload);
            cx.report_in(workload, store.image, message(owner, store.engine))
                .file();
        }
    }
    let objects = [Kind::CnpgCluster, Kind::Other]
        .into_iter()
        .flat_map(|kind| cx.inventory.of_kind(kind));
    for (object, managed) in objects.filter_map(|object| Some((object, Managed::read(object)?))) {
        let covered = managed.is_backed_up(cx.inventory, object)
            || backups.covers_managed(object, managed.engine);
        let namespace = object.declared_namespace.unwrap_or("default");
        if covered
            && !backups.restores(cx.inventory, namespace, managed.engine)
            && !recovers(cx, object)
        {
            let place = object.field("metadata.name").unwrap_or(object.node);
            cx.report(object, Place::value(place), message(object, managed.engine))
                .file();
        }
    }
}

fn message(owner: &Resource<'_>, engine: Engine) -> String {
    format!(
        "nothing restores the backups of {owner} ({}) to see whether they can be",
        engine.name()
    )
}

/// A cluster of `CloudNativePG` is made, or was made, from a backup.
fn recovers(cx: &Context<'_, '_>, object: &Resource<'_>) -> bool {
    let mut clusters = cx.inventory.of_kind(Kind::CnpgCluster);
    object.kind == Kind::CnpgCluster
        && clusters.any(|cluster| {
            cluster
                .field("spec.bootstrap.recovery")
                .is_some_and(|recovery| names(recovery, object.name))
        })
}

fn names(recovery: Node<'_>, name: &str) -> bool {
    let source = recovery.get("source").and_then(Node::text);
    source.is_some_and(|source| source.starts_with(name)) || recovery.get("backup").is_some()
}
