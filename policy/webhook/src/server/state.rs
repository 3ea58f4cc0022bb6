//! What all requests share.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::Load;
use crate::clock;
use crate::metrics::Metrics;
use crate::policy::Policy;
use crate::view::View;

/// How much is taken on at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Threads that judge.
    pub threads: usize,
    /// Requests that are being answered, before more are turned away.
    pub in_flight: usize,
    /// Open connections, before the oldest that never asked anything is closed for each more.
    pub connections: usize,
    /// Bytes of all large bodies together.
    pub body_bytes: usize,
}

impl Limits {
    /// What a number of threads can answer in good time.
    pub fn of_threads(threads: usize) -> Self {
        Self {
            threads,
            in_flight: 256 * threads,
            connections: 4096,
            body_bytes: 64 << 20,
        }
    }
}

/// What all requests share.
pub struct State {
    /// The policy in force; requests hold on to the one that they began with.
    pub policy: ArcSwap<Policy>,
    /// What is counted.
    pub metrics: Metrics,
    /// What is known of the cluster, if it is watched.
    pub view: OnceLock<Arc<View>>,
    pub(super) load: Load,
    draining: AtomicBool,
    certificate_expires: AtomicI64,
    distrust: ArcSwapOption<String>,
}

/// A certificate that is so near its end is as good as none.
const LEAST_VALID: i64 = 3600;

impl State {
    /// The state of a server that has a policy, and no certificate yet.
    pub fn new(policy: Policy, limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            policy: ArcSwap::from_pointee(policy),
            metrics: Metrics::new(),
            view: OnceLock::new(),
            load: Load::new(limits),
            draining: AtomicBool::new(false),
            certificate_expires: AtomicI64::new(0),
            distrust: ArcSwapOption::empty(),
        })
    }

    /// The server is going: it is not ready any more, and asks its clients to connect elsewhere.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the server is going.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// A certificate is shown that expires then, in seconds since 1970.
    pub fn shows_certificate(&self, expires: i64) {
        self.certificate_expires.store(expires, Ordering::Relaxed);
        self.metrics.expires("leaf", expires);
    }

    /// Why the API server would not accept what is shown; `None` if it would.
    pub fn distrusted(&self, why: Option<String>) {
        if let Some(why) = why
            .as_ref()
            .filter(|why| self.distrust.load().as_deref() != Some(why))
        {
            tracing::warn!(why, "not ready");
        }
        self.distrust.store(why.map(Arc::new));
    }

    /// Why the server should not be sent anything; `None` if it should.
    pub fn unready(&self) -> Option<String> {
        if self.is_draining() {
            return Some("the server is going".into());
        }
        if let Some(why) = self.distrust.load_full() {
            return Some(why.as_str().to_owned());
        }
        if self.view.get().is_some_and(|view| !view.is_settled()) {
            return Some("the cluster is being read".into());
        }
        let left = self.certificate_expires.load(Ordering::Relaxed) - clock::seconds();
        (left < LEAST_VALID).then(|| match self.certificate_expires.load(Ordering::Relaxed) {
            0 => "there is no certificate".into(),
            _ => format!("the certificate is valid for {left} more seconds only"),
        })
    }
}
