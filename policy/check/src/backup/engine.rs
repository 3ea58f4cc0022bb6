//! Kinds of databases: by which images they run, and by which commands their backups are told.

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Engine {
    Postgres,
    MySql,
    Mongo,
    Redis,
    Search,
    Etcd,
    Cassandra,
    ClickHouse,
    Neo4j,
    Influx,
    RabbitMq,
    CouchDb,
    Cockroach,
    SqlServer,
}

use Engine::{
    Cassandra, ClickHouse, Cockroach, CouchDb, Etcd, Influx, Mongo, MySql, Neo4j, Postgres,
    RabbitMq, Redis, Search, SqlServer,
};

/// Images by the last part of their repository.
const IMAGES: &[(&str, Engine)] = &[
    ("postgres", Postgres),
    ("postgresql", Postgres),
    ("postgresql-repmgr", Postgres),
    ("postgis", Postgres),
    ("pgvector", Postgres),
    ("timescaledb", Postgres),
    ("timescaledb-ha", Postgres),
    ("spilo-15", Postgres),
    ("spilo-16", Postgres),
    ("mysql", MySql),
    ("mysql-server", MySql),
    ("mariadb", MySql),
    ("mariadb-galera", MySql),
    ("percona", MySql),
    ("percona-server", MySql),
    ("percona-xtradb-cluster", MySql),
    ("mongo", Mongo),
    ("mongodb", Mongo),
    ("mongodb-community-server", Mongo),
    ("percona-server-mongodb", Mongo),
    ("redis", Redis),
    ("redis-stack", Redis),
    ("redis-stack-server", Redis),
    ("redis-cluster", Redis),
    ("valkey", Redis),
    ("keydb", Redis),
    ("dragonfly", Redis),
    ("elasticsearch", Search),
    ("elasticsearch-oss", Search),
    ("opensearch", Search),
    ("etcd", Etcd),
    ("cassandra", Cassandra),
    ("scylla", Cassandra),
    ("clickhouse", ClickHouse),
    ("clickhouse-server", ClickHouse),
    ("neo4j", Neo4j),
    ("influxdb", Influx),
    ("rabbitmq", RabbitMq),
    ("couchdb", CouchDb),
    ("cockroach", Cockroach),
    ("azure-sql-edge", SqlServer),
];

/// Parts of commands that take a backup of one engine.
const COMMANDS: &[(&str, Engine)] = &[
    ("pg_dump", Postgres),
    ("pg_basebackup", Postgres),
    ("pgbackrest", Postgres),
    ("wal-g ", Postgres),
    ("mysqldump", MySql),
    ("mysqlpump", MySql),
    ("mydumper", MySql),
    ("mariadb-dump", MySql),
    ("mariadb-backup", MySql),
    ("mariabackup", MySql),
    ("xtrabackup", MySql),
    ("mongodump", Mongo),
    ("--rdb", Redis),
    ("bgsave", Redis),
    ("dump.rdb", Redis),
    ("_snapshot", Search),
    ("elasticdump", Search),
    ("etcdctl", Etcd),
    ("nodetool snapshot", Cassandra),
    ("medusa", Cassandra),
    ("clickhouse-backup", ClickHouse),
    ("neo4j-admin", Neo4j),
    ("influx backup", Influx),
    ("influxd backup", Influx),
    ("export_definitions", RabbitMq),
    ("/api/definitions", RabbitMq),
    ("_all_docs", CouchDb),
    ("backup into", Cockroach),
    ("sqlpackage", SqlServer),
    ("sqlcmd", SqlServer),
];

/// Commands that copy whatever they are given away.
const ANY: &[&str] = &["restic", "velero backup", "kopia", "borg ", "duplicity"];

impl Engine {
    /// The engine that an image runs, by its repository.
    pub(crate) fn of_image(repository: &str) -> Option<Self> {
        let base = repository.rsplit('/').next().unwrap_or(repository);
        if repository.ends_with("mssql/server") || repository.ends_with("mssql-server") {
            return Some(SqlServer);
        }
        IMAGES
            .iter()
            .find(|(name, _)| *name == base)
            .map(|(_, engine)| *engine)
    }

    /// The engines that the commands in a text, in lowercase, take backups of.
    pub(super) fn backed_up_in(text: &str) -> impl Iterator<Item = Self> + '_ {
        COMMANDS
            .iter()
            .filter(|(command, _)| text.contains(command))
            .map(|(_, engine)| *engine)
    }

    /// A text, in lowercase, has a command that copies whatever it is given away.
    pub(super) fn copied_in(text: &str) -> bool {
        ANY.iter().any(|command| text.contains(command))
    }

    /// The name that people use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Postgres => "PostgreSQL",
            MySql => "MySQL",
            Mongo => "MongoDB",
            Redis => "Redis",
            Search => "a search engine",
            Etcd => "etcd",
            Cassandra => "Cassandra",
            ClickHouse => "ClickHouse",
            Neo4j => "Neo4j",
            Influx => "InfluxDB",
            RabbitMq => "RabbitMQ",
            CouchDb => "CouchDB",
            Cockroach => "CockroachDB",
            SqlServer => "SQL Server",
        }
    }
}
