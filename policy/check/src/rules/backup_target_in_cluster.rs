use plimsoll_yaml::Node;

use crate::backup::{Target, in_cluster_host};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "backup-target-in-cluster",
    item: Item::Backups,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a backup is written to the cluster that it is a backup of",
    help: "write it to an object storage outside the cluster, best in another region and account",
    standards: &[],
    docs: include_str!("backup_target_in_cluster.md"),
    check: Check::Resource(
        &[
            Kind::CronJob,
            Kind::BackupStorageLocation,
            Kind::CnpgCluster,
            Kind::Other,
        ],
        check,
    ),
};

fn check<'s>(cx: &Context<'_, 's>, backup: &Resource<'s>) {
    let endpoints: &[&str] = match backup.kind {
        Kind::CronJob => return job(cx, backup),
        Kind::BackupStorageLocation => &["spec.config.s3Url"],
        Kind::CnpgCluster => &["spec.backup.barmanObjectStore.endpointURL"],
        _ if backup.group() == "barmancloud.cnpg.io" => &["spec.configuration.endpointURL"],
        _ => return,
    };
    for endpoint in endpoints.iter().filter_map(|path| backup.field(path)) {
        in_cluster(cx, backup, endpoint);
    }
}

fn in_cluster<'s>(cx: &Context<'_, 's>, backup: &Resource<'s>, endpoint: Node<'s>) {
    let namespace = backup.declared_namespace.unwrap_or("default");
    if let Some(host) = endpoint
        .text()
        .and_then(|text| in_cluster_host(cx.inventory, namespace, text))
    {
        cx.report(
            backup,
            endpoint,
            format!("{backup} writes to `{host}`, which runs in the cluster itself"),
        )
        .file();
    }
}

fn job<'s>(cx: &Context<'_, 's>, backup: &Resource<'s>) {
    let backups = cx.inventory.backups();
    let Some((workload, job)) = backups.backup_job(cx.inventory, backup) else {
        return;
    };
    match job.target(cx.inventory, workload) {
        Target::Host(node, host) => {
            cx.report_in(
                workload,
                node,
                format!("{backup} writes to `{host}`, which runs in the cluster itself"),
            )
            .file();
        }
        Target::Volume(volume, what) => {
            cx.report_in(
                workload,
                volume,
                format!("{backup} writes to {what} and nowhere else"),
            )
            .file();
        }
        Target::Elsewhere => {}
    }
}
