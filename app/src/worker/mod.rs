//! The worker: takes jobs from the queue in batches, scores them, writes them down, indexes them.
//!
//! One task claims; each batch then is a task of its own, as many at once as the settings allow.
//! Beside them run the chores: lists kept in order, the index repaired, the outbox relayed.

mod batch;
mod chores;
mod relay;
mod write;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::api::Probes;
use crate::clock;
use crate::config::{Durability, WorkerSettings};
use crate::health::Health;
use crate::metrics::Metrics;
use crate::queue::{Claimed, Queue};
use crate::search::Search;
use crate::server::{self, Bounds, listen};
use crate::store::{Outbox, Store};

/// How long an empty queue is left alone.
const IDLE: Duration = Duration::from_millis(100);
/// How long Redis is left alone after it failed.
const AWAY: Duration = Duration::from_millis(500);
/// What is kept of the time to shut down for giving leases back.
const GIVING_BACK: Duration = Duration::from_secs(2);

/// What is left to tasks that may be cut off.
const CUTTING_OFF: Duration = Duration::from_millis(500);

/// What the worker's tasks share.
pub(crate) struct Worker {
    pub(crate) settings: WorkerSettings,
    pub(crate) durability: Durability,
    pub(crate) store: Store,
    pub(crate) outbox: Outbox,
    pub(crate) queue: Queue,
    pub(crate) search: Option<Search>,
    pub(crate) health: Arc<Health>,
    pub(crate) metrics: Arc<Metrics>,
    /// No new batches.
    pub(crate) stop: CancellationToken,
    /// No waiting for batches either: what is not done goes back.
    pub(crate) give_up: CancellationToken,
}

/// Works until it is told to stop, then finishes what it has in hand, or gives it back.
pub(crate) async fn run(worker: Arc<Worker>) -> std::io::Result<()> {
    let listener = listen(worker.settings.port).await?;
    let probes = Probes {
        health: Arc::clone(&worker.health),
        metrics: Arc::clone(&worker.metrics),
    };
    // It answers to the end: a worker that drains is alive, and has counters that are worth a scrape.
    let never = CancellationToken::new();
    let server = server::serve(listener, probes.server(), Bounds::PROBES, never);
    let server = tokio::spawn(server);
    let chores = TaskTracker::new();
    chores::start(&worker, &chores);
    if worker.durability == Durability::PostgresOutbox {
        chores.spawn(relay::run(Arc::clone(&worker)));
    }
    let batches = TaskTracker::new();
    claim_all(&worker, &batches).await;
    worker.health.leave();
    chores.close();
    batches.close();
    finish(&worker, &batches).await;
    // Each chore is safe to cut off; most have ended while the batches did.
    let _ = tokio::time::timeout(CUTTING_OFF, chores.wait()).await;
    let _ = tokio::time::timeout(CUTTING_OFF, worker.store.close()).await;
    server.abort();
    tracing::info!("ended");
    Ok(())
}

async fn claim_all(worker: &Arc<Worker>, batches: &TaskTracker) {
    let slots = Arc::new(Semaphore::new(worker.settings.concurrency));
    while let Some(slot) = worker
        .unless_stopped(Arc::clone(&slots).acquire_owned())
        .await
    {
        let slot = slot.expect("the slots are never closed");
        let deadline = clock::now() + worker.settings.lease;
        // A claim that is under way when the order to stop comes is waited for: its jobs are ours.
        match worker.queue.claim(worker.settings.batch, deadline).await {
            Ok(Some(claimed)) => drop(batches.spawn(handle(Arc::clone(worker), claimed, slot))),
            Ok(None) => worker.pause(IDLE).await,
            Err(error) => {
                tracing::warn!(%error, "no jobs can be claimed");
                worker.pause(AWAY).await;
            }
        }
    }
}

async fn handle(worker: Arc<Worker>, claimed: Claimed, _slot: OwnedSemaphorePermit) {
    batch::process(&worker, claimed).await;
}

async fn finish(worker: &Worker, batches: &TaskTracker) {
    let reserved = GIVING_BACK + 2 * CUTTING_OFF;
    let time = worker.settings.shutdown.saturating_sub(reserved);
    if tokio::time::timeout(time, batches.wait()).await.is_err() {
        tracing::warn!(batches = batches.len(), "batches are given back unfinished");
        worker.give_up.cancel();
        let _ = tokio::time::timeout(GIVING_BACK, batches.wait()).await;
    }
}

impl Worker {
    /// What `future` gives, or `None` at once when the worker is to stop.
    async fn unless_stopped<F: Future>(&self, future: F) -> Option<F::Output> {
        self.stop.run_until_cancelled(future).await
    }

    async fn pause(&self, time: Duration) {
        self.unless_stopped(tokio::time::sleep(time)).await;
    }
}
