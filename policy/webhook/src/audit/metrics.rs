//! What is counted of the audit.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Written {
    result: &'static str,
}

/// What is counted of the audit.
#[derive(Default)]
pub struct AuditMetrics {
    leader: Gauge,
    duration: Gauge<f64, AtomicU64>,
    objects: Gauge,
    last: Gauge,
    reports: Gauge,
    writes: Family<Written, Counter>,
}

impl AuditMetrics {
    pub(crate) fn register(&self, to: &mut Registry) {
        let help = "Whether this replica is the one that audits";
        to.register("leader", help, self.leader.clone());
        let help = "Seconds that the last audit of everything took";
        to.register("audit_duration_seconds", help, self.duration.clone());
        let help = "Objects that the last audit of everything looked at";
        to.register("audit_objects", help, self.objects.clone());
        let help = "Seconds since 1970 at which everything was audited last";
        to.register("audit_last_seconds", help, self.last.clone());
        let help = "Reports that there are";
        to.register("reports", help, self.reports.clone());
        let help = "Reports by what was done: applied, deleted, failed, unchanged, or capped, which are too many";
        to.register("report_writes", help, self.writes.clone());
    }

    pub(super) fn leads(&self, leads: bool) {
        self.leader.set(i64::from(leads));
    }

    pub(super) fn passed(&self, all: bool, took: Duration, objects: usize, at: i64) {
        if all {
            self.duration.set(took.as_secs_f64());
            self.objects.set(objects.cast_signed() as i64);
            self.last.set(at);
        }
    }

    pub(super) fn wrote(&self, result: &'static str, reports: usize) {
        self.writes.get_or_create(&Written { result }).inc();
        self.reports.set(reports.cast_signed() as i64);
    }

    pub(super) fn has(&self, reports: usize) {
        self.reports.set(reports.cast_signed() as i64);
    }
}
