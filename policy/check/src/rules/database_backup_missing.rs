use plimsoll_yaml::Node;

use crate::backup::{Managed, has_destination, is_scheduled};
use crate::{Check, Context, Inventory, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "database-backup-missing",
    item: Item::Backups,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "nothing backs up a database",
    help: "add a CronJob that dumps it to an object storage outside the cluster, or a schedule of Velero that takes its volumes",
    standards: &[],
    docs: include_str!("database_backup_missing.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    let backups = cx.inventory.backups();
    for store in &backups.stores {
        let workload = cx.inventory.workload(store.workload);
        let declared = is_declared(cx, workload.namespace);
        if !declared && !backups.covers(cx.inventory, store) {
            let owner = cx.inventory.owner(workload);
            let message = format!(
                "{owner} keeps data of {} on a volume, and nothing backs it up",
                store.engine.name()
            );
            cx.report_in(workload, store.image, message).file();
        }
    }
    let objects = [Kind::CnpgCluster, Kind::Other]
        .into_iter()
        .flat_map(|kind| cx.inventory.of_kind(kind));
    for (object, managed) in objects.filter_map(|object| Some((object, Managed::read(object)?))) {
        let covered = managed.is_backed_up(cx.inventory, object)
            || backups.covers_managed(object, managed.engine);
        if !covered && !is_declared(cx, object.namespace()) {
            let place = object
                .spec()
                .map_or(Place::value(object.node), |spec| place(spec, object.kind));
            let message = format!(
                "{object} is a database of {}, and {}",
                managed.engine.name(),
                lacks(cx.inventory, object)
            );
            cx.report(object, place, message).help(managed.help).file();
        }
    }
}

/// Points at the stanza that is half of a backup, where there is one.
fn place(spec: Node<'_>, kind: Kind) -> Place<'_> {
    spec.entry("backup")
        .filter(|_| kind == Kind::CnpgCluster)
        .map_or_else(|| Place::missing(spec, "backup"), Place::key)
}

fn lacks(inventory: &Inventory<'_>, object: &Resource<'_>) -> &'static str {
    match object.kind {
        Kind::CnpgCluster if has_destination(object) => {
            "no ScheduledBackup names it: its WAL is of no use without a base backup"
        }
        Kind::CnpgCluster if is_scheduled(inventory, object) => {
            "its ScheduledBackup has no place to write to"
        }
        _ => "nothing backs it up",
    }
}

/// The configuration says that backups of a namespace are made elsewhere.
fn is_declared(cx: &Context<'_, '_>, namespace: &str) -> bool {
    ["CronJob", "Schedule", "ScheduledBackup"]
        .iter()
        .any(|kind| {
            cx.config.external.iter().any(|own| {
                own.kind.as_deref() == Some(kind)
                    && own
                        .namespace
                        .as_ref()
                        .is_none_or(|own| own.matches(namespace))
            })
        })
}
