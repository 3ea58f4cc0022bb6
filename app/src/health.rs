//! Whether a process is alive, and whether it can do its work now.
//!
//! Alive asks nothing of the stores: a restart repairs none of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::queue::Queue;
use crate::search::Search;
use crate::store::Store;

/// A store that takes longer to say that it is there does not count.
const CHECK_TIME: Duration = Duration::from_millis(800);
/// However many ask, the stores are asked once in this time.
const FRESH: Duration = Duration::from_secs(1);

/// One thing that a process depends on.
pub(crate) enum Dependency {
    Database(Store),
    Redis(Queue),
    Search(Search),
}

/// A dependency, and whether the process is ready without it.
pub(crate) struct Check {
    pub(crate) dependency: Dependency,
    pub(crate) required: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Checked {
    pub(crate) service: &'static str,
    pub(crate) healthy: bool,
    pub(crate) required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'static str>,
}

/// What the readiness endpoint answers.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Readiness {
    pub(crate) status: &'static str,
    pub(crate) checks: Vec<Checked>,
}

impl Readiness {
    pub(crate) fn is_ready(&self) -> bool {
        self.status == READY
    }
}

const READY: &str = "ready";

/// The health of one process.
pub(crate) struct Health {
    checks: Vec<Check>,
    /// Also the lock that lets only one caller ask the stores.
    last: Mutex<Option<(Instant, Vec<Checked>)>>,
    leaving: AtomicBool,
}

impl Health {
    pub(crate) fn new(checks: Vec<Check>) -> Self {
        Self {
            checks,
            last: Mutex::new(None),
            leaving: AtomicBool::new(false),
        }
    }

    /// From now on the process is not ready: it is about to end.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    pub(crate) async fn readiness(&self) -> Readiness {
        let checks = self.checked().await;
        let status = if self.is_leaving() {
            "shutting down"
        } else if checks.iter().any(|one| one.required && !one.healthy) {
            "not ready"
        } else {
            READY
        };
        Readiness { status, checks }
    }

    async fn checked(&self) -> Vec<Checked> {
        let mut last = self.last.lock().await;
        if let Some((at, checked)) = &*last
            && at.elapsed() < FRESH
        {
            return checked.clone();
        }
        let mut running = tokio::task::JoinSet::new();
        for (place, check) in self.checks.iter().enumerate() {
            let asked = check.dependency.ask();
            running.spawn(async move { (place, timeout(CHECK_TIME, asked).await) });
        }
        let mut results = running.join_all().await;
        results.sort_by_key(|(place, _)| *place);
        let results = results.into_iter().zip(&self.checks);
        let checked: Vec<_> = results
            .map(|((_, result), check)| {
                check.judge(result.unwrap_or(Err("does not answer in time")))
            })
            .collect();
        *last = Some((Instant::now(), checked.clone()));
        checked
    }
}

impl Check {
    fn judge(&self, result: Result<(), &'static str>) -> Checked {
        Checked {
            service: self.dependency.name(),
            healthy: result.is_ok(),
            required: self.required,
            error: result.err(),
        }
    }
}

impl Dependency {
    fn name(&self) -> &'static str {
        match self {
            Self::Database(_) => "database",
            Self::Redis(_) => "redis",
            Self::Search(_) => "search",
        }
    }

    /// The answer tells outsiders no more than that something is wrong; the log has the cause.
    fn ask(&self) -> impl Future<Output = Result<(), &'static str>> + Send + use<> {
        let asked: std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send>> = match self {
            Self::Database(store) => {
                let store = store.clone();
                Box::pin(async move { store.ping().await.map_err(|error| error.to_string()) })
            }
            Self::Redis(queue) => {
                let queue = queue.clone();
                Box::pin(async move { queue.ping().await })
            }
            Self::Search(search) => {
                let search = search.clone();
                Box::pin(async move { search.ping().await.map_err(|error| error.to_string()) })
            }
        };
        let service = self.name();
        async move {
            asked.await.map_err(|error| {
                tracing::warn!(error, dependency = service, "a dependency is not healthy");
                "is not reachable"
            })
        }
    }
}
