//! What is said of the audit where the webhook is started.

use std::time::Duration;

use clap::Args;

use super::{ReportApi, Settings};

/// How what is stored already is gone over.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Go over what is stored already, and write a report of every object with something wrong; one replica does
    #[arg(long = "audit", id = "audit", requires = "view")]
    pub(crate) on: bool,
    /// Which reports are written
    #[arg(long, value_enum, default_value = "openreports", requires = "audit")]
    reports: ReportApi,
    /// Reports that there may be; what has none then is counted
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 10_000,
        requires = "audit"
    )]
    max_reports: usize,
    /// A namespace that is not gone over; repeatable, instead of Kubernetes' own
    #[arg(long = "audit-skip", value_name = "NAMESPACE", requires = "audit")]
    skipped: Vec<String>,
    /// Minutes between two times that everything is gone over
    #[arg(
        long = "audit-minutes",
        value_name = "MINUTES",
        default_value_t = 60,
        requires = "audit"
    )]
    minutes: u64,
    /// Seconds from a change in a namespace until it is gone over
    #[arg(
        long = "audit-debounce",
        value_name = "SECONDS",
        default_value_t = 30,
        requires = "audit"
    )]
    debounce: u64,
}

/// Namespaces whose objects none of a cluster's users writes.
const OWN: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];

impl Arguments {
    /// With the namespace that the webhook runs in, and the name of this replica.
    pub(crate) fn settings(&self, namespace: &str, replica: String) -> Settings {
        let own = || OWN.iter().map(ToString::to_string).collect();
        Settings {
            lease_namespace: namespace.to_owned(),
            identity: replica,
            reports: self.reports,
            most_reports: self.max_reports,
            skipped: if self.skipped.is_empty() {
                own()
            } else {
                self.skipped.clone()
            },
            every: Duration::from_secs(60 * self.minutes.max(1)),
            debounce: Duration::from_secs(self.debounce),
        }
    }
}
