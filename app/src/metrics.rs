//! What operators can measure: every metric is listed in one table, which is also part of the contract.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use serde::Serialize;

use crate::config::Role;

/// The seed's buckets, in seconds.
const HTTP_BUCKETS: [f64; 7] = [0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0];
const JOB_BUCKETS: [f64; 8] = [0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];
/// What `/metrics` answers with.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How a metric is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// One metric, by the name that queries use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) labels: &'static [&'static str],
    pub(crate) roles: &'static [Role],
    pub(crate) about: &'static str,
}

const BOTH: &[Role] = &[Role::Api, Role::Worker];
const API: &[Role] = &[Role::Api];
const WORKER: &[Role] = &[Role::Worker];

macro_rules! catalogue {
    ($($constant:ident $name:literal $kind:ident [$($label:literal),*] $roles:ident, $about:literal;)*) => {
        $(const $constant: Described = Described {
            name: $name, kind: Kind::$kind, labels: &[$($label),*], roles: $roles, about: $about,
        };)*
        /// Every metric.
        pub(crate) const CATALOGUE: &[Described] = &[$($constant),*];
    };
}

catalogue! {
    REQUESTS "http_requests_total" Counter ["method", "route", "status"] BOTH, "Requests that were answered";
    REQUEST_SECONDS "http_request_duration_seconds" Histogram ["method", "route"] BOTH, "Time to answer a request";
    EVENTS "events_total" Counter ["result"] API, "Events: accepted, duplicate, conflict, invalid or refused";
    DEPTH "signal_queue_depth" Gauge ["state"] BOTH, "Jobs: waiting, active, delayed or dead";
    OLDEST "signal_queue_oldest_age_seconds" Gauge [] BOTH, "How long the oldest waiting job has waited";
    JOBS "signal_jobs_total" Counter ["result"] WORKER, "Jobs: completed, duplicate, retried, dead or returned";
    JOB_SECONDS "signal_job_duration_seconds" Histogram [] WORKER, "Time from claim to settlement";
    BULK "search_bulk_items_total" Counter ["result"] WORKER, "Documents: indexed, owed or refused";
    BACKLOG "search_backlog" Gauge [] WORKER, "Signals that the search index lacks";
    OUTBOX "outbox_waiting" Gauge [] WORKER, "Events in the outbox that the queue lacks, up to 100000";
    OUTBOX_OLDEST "outbox_oldest_age_seconds" Gauge [] WORKER, "How long the first event in the outbox has waited for the queue";
    RELAYED "outbox_relayed_total" Counter [] WORKER, "Events moved from the outbox to the queue";
    CONNECTIONS "database_connections" Gauge ["state"] BOTH, "Connections to PostgreSQL: open or idle";
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    pub(crate) method: &'static str,
    pub(crate) route: String,
    pub(crate) status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct RouteLabels {
    pub(crate) method: &'static str,
    pub(crate) route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct ResultLabel {
    pub(crate) result: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub(crate) struct StateLabel {
    pub(crate) state: &'static str,
}

type Seconds = Gauge<f64, AtomicU64>;

/// The metrics of one process.
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) requests: Family<RequestLabels, Counter>,
    pub(crate) request_seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
    pub(crate) events: Family<ResultLabel, Counter>,
    pub(crate) depth: Family<StateLabel, Gauge>,
    pub(crate) oldest: Seconds,
    pub(crate) jobs: Family<ResultLabel, Counter>,
    pub(crate) job_seconds: Histogram,
    pub(crate) bulk: Family<ResultLabel, Counter>,
    pub(crate) backlog: Gauge,
    pub(crate) outbox: Gauge,
    pub(crate) outbox_oldest: Seconds,
    pub(crate) relayed: Counter,
    pub(crate) connections: Family<StateLabel, Gauge>,
}

impl Metrics {
    /// Those that `role` has; the others are counted and not shown.
    pub(crate) fn of(role: Role) -> Self {
        let metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(|| Histogram::new(HTTP_BUCKETS)),
            events: Family::default(),
            depth: Family::default(),
            oldest: Seconds::default(),
            jobs: Family::default(),
            job_seconds: Histogram::new(JOB_BUCKETS),
            bulk: Family::default(),
            backlog: Gauge::default(),
            outbox: Gauge::default(),
            outbox_oldest: Seconds::default(),
            relayed: Counter::default(),
            connections: Family::default(),
        };
        metrics.register(role)
    }

    fn register(mut self, role: Role) -> Self {
        let mut register = |described: &Described, metric: Box<dyn Add>| {
            if described.roles.contains(&role) {
                // The format adds the suffix of counters itself.
                let name = described.name.trim_end_matches("_total");
                metric.add(&mut self.registry, name, described.about);
            }
        };
        register(&REQUESTS, Box::new(self.requests.clone()));
        register(&REQUEST_SECONDS, Box::new(self.request_seconds.clone()));
        register(&EVENTS, Box::new(self.events.clone()));
        register(&DEPTH, Box::new(self.depth.clone()));
        register(&OLDEST, Box::new(self.oldest.clone()));
        register(&JOBS, Box::new(self.jobs.clone()));
        register(&JOB_SECONDS, Box::new(self.job_seconds.clone()));
        register(&BULK, Box::new(self.bulk.clone()));
        register(&BACKLOG, Box::new(self.backlog.clone()));
        register(&OUTBOX, Box::new(self.outbox.clone()));
        register(&OUTBOX_OLDEST, Box::new(self.outbox_oldest.clone()));
        register(&RELAYED, Box::new(self.relayed.clone()));
        register(&CONNECTIONS, Box::new(self.connections.clone()));
        self
    }

    /// What a scrape gets.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        text::encode(&mut out, &self.registry).expect("a String takes any text");
        out
    }

    pub(crate) fn count_events(&self, result: &'static str, count: usize) {
        let counter = self.events.get_or_create(&ResultLabel { result });
        counter.inc_by(count as u64);
    }

    pub(crate) fn count_jobs(&self, result: &'static str, count: usize) {
        let counter = self.jobs.get_or_create(&ResultLabel { result });
        counter.inc_by(count as u64);
    }

    pub(crate) fn count_bulk(&self, result: &'static str, count: usize) {
        let counter = self.bulk.get_or_create(&ResultLabel { result });
        counter.inc_by(count as u64);
    }

    pub(crate) fn set_depth(&self, state: &'static str, count: u64) {
        let gauge = self.depth.get_or_create(&StateLabel { state });
        gauge.set(count.cast_signed());
    }
}

