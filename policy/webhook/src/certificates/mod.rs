//! Certificates of our own: an authority and a leaf in a Secret, and the authority in the webhook's configuration.
//!
//! ```text
//!            Secret, configuration, reports            what to do next            written by the Lease's holder
//! keep.rs ──▶ cluster.rs ───────────────────────────▶ plan.rs ─────────────────▶ issue.rs ──▶ cluster.rs
//! ```
//!
//! A new authority is trusted before anything is issued by it, and an old one is trusted until nothing that it issued can
//! be shown any more: no call of the API server ever meets a certificate that it does not accept.

mod cluster;
mod issue;
mod keep;
mod plan;
mod stored;
pub(crate) mod trust;

pub use cluster::{Cluster, Fault};
pub use keep::Keeper;
pub(crate) use keep::watch_trust;
pub use plan::{Published, Report, Seen, Step, digest, next};
pub use stored::{Authority, Leaf, Old, Stored};
pub use trust::{Distrust, accepts};
pub(crate) use trust::{expires, leaf_expires};

/// What things are called in a cluster.
#[derive(Clone, Debug)]
pub struct Names {
    /// Where the webhook runs.
    pub namespace: String,
    /// The Service that the API server connects to.
    pub service: String,
    /// The `ValidatingWebhookConfiguration`.
    pub configuration: String,
    /// This replica: its Pod.
    pub replica: String,
}

impl Names {
    /// The Secret, and the Lease that its writer holds.
    pub fn secret(&self) -> String {
        format!("{}-certificates", self.service)
    }

    /// The `ConfigMap` in which replicas say what they have seen, while an authority is changed.
    pub fn reports(&self) -> String {
        format!("{}-replicas", self.service)
    }

    /// What a certificate is for: the name that the API server connects to comes first.
    pub fn dns(&self) -> [String; 2] {
        let short = format!("{}.{}.svc", self.service, self.namespace);
        let long = format!("{short}.cluster.local");
        [short, long]
    }
}
