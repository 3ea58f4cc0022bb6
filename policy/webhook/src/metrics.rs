//! What is counted, without a label whose values others choose: no namespaces, no names.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::audit::AuditMetrics;
use crate::view::{Held, View};

/// One request, by what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Admission {
    /// `create`, `update` …
    pub operation: &'static str,
    /// The resource, if it is one of those that are judged; else `other`.
    pub resource: &'static str,
    /// `allow`, `warn`, `deny`, `skip`, `error`, `shed`.
    pub decision: &'static str,
    /// `true` or `false`.
    pub dry_run: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RuleResult {
    rule: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CertificateRole {
    role: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: &'static str,
}

type Fractional = Gauge<f64, AtomicU64>;

/// All metrics of the process.
pub struct Metrics {
    registry: Registry,
    requests: Family<Admission, Counter>,
    duration: Histogram,
    queue: Histogram,
    body_bytes: Histogram,
    in_flight: Gauge,
    connections: Gauge,
    rules: Family<RuleResult, Counter>,
    panics: Counter,
    policy_loaded: Family<Outcome, Counter>,
    certificate_loaded: Family<Outcome, Counter>,
    certificate_not_after: Family<CertificateRole, Fractional>,
    cache: Cache,
    /// Of the audit.
    pub audit: AuditMetrics,
}

/// What is known of the cluster.
#[derive(Default)]
struct Cache {
    objects: Family<OfKind, Gauge>,
    bytes: Gauge,
    synced: Family<OfKind, Gauge>,
    last_event: Gauge,
}

impl Cache {
    fn register(&self, to: &mut Registry) {
        let help = "Objects that are kept of each kind that rules look at";
        to.register("cache_objects", help, self.objects.clone());
        let help = "Bytes of the texts of all objects that are kept";
        to.register("cache_bytes", help, self.bytes.clone());
        let help = "Whether all objects of a kind are known; rules that look at one that is not are not asked";
        to.register("cache_synced", help, self.synced.clone());
        let help = "Seconds since 1970 at which something was last heard of the cluster";
        to.register("cache_last_event_seconds", help, self.last_event.clone());
    }
}

/// From 50 µs, which is less than a small object takes, to what is left of the longest timeout.
const DURATIONS: [f64; 14] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
    2.5,
];
const SIZES: [f64; 7] = [2e3, 8e3, 32e3, 128e3, 512e3, 2e6, 7.4e6];

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All of them, at nothing.
    pub fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("plimsoll"),
            requests: Family::default(),
            duration: Histogram::new(DURATIONS),
            queue: Histogram::new(DURATIONS),
            body_bytes: Histogram::new(SIZES),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            rules: Family::default(),
            panics: Counter::default(),
            policy_loaded: Family::default(),
            certificate_loaded: Family::default(),
            certificate_not_after: Family::default(),
            cache: Cache::default(),
            audit: AuditMetrics::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let to = &mut self.registry;
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        to.register("build", "The release that runs", version);
        let help = "Requests of the API server by what came of them";
        to.register("admission_requests", help, self.requests.clone());
        let help = "Seconds from the head of a request to its answer";
        to.register("admission_duration_seconds", help, self.duration.clone());
        let help =
            "Seconds that large objects waited for their turn to be judged, or to be turned away";
        to.register("admission_queue_seconds", help, self.queue.clone());
        let help = "Bytes of the bodies of requests";
        to.register("admission_body_bytes", help, self.body_bytes.clone());
        let help = "Requests that are being answered";
        to.register("admission_in_flight", help, self.in_flight.clone());
        to.register("connections", "Open connections", self.connections.clone());
        let help = "Findings of each rule by what came of them: deny, warn, exempt";
        to.register("rule_results", help, self.rules.clone());
        let help = "Panics, in rules and outside of them";
        to.register("panics", help, self.panics.clone());
        let help = "Times that the configuration was put in force, or refused";
        to.register("policy_reloads", help, self.policy_loaded.clone());
        let help = "Times that the certificate was taken, or refused";
        to.register("cert_reloads", help, self.certificate_loaded.clone());
        let help = "Seconds since 1970 at which the certificate expires";
        to.register(
            "cert_not_after_seconds",
            help,
            self.certificate_not_after.clone(),
        );
        self.cache.register(to);
        self.audit.register(to);
        self
    }

    /// A request that was answered.
    pub fn answered(&self, admission: &Admission, took: Duration, bytes: usize) {
        self.requests.get_or_create(admission).inc();
        self.duration.observe(took.as_secs_f64());
        self.body_bytes
            .observe(f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)));
    }

    /// A large object has waited for its turn.
    pub fn waited(&self, time: Duration) {
        self.queue.observe(time.as_secs_f64());
    }

    /// A request that was not judged.
    pub fn refused(&self, decision: &'static str) {
        let admission = Admission {
            operation: "unknown",
            resource: "other",
            decision,
            dry_run: "false",
        };
        self.requests.get_or_create(&admission).inc();
    }

    /// What came of a rule's finding.
    pub fn rule(&self, rule: &'static str, result: &'static str) {
        self.rules.get_or_create(&RuleResult { rule, result }).inc();
    }

    /// Panics that were caught.
    pub fn panicked(&self, count: usize) {
        self.panics.inc_by(count as u64);
    }

    /// A configuration that was read.
    pub fn policy(&self, taken: bool) {
        self.policy_loaded.get_or_create(&outcome(taken)).inc();
    }

    /// A certificate that was read.
    pub fn certificate(&self, taken: bool) {
        self.certificate_loaded.get_or_create(&outcome(taken)).inc();
    }

    /// When the certificate that is shown expires, or the authority behind it.
    pub fn expires(&self, role: &'static str, at: i64) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds are exact for some hundred million years"
        )]
        let at = at as f64;
        self.certificate_not_after
            .get_or_create(&CertificateRole { role })
            .set(at);
    }

    /// What is known of the cluster.
    pub fn view(&self, view: &View) {
        let mut all = 0;
        for (kind, held, count, bytes) in view.sizes() {
            if held == Held::Unknown && count == 0 {
                continue;
            }
            all += bytes;
            let of = OfKind { kind };
            self.cache
                .objects
                .get_or_create(&of)
                .set(count.cast_signed() as i64);
            self.cache
                .synced
                .get_or_create(&of)
                .set(i64::from(held.is_known()));
        }
        self.cache.bytes.set(all.cast_signed() as i64);
        self.cache.last_event.set(view.last_event());
    }

    /// How many requests are being answered.
    pub fn in_flight(&self, count: usize) {
        self.in_flight.set(count.cast_signed() as i64);
    }

    /// How many connections are open.
    pub fn connections(&self, count: usize) {
        self.connections.set(count.cast_signed() as i64);
    }

    /// All of them, in the format of `OpenMetrics`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn outcome(taken: bool) -> Outcome {
    let result = if taken { "taken" } else { "refused" };
    Outcome { result }
}
