//! What has to be done from time to time, by every worker: each step is safe to do twice.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::{Worker, batch};
use crate::api::{measure_connections, measure_queue};
use crate::clock;
use crate::config::Durability;

const KEEP_LISTS: Duration = Duration::from_millis(500);
const MEASURE: Duration = Duration::from_secs(2);
const SWEEP: Duration = Duration::from_secs(2);
/// Signals that one sweep sends to the search engine.
const SWEPT: i64 = 500;

pub(super) fn start(worker: &Arc<Worker>, tracker: &TaskTracker) {
    tracker.spawn(keep_lists(Arc::clone(worker)));
    tracker.spawn(sweep(Arc::clone(worker)));
    if worker.durability == Durability::PostgresOutbox {
        tracker.spawn(measure_outbox(Arc::clone(worker)));
    }
}

/// Delayed jobs and expired leases go back to the queue; the queue is measured.
async fn keep_lists(worker: Arc<Worker>) {
    let queue = &worker.queue;
    while !worker.stop.is_cancelled() {
        let now = clock::now();
        match queue.reap(now).await {
            Ok(0) => {}
            Ok(jobs) => tracing::warn!(jobs, "jobs of a worker that has ended were queued again"),
            Err(error) => tracing::debug!(%error, "expired leases cannot be looked for"),
        }
        if let Err(error) = queue.promote(now).await {
            tracing::debug!(%error, "delayed jobs cannot be looked for");
        }
        // While Redis is away the last figures stand.
        let _ = measure_queue(queue, &worker.metrics).await;
        measure_connections(&worker.store, &worker.metrics);
        worker.pause(KEEP_LISTS).await;
    }
}

/// What waits for the queue is told by PostgreSQL, so it is known while Redis is away.
async fn measure_outbox(worker: Arc<Worker>) {
    while !worker.stop.is_cancelled() {
        match worker.outbox.waiting().await {
            Ok((events, seconds)) => {
                worker.metrics.outbox.set(events);
                worker.metrics.outbox_oldest.set(seconds);
            }
            Err(error) => tracing::debug!(%error, "the outbox cannot be measured"),
        }
        worker.pause(MEASURE).await;
    }
}

/// Indexes what the search engine missed.
async fn sweep(worker: Arc<Worker>) {
    if let Some(search) = &worker.search {
        // Strict mappings must be there before the first document is.
        while let Err(error) = search.prepare().await {
            tracing::warn!(%error, "the search index cannot be made yet");
            worker.pause(SWEEP).await;
            if worker.stop.is_cancelled() {
                return;
            }
        }
    }
    while !worker.stop.is_cancelled() {
        match sweep_once(&worker).await {
            // A full sweep means that there is more.
            Ok(swept) if i64::try_from(swept) == Ok(SWEPT) => {}
            Ok(_) => worker.pause(SWEEP).await,
            Err(error) => {
                tracing::debug!(%error, "the search backlog cannot be worked off");
                worker.pause(SWEEP).await;
            }
        }
    }
}

/// Returns how many signals were indexed.
async fn sweep_once(worker: &Worker) -> Result<usize, sqlx::Error> {
    worker
        .metrics
        .backlog
        .set(worker.store.search_backlog().await?);
    let Some(search) = &worker.search else {
        return Ok(0);
    };
    let ids = worker.store.owed_to_search(SWEPT).await?;
    let signals = worker.store.signals(&ids).await?;
    if signals.is_empty() {
        return Ok(0);
    }
    let outcomes = search.index(&signals).await;
    let owed = batch::owed(worker, &signals, outcomes);
    let still: Vec<i64> = owed.iter().map(|owed| owed.signal).collect();
    let ids = signals.iter().map(|signal| signal.id);
    let paid: Vec<i64> = ids.filter(|id| !still.contains(id)).collect();
    worker.store.search_paid(&paid).await?;
    if !owed.is_empty() {
        worker.store.owe_search(&owed).await?;
    }
    tracing::info!(
        signals = paid.len(),
        owed = owed.len(),
        "search index repaired"
    );
    Ok(paid.len())
}
