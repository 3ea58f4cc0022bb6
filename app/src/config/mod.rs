//! Settings, from the environment: read once at the start, checked as a whole, and passed on.

mod reader;
mod variable;

use std::path::PathBuf;
use std::time::Duration;

use tracing::level_filters::LevelFilter;

use crate::server::Bounds;
use crate::telemetry::TraceSettings;

use reader::Reader;
pub(crate) use reader::{ConfigError, Environment};
use variable::{
    API_PORT, API_PREFIX, API_TOKEN, BATCH_LIMIT, BODY_LIMIT, BODY_SECONDS, CONCURRENCY_LIMIT,
    CONNECTION_LIMIT, CORS_ORIGINS, DATABASE_CONNECTIONS, DATABASE_URL, DRAIN_SECONDS, DURABILITY,
    ELASTICSEARCH_URL, HEADER_SECONDS, IDEMPOTENCY_SECONDS, IDLE_SECONDS, LOG_FORMAT, LOG_LEVEL,
    OTEL_ENDPOINT, OTEL_RESOURCE_ATTRIBUTES, OTEL_SDK_DISABLED, OTEL_SERVICE_NAME,
    OTEL_TRACES_ENDPOINT, QUEUE_BATCH, QUEUE_CONCURRENCY, QUEUE_HIGH_WATER, QUEUE_LEASE_SECONDS,
    QUEUE_NAME, QUEUE_RETRY_SECONDS, RATE_LIMIT, REDIS_CA_FILE, REDIS_URL, REQUEST_SECONDS,
    SEARCH_INDEX, SEARCH_OPTIONAL, SHUTDOWN_SECONDS, WORKER_PORT,
};
pub(crate) use variable::{Role, Unset, VARIABLES, Variable};

/// What a 202 promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The event is in Redis, as durable as Redis' own log.
    Redis,
    /// The event is committed to PostgreSQL; Redis may lose everything.
    PostgresOutbox,
}

/// Where the stores are.
#[derive(Clone)]
pub(crate) struct Stores {
    pub(crate) database_url: String,
    pub(crate) database_connections: u32,
    pub(crate) redis_url: String,
    pub(crate) redis_authorities: Option<PathBuf>,
    pub(crate) queue_name: String,
    pub(crate) search: Option<SearchSettings>,
    pub(crate) search_optional: bool,
    pub(crate) durability: Durability,
}

#[derive(Clone)]
pub(crate) struct SearchSettings {
    pub(crate) url: String,
    pub(crate) index: String,
}

/// What the API alone is set up with.
#[derive(Clone)]
pub(crate) struct ApiSettings {
    pub(crate) port: u16,
    pub(crate) prefix: String,
    pub(crate) token: Option<String>,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) body_limit: usize,
    pub(crate) batch_limit: usize,
    pub(crate) rate_limit: u32,
    pub(crate) concurrency_limit: usize,
    pub(crate) request_time: Duration,
    pub(crate) body_time: Duration,
    pub(crate) bounds: Bounds,
    pub(crate) high_water: u64,
    pub(crate) idempotency: Duration,
    pub(crate) drain: Duration,
    pub(crate) shutdown: Duration,
}

/// What the worker alone is set up with.
#[derive(Clone, Copy)]
pub(crate) struct WorkerSettings {
    pub(crate) port: u16,
    pub(crate) concurrency: usize,
    pub(crate) batch: usize,
    pub(crate) lease: Duration,
    pub(crate) retry: Duration,
    pub(crate) shutdown: Duration,
}

/// Everything that a role reads. What it does not read has its default.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) log_level: LevelFilter,
    pub(crate) traces: TraceSettings,
    pub(crate) stores: Stores,
    pub(crate) api: ApiSettings,
    pub(crate) worker: WorkerSettings,
}

impl Settings {
    /// Reads what `role` needs. On failure every bad variable is named.
    pub(crate) fn read(role: Role, environment: Environment<'_>) -> Result<Self, Vec<ConfigError>> {
        // A variable of another role is none of this one's business, right or wrong.
        let of_role = |name: &str| {
            let mut own = VARIABLES.iter().filter(|one| one.roles.contains(&role));
            own.any(|one| one.name == name)
                .then(|| environment(name))
                .flatten()
        };
        let mut reader = Reader {
            environment: &of_role,
            errors: Vec::new(),
        };
        let settings = Self {
            log_level: log(&mut reader),
            traces: traces(&mut reader),
            stores: stores(&mut reader, role),
            api: api(&mut reader),
            worker: worker(&mut reader),
        };
        if reader.errors.is_empty() {
            Ok(settings)
        } else {
            Err(reader.errors)
        }
    }
}

fn log(reader: &mut Reader<'_>) -> LevelFilter {
    reader.choice(&LOG_FORMAT, &[("json", ())]);
    let levels = [
        ("error", LevelFilter::ERROR),
        ("warn", LevelFilter::WARN),
        ("info", LevelFilter::INFO),
        ("debug", LevelFilter::DEBUG),
        ("trace", LevelFilter::TRACE),
    ];
    reader.choice(&LOG_LEVEL, &levels)
}

fn traces(reader: &mut Reader<'_>) -> TraceSettings {
    let disabled = reader.choice(&OTEL_SDK_DISABLED, &[("false", false), ("true", true)]);
    let endpoints = [&OTEL_ENDPOINT, &OTEL_TRACES_ENDPOINT];
    let endpoints = endpoints.map(|one| reader.url(one, &["https", "http"]));
    let attributes = reader.optional(&OTEL_RESOURCE_ATTRIBUTES);
    let attributes = attributes.unwrap_or_default();
    TraceSettings {
        wanted: !disabled && endpoints.iter().any(Option::is_some),
        named: reader.optional(&OTEL_SERVICE_NAME).is_some()
            || attributes.contains("service.name="),
    }
}

