//! Every variable of the environment that SSPP reads: one table, for reading and for the contract.

use serde::Serialize;

/// A part of SSPP that runs as a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Api,
    Worker,
    Migrate,
    Requeue,
}

use Role::{Api, Migrate, Requeue, Worker};

impl Role {
    pub(crate) const ALL: [Self; 4] = [Api, Worker, Migrate, Requeue];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Api => "api",
            Worker => "worker",
            Migrate => "migrate",
            Requeue => "requeue",
        }
    }
}

/// What happens when a variable is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unset {
    /// The process does not start.
    Refused,
    /// The feature is off.
    Off,
    /// This value is taken.
    Default(&'static str),
}

/// One variable of the environment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) roles: &'static [Role],
    pub(crate) unset: Unset,
    /// Its value belongs in a Secret, and never in a log.
    pub(crate) secret: bool,
    pub(crate) about: &'static str,
}

macro_rules! variables {
    ($($constant:ident $name:literal $roles:expr, $unset:expr, $secret:literal, $about:literal;)*) => {
        $(pub(super) const $constant: Variable = Variable {
            name: $name, roles: &$roles, unset: $unset, secret: $secret, about: $about,
        };)*
        /// The whole table, in the order in which it is documented.
        pub(crate) const VARIABLES: &[Variable] = &[$($constant),*];
    };
}