/// A metric of any type that a registry takes.
trait Add {
    fn add(self: Box<Self>, registry: &mut Registry, name: &str, about: &str);
}

impl<M: prometheus_client::registry::Metric> Add for M {
    fn add(self: Box<Self>, registry: &mut Registry, name: &str, about: &str) {
        registry.register(name, about, *self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Touches every family, so that each shows its labels.
    fn full(role: Role) -> String {
        let metrics = Metrics::of(role);
        let (method, route) = ("GET", "/health".to_owned());
        let labels = RequestLabels {
            method,
            route: route.clone(),
            status: 200,
        };
        metrics.requests.get_or_create(&labels).inc();
        let labels = RouteLabels { method, route };
        metrics.request_seconds.get_or_create(&labels).observe(0.2);
        metrics.count_events("accepted", 1);
        metrics.count_jobs("completed", 1);
        metrics.count_bulk("indexed", 1);
        metrics.set_depth("waiting", 1);
        let labels = StateLabel { state: "open" };
        metrics.connections.get_or_create(&labels).set(1);
        metrics.text()
    }

    #[test]
    fn each_role_shows_what_the_table_says_and_nothing_else() {
        for role in [Role::Api, Role::Worker] {
            let text = full(role);
            let shown = text
                .lines()
                .filter(|line| line.starts_with("# TYPE"))
                .count();
            let own = CATALOGUE.iter().filter(|one| one.roles.contains(&role));
            assert_eq!(shown, own.clone().count());
            for metric in own {
                let sample = match metric.kind {
                    Kind::Histogram => format!("{}_bucket", metric.name),
                    Kind::Counter | Kind::Gauge => metric.name.to_owned(),
                };
                let line = text.lines().find(|line| {
                    line.strip_prefix(&sample)
                        .is_some_and(|rest| rest.starts_with(['{', ' ']))
                });
                let line = line.unwrap_or_else(|| panic!("{sample} is not shown:\n{text}"));
                for label in metric.labels {
                    assert!(line.contains(&format!("{label}=\"")), "{line}");
                }
            }
        }
    }

    #[test]
    fn requests_are_timed_in_the_buckets_of_the_seed() {
        let text = full(Role::Api);
        for bucket in ["0.01", "0.05", "0.1", "0.5", "1.0", "2.0", "5.0", "+Inf"] {
            assert!(
                text.contains(&format!("le=\"{bucket}\",method=\"GET\",route=\"/health\"")),
                "{text}"
            );
        }
    }
}
