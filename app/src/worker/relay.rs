//! From the outbox to the queue, in outbox mode.

use std::sync::Arc;
use std::time::Duration;

use super::Worker;
use crate::clock;
use crate::queue::{NewJob, first};

/// Events that are moved at once.
const AT_ONCE: i64 = 1000;
/// How long an empty outbox is left alone.
const IDLE: Duration = Duration::from_millis(50);
const AWAY: Duration = Duration::from_millis(500);

#[derive(Debug, thiserror::Error)]
enum RelayError {
    #[error("PostgreSQL: {0}")]
    Postgres(#[from] sqlx::Error),
    #[error("Redis: {0}")]
    Redis(#[from] redis::RedisError),
}

/// Relays until the worker is to stop.
pub(super) async fn run(worker: Arc<Worker>) {
    let mut known_run = None;
    while !worker.stop.is_cancelled() {
        match relay(&worker, &mut known_run).await {
            Ok(count) if i64::try_from(count) == Ok(AT_ONCE) => {}
            Ok(_) => worker.pause(IDLE).await,
            Err(error) => {
                tracing::warn!(%error, "events wait in the outbox");
                worker.pause(AWAY).await;
            }
        }
    }
}

async fn relay(worker: &Worker, known_run: &mut Option<String>) -> Result<usize, RelayError> {
    // Asked for before anything is pushed: what a server takes that then ends is relayed again.
    let run = worker.queue.run().await?;
    if known_run.as_ref() != Some(&run) {
        let again = worker.outbox.forget_other_runs(&run).await?;
        if again > 0 {
            tracing::warn!(
                events = again,
                "Redis was started anew; its events are relayed again"
            );
        }
        *known_run = Some(run.clone());
    }
    let push = async |events: Vec<String>| -> Result<(), RelayError> {
        let now = clock::now();
        let jobs = events.iter().map(|event| NewJob {
            named: None,
            entry: first(event, now),
        });
        let jobs: Vec<NewJob> = jobs.collect();
        worker.queue.enqueue(&jobs, Duration::ZERO).await?;
        Ok(())
    };
    let count = worker.outbox.relay(&run, AT_ONCE, push).await?;
    worker.metrics.relayed.inc_by(count as u64);
    Ok(count)
}