variables! {
    API_PORT "PORT" [Api], Unset::Default("3000"), false, "the port that the API listens on";
    WORKER_PORT "PORT" [Worker], Unset::Default("3001"), false, "the port of the worker's health and metrics";
    API_PREFIX "API_PREFIX" [Api], Unset::Default("api/v1"), false, "the path before every versioned endpoint";
    LOG_LEVEL "LOG_LEVEL" [Api, Worker, Migrate, Requeue], Unset::Default("info"), false, "error, warn, info, debug or trace";
    LOG_FORMAT "LOG_FORMAT" [Api, Worker, Migrate, Requeue], Unset::Default("json"), false, "json, the only format";
    DATABASE_URL "DATABASE_URL" [Api, Worker, Migrate, Requeue], Unset::Refused, true, "PostgreSQL: postgresql://USER:PASSWORD@HOST:PORT/DATABASE";
    DATABASE_CONNECTIONS "DATABASE_CONNECTIONS" [Api, Worker], Unset::Default("8"), false, "the most connections that one process opens to PostgreSQL";
    REDIS_URL "REDIS_URL" [Api, Worker, Requeue], Unset::Refused, true, "Redis: redis://:PASSWORD@HOST:PORT/NUMBER, or rediss:// for TLS";
    REDIS_CA_FILE "REDIS_CA_FILE" [Api, Worker, Requeue], Unset::Off, false, "certificates of the authorities to trust for rediss://, and no others, in PEM; without it those of SSL_CERT_FILE or the system";
    ELASTICSEARCH_URL "ELASTICSEARCH_URL" [Api, Worker], Unset::Off, true, "the search engine: https://USER:PASSWORD@HOST:PORT; without it nothing is indexed and search answers 503";
    SEARCH_INDEX "SEARCH_INDEX" [Api, Worker], Unset::Default("sales-signals"), false, "the index that signals are written to and found in";
    SEARCH_OPTIONAL "SEARCH_OPTIONAL" [Api, Worker], Unset::Default("false"), false, "true: stay ready while the search engine is away";
    SSL_CERT_FILE "SSL_CERT_FILE" [Api, Worker, Requeue], Unset::Off, false, "certificates to trust instead of the system's, in PEM";
    QUEUE_NAME "QUEUE_NAME" [Api, Worker, Requeue], Unset::Default("signal-processing-queue"), false, "the Redis list of waiting jobs; its length is the backlog";
    QUEUE_HIGH_WATER "QUEUE_HIGH_WATER" [Api], Unset::Default("1000000"), false, "with more waiting jobs than this the API answers 503";
    QUEUE_CONCURRENCY "QUEUE_CONCURRENCY" [Worker], Unset::Default("5"), false, "batches that a worker has in hand at once";
    QUEUE_BATCH "QUEUE_BATCH" [Worker], Unset::Default("500"), false, "the most jobs in a batch";
    QUEUE_LEASE_SECONDS "QUEUE_LEASE_SECONDS" [Worker], Unset::Default("30"), false, "a batch whose worker says nothing for this long goes back to the queue";
    QUEUE_RETRY_SECONDS "QUEUE_RETRY_SECONDS" [Worker], Unset::Default("2"), false, "the wait before the second attempt; it doubles with each";
    DURABILITY "DURABILITY" [Api, Worker], Unset::Default("redis"), false, "redis: accepted is what Redis took; postgres-outbox: what PostgreSQL committed";
    IDEMPOTENCY_SECONDS "IDEMPOTENCY_SECONDS" [Api], Unset::Default("86400"), false, "how long a reused key with another body is recognised in redis mode";
    API_TOKEN "API_TOKEN" [Api], Unset::Off, true, "the bearer token that every versioned endpoint but health then asks for; without it everyone may send events, and metrics are not shown below the prefix";
    CORS_ORIGINS "CORS_ORIGINS" [Api], Unset::Off, false, "origins, separated by commas, whose pages may call the API";
    BODY_LIMIT "BODY_LIMIT" [Api], Unset::Default("1048576"), false, "the most bytes of a request's body";
    BATCH_LIMIT "BATCH_LIMIT" [Api], Unset::Default("1000"), false, "the most events of a batch request";
    RATE_LIMIT "RATE_LIMIT" [Api], Unset::Default("0"), false, "requests a second that one process answers before it says 429; 0 is no limit";
    CONCURRENCY_LIMIT "CONCURRENCY_LIMIT" [Api], Unset::Default("1024"), false, "requests that one process has in hand before it says 503";
    CONNECTION_LIMIT "CONNECTION_LIMIT" [Api], Unset::Default("4096"), false, "connections that one process has open; more wait until one has ended";
    HEADER_SECONDS "HEADER_SECONDS" [Api], Unset::Default("10"), false, "the longest that the head of a request may take to arrive; then the connection is cut";
    BODY_SECONDS "BODY_SECONDS" [Api], Unset::Default("5"), false, "the longest that the body of a request may take to arrive before the answer is 408";
    IDLE_SECONDS "IDLE_SECONDS" [Api], Unset::Default("120"), false, "how long a connection stays open for the next request; longer than a balancer keeps it";
    REQUEST_SECONDS "REQUEST_SECONDS" [Api], Unset::Default("10"), false, "the longest that a request may take";
    DRAIN_SECONDS "DRAIN_SECONDS" [Api], Unset::Default("2"), false, "after SIGTERM: how long new connections are still accepted, not ready";
    SHUTDOWN_SECONDS "SHUTDOWN_SECONDS" [Api, Worker], Unset::Default("25"), false, "after SIGTERM: the longest until the process has ended";
    OTEL_ENDPOINT "OTEL_EXPORTER_OTLP_ENDPOINT" [Api, Worker], Unset::Off, false, "the collector of traces, as in http://otel-collector:4318, in builds with the feature otel; without it there are none";
    OTEL_TRACES_ENDPOINT "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" [Api, Worker], Unset::Off, false, "the whole URL that traces are sent to instead";
    OTEL_HEADERS "OTEL_EXPORTER_OTLP_HEADERS" [Api, Worker], Unset::Off, true, "headers for the collector, as in authorization=Bearer%20TOKEN";
    OTEL_SDK_DISABLED "OTEL_SDK_DISABLED" [Api, Worker], Unset::Default("false"), false, "true: no traces, whatever else is set";
    OTEL_SERVICE_NAME "OTEL_SERVICE_NAME" [Api, Worker], Unset::Off, false, "the name in traces, instead of sspp-api and sspp-worker";
    OTEL_RESOURCE_ATTRIBUTES "OTEL_RESOURCE_ATTRIBUTES" [Api, Worker], Unset::Off, false, "what else is said of the process in traces, as in deployment.environment.name=prod";
    OTEL_TRACES_SAMPLER "OTEL_TRACES_SAMPLER" [Api, Worker], Unset::Default("parentbased_always_on"), false, "which requests are traced, as the OpenTelemetry SDKs name it, parentbased_traceidratio say";
    OTEL_TRACES_SAMPLER_ARG "OTEL_TRACES_SAMPLER_ARG" [Api, Worker], Unset::Off, false, "the part of the requests that is traced, from 0 to 1, for samplers that take one";
}