fn stores(reader: &mut Reader<'_>, role: Role) -> Stores {
    let postgres = reader.url(&DATABASE_URL, &["postgresql", "postgres"]);
    let redis = if REDIS_URL.roles.contains(&role) {
        reader.url(&REDIS_URL, &["redis", "rediss"])
    } else {
        None
    };
    let search = reader.url(&ELASTICSEARCH_URL, &["https", "http"]);
    let index = reader.text(&SEARCH_INDEX);
    let durability = [
        ("redis", Durability::Redis),
        ("postgres-outbox", Durability::PostgresOutbox),
    ];
    Stores {
        database_url: postgres.unwrap_or_default(),
        database_connections: reader.number(&DATABASE_CONNECTIONS, 1),
        redis_url: redis.unwrap_or_default(),
        redis_authorities: reader.optional(&REDIS_CA_FILE).map(PathBuf::from),
        queue_name: reader.text(&QUEUE_NAME),
        search: search.map(|url| SearchSettings { url, index }),
        search_optional: reader.choice(&SEARCH_OPTIONAL, &[("false", false), ("true", true)]),
        durability: reader.choice(&DURABILITY, &durability),
    }
}

fn api(reader: &mut Reader<'_>) -> ApiSettings {
    let origins = reader.optional(&CORS_ORIGINS).unwrap_or_default();
    let origins = origins.split(',').map(|origin| origin.trim().to_owned());
    let request_time = reader.seconds(&REQUEST_SECONDS, 1);
    ApiSettings {
        port: reader.number(&API_PORT, 0),
        prefix: reader.text(&API_PREFIX).trim_matches('/').to_owned(),
        token: reader.optional(&API_TOKEN),
        cors_origins: origins.filter(|origin| !origin.is_empty()).collect(),
        body_limit: reader.number(&BODY_LIMIT, 1024),
        batch_limit: reader.number(&BATCH_LIMIT, 1),
        rate_limit: reader.number(&RATE_LIMIT, 0),
        concurrency_limit: reader.number(&CONCURRENCY_LIMIT, 1),
        request_time,
        body_time: reader.seconds(&BODY_SECONDS, 1),
        bounds: Bounds {
            head: reader.seconds(&HEADER_SECONDS, 1),
            idle: reader.seconds(&IDLE_SECONDS, 1),
            unread: request_time,
            connections: reader.number(&CONNECTION_LIMIT, 1),
        },
        high_water: reader.number(&QUEUE_HIGH_WATER, 1),
        idempotency: reader.seconds(&IDEMPOTENCY_SECONDS, 1),
        drain: reader.seconds(&DRAIN_SECONDS, 0),
        shutdown: reader.seconds(&SHUTDOWN_SECONDS, 1),
    }
}

fn worker(reader: &mut Reader<'_>) -> WorkerSettings {
    WorkerSettings {
        port: reader.number(&WORKER_PORT, 0),
        concurrency: reader.number(&QUEUE_CONCURRENCY, 1),
        batch: reader.number(&QUEUE_BATCH, 1),
        lease: reader.seconds(&QUEUE_LEASE_SECONDS, 1),
        retry: reader.seconds(&QUEUE_RETRY_SECONDS, 0),
        shutdown: reader.seconds(&SHUTDOWN_SECONDS, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(role: Role, set: &[(&str, &str)]) -> Result<Settings, String> {
        let environment = |name: &str| {
            let found = set.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Settings::read(role, &environment).map_err(|errors| {
            let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
            lines.join("\n")
        })
    }

    const STORES: [(&str, &str); 2] = [
        ("DATABASE_URL", "postgresql://u:p@db/s"),
        ("REDIS_URL", "redis://:p@redis:6379/0"),
    ];

    #[test]
    fn the_stores_are_all_that_must_be_said() {
        let settings = read(Role::Api, &STORES).unwrap();
        assert_eq!(settings.api.port, 3000);
        assert_eq!(settings.stores.queue_name, "signal-processing-queue");
        assert!(settings.stores.search.is_none());
        assert_eq!(read(Role::Worker, &STORES).unwrap().worker.port, 3001);
    }

    #[test]
    fn every_mistake_is_named_and_no_password_shown() {
        let set = [
            ("DATABASE_URL", "mysql://u:hunter2@db/s"),
            ("PORT", "http"),
            ("LOG_LEVEL", "loud"),
        ];
        let errors = read(Role::Api, &set).err().unwrap();
        assert!(errors.contains("DATABASE_URL must start with postgresql:// or postgres://"));
        assert!(errors.contains("REDIS_URL is not set"));
        assert!(errors.contains("PORT is \"http\" and must be a number from 0"));
        assert!(errors.contains("LOG_LEVEL is \"loud\""));
        assert!(!errors.contains("hunter2"));
    }

    #[test]
    fn a_role_reads_only_its_own_variables() {
        let set = [STORES[0], ("PORT", "nonsense"), ("QUEUE_BATCH", "none")];
        assert!(read(Role::Migrate, &set).is_ok());
    }

    #[test]
    fn the_table_names_a_variable_once_for_each_role() {
        for role in Role::ALL {
            let own = VARIABLES.iter().filter(|one| one.roles.contains(&role));
            let mut names: Vec<_> = own.map(|one| one.name).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{}", role.name());
        }
    }
}
