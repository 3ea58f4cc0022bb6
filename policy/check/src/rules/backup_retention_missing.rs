use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "backup-retention-missing",
    item: Item::Backups,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "nobody decided how long backups are kept",
    help: "say how long: `ttl` of Velero, `retentionPolicy` of CloudNativePG, a variable such as `BACKUP_RETENTION_DAYS` of a job of your own",
    standards: &[],
    docs: include_str!("backup_retention_missing.md"),
    check: Check::Resource(
        &[
            Kind::CronJob,
            Kind::VeleroSchedule,
            Kind::CnpgCluster,
            Kind::Other,
        ],
        check,
    ),
};

/// Words by which a job says that it deletes, or that somebody does.
const WORDS: [&str; 14] = [
    "retention",
    "retain",
    "keep",
    "prune",
    "forget",
    "expire",
    "expiry",
    "delete",
    "older",
    "min-age",
    "mtime",
    "lifecycle",
    "rotate",
    "ttl",
];

fn check<'s>(cx: &Context<'_, 's>, backup: &Resource<'s>) {
    let Some(spec) = backup.spec() else { return };
    let said = |path: &'static str| backup.field(path).is_some_and(|node| !node.is_empty());
    let (missing, message) = match backup.kind {
        Kind::CronJob => {
            let Some((_, job)) = cx.inventory.backups().backup_job(cx.inventory, backup) else {
                return;
            };
            if job.says(&WORDS) {
                return;
            }
            (
                "jobTemplate",
                format!("{backup} writes backups and says nothing about how long they are kept"),
            )
        }
        Kind::VeleroSchedule if !said("spec.template.ttl") => (
            "template.ttl",
            format!(
                "{backup} keeps backups for the server's default, which is 30 days if nobody set it"
            ),
        ),
        Kind::CnpgCluster
            if said("spec.backup.barmanObjectStore") && !said("spec.backup.retentionPolicy") =>
        {
            (
                "backup.retentionPolicy",
                format!("{backup} keeps its backups and its WAL for ever"),
            )
        }
        Kind::Other
            if backup.group() == "barmancloud.cnpg.io"
                && backup.kind_name == "ObjectStore"
                && !said("spec.retentionPolicy") =>
        {
            (
                "retentionPolicy",
                format!("{backup} keeps backups and WAL for ever"),
            )
        }
        _ => return,
    };
    let there = spec.entry(missing).map(Place::key);
    cx.report(
        backup,
        there.unwrap_or_else(|| Place::missing(spec, missing)),
        message,
    )
    .file();
}
