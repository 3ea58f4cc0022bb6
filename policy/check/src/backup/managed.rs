//! Databases that an operator runs, and where their objects say that they are backed up.

use plimsoll_yaml::Node;

use super::Engine;
use crate::{Inventory, Kind, Resource};

/// An object that an operator makes a database of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Managed {
    pub(crate) engine: Engine,
    /// Fields of which one must be there for the operator to back up; `*` stands for each item of a list.
    fields: &'static [&'static str],
    /// What to write.
    pub(crate) help: &'static str,
}

/// Group, kind, engine, the fields that schedule backups, and what to write.
type Row = (
    &'static str,
    &'static str,
    Engine,
    &'static [&'static str],
    &'static str,
);

const KNOWN: &[Row] = &[
    (
        "acid.zalan.do",
        "postgresql",
        Engine::Postgres,
        &["spec.enableLogicalBackup"],
        "set `spec.enableLogicalBackup: true`, or ship the WAL by `spec.env`",
    ),
    (
        "postgres-operator.crunchydata.com",
        "PostgresCluster",
        Engine::Postgres,
        &["spec.backups.pgbackrest.repos.*.schedules"],
        "give a repository under `spec.backups.pgbackrest.repos` its `schedules`",
    ),
    (
        "pgv2.percona.com",
        "PerconaPGCluster",
        Engine::Postgres,
        &["spec.backups.pgbackrest.repos.*.schedules"],
        "give a repository under `spec.backups.pgbackrest.repos` its `schedules`",
    ),
    (
        "pxc.percona.com",
        "PerconaXtraDBCluster",
        Engine::MySql,
        &["spec.backup.schedule.*"],
        "list schedules under `spec.backup.schedule`",
    ),
    (
        "ps.percona.com",
        "PerconaServerMySQL",
        Engine::MySql,
        &["spec.backup.schedule.*"],
        "list schedules under `spec.backup.schedule`",
    ),
    (
        "psmdb.percona.com",
        "PerconaServerMongoDB",
        Engine::Mongo,
        &["spec.backup.tasks.*"],
        "list tasks under `spec.backup.tasks`",
    ),
    (
        "mysql.oracle.com",
        "InnoDBCluster",
        Engine::MySql,
        &["spec.backupSchedules.*"],
        "list schedules under `spec.backupSchedules`",
    ),
    (
        "k8s.mariadb.com",
        "MariaDB",
        Engine::MySql,
        &[],
        "add a `Backup` of `k8s.mariadb.com` with a schedule",
    ),
    (
        "mongodbcommunity.mongodb.com",
        "MongoDBCommunity",
        Engine::Mongo,
        &[],
        "add a CronJob that runs `mongodump` against its Service",
    ),
    (
        "elasticsearch.k8s.elastic.co",
        "Elasticsearch",
        Engine::Search,
        &[],
        "add a CronJob, or a policy, that takes snapshots to an object storage",
    ),
    (
        "rabbitmq.com",
        "RabbitmqCluster",
        Engine::RabbitMq,
        &[],
        "add a CronJob that exports the definitions",
    ),
    (
        "clickhouse.altinity.com",
        "ClickHouseInstallation",
        Engine::ClickHouse,
        &[],
        "add a CronJob that runs `clickhouse-backup`",
    ),
    (
        "cassandra.datastax.com",
        "CassandraDatacenter",
        Engine::Cassandra,
        &[],
        "add a `MedusaBackupSchedule`",
    ),
];

impl Managed {
    /// What an operator makes of an object; `None` for what is no database, or the copy of one.
    pub(crate) fn read(object: &Resource<'_>) -> Option<Self> {
        if object.kind == Kind::CnpgCluster {
            let copy = object.field("spec.replica.enabled").and_then(Node::bool) == Some(true);
            let help = "add `spec.backup` with an object storage, and a `ScheduledBackup` that names the cluster";
            return (!copy).then_some(Self {
                engine: Engine::Postgres,
                fields: &[],
                help,
            });
        }
        let row = KNOWN
            .iter()
            .find(|(group, kind, ..)| *group == object.group() && *kind == object.kind_name)?;
        Some(Self {
            engine: row.2,
            fields: row.3,
            help: row.4,
        })
    }

    /// Whether its own fields, or objects of its operator beside it, back it up.
    pub(crate) fn is_backed_up(self, inventory: &Inventory<'_>, object: &Resource<'_>) -> bool {
        self.fields
            .iter()
            .any(|path| holds(Some(object.node), path))
            || match object.kind_name {
                "Cluster" => is_scheduled(inventory, object) && has_destination(object),
                "postgresql" => ships_wal(object),
                "MariaDB" | "CassandraDatacenter" => inventory
                    .of_kind(Kind::Other)
                    .any(|other| names(other, object)),
                _ => false,
            }
    }
}

/// A value that is there and not off, at the end of a path.
fn holds(node: Option<Node<'_>>, path: &str) -> bool {
    let Some(node) = node else { return false };
    if path.is_empty() {
        return !node.is_empty() && node.bool() != Some(false);
    }
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match first {
        "*" => node.items().any(|item| {
            item.get("enabled").and_then(Node::bool) != Some(false) && holds(Some(item), rest)
        }),
        key => holds(node.get(key), rest),
    }
}

/// A `ScheduledBackup` of `CloudNativePG` names a cluster.
pub(crate) fn is_scheduled(inventory: &Inventory<'_>, cluster: &Resource<'_>) -> bool {
    inventory.of_kind(Kind::ScheduledBackup).any(|backup| {
        let name = backup.field("spec.cluster.name").and_then(Node::text);
        name == Some(cluster.name) && backup.namespace() == cluster.namespace()
    })
}

/// A cluster of `CloudNativePG` says where its backups go.
pub(crate) fn has_destination(cluster: &Resource<'_>) -> bool {
    [
        "spec.backup.barmanObjectStore",
        "spec.backup.volumeSnapshot",
        "spec.plugins.*",
    ]
    .iter()
    .any(|path| holds(Some(cluster.node), path))
}

/// Zalando's operator hands the environment on to WAL-G.
fn ships_wal(cluster: &Resource<'_>) -> bool {
    let env = cluster.field("spec.env").into_iter().flat_map(Node::items);
    env.filter_map(|entry| entry.get("name")?.text())
        .any(|name| name.starts_with("WAL"))
}

/// A `Backup` with a schedule, or a `MedusaBackupSchedule`, that names a database.
fn names(other: &Resource<'_>, object: &Resource<'_>) -> bool {
    let path = match (other.group(), other.kind_name) {
        ("k8s.mariadb.com", "Backup" | "PhysicalBackup")
            if holds(Some(other.node), "spec.schedule") =>
        {
            "spec.mariaDbRef.name"
        }
        ("medusa.k8ssandra.io", "MedusaBackupSchedule") => "spec.backupSpec.cassandraDatacenter",
        _ => return false,
    };
    other.field(path).and_then(Node::text) == Some(object.name)
        && other.declared_namespace == object.declared_namespace
}
