//! One batch, from claim to settlement.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;
use uuid::Uuid;

use super::Worker;
use super::write::Unwritten;
use crate::clock;
use crate::domain::Signal;
use crate::queue::{ATTEMPTS, Claimed, DeadLetter, Job, Settlement};
use crate::search::Outcome;
use crate::store::{Owed, Scored, StoredSignal, Written};
use crate::telemetry::JobSpans;

/// How long the settlement of a batch is tried for when Redis is away, in leases.
const SETTLING: u32 = 2;

/// Does what is to be done with a batch, keeping its lease meanwhile.
pub(super) async fn process(worker: &Worker, claimed: Claimed) {
    let start = Instant::now();
    let outcome = tokio::select! {
        settlement = work(worker, &claimed.entries) => settlement,
        () = keep(worker, &claimed.id) => None,
        () = worker.give_up.cancelled() => None,
    };
    match outcome {
        Some(settlement) => settle(worker, &claimed, &settlement).await,
        None => give_back(worker, &claimed).await,
    }
    worker
        .metrics
        .job_seconds
        .observe(start.elapsed().as_secs_f64());
}

/// `None` when the batch cannot be worked on now, and is nobody's fault.
async fn work(worker: &Worker, entries: &[String]) -> Option<Settlement> {
    let now = clock::now();
    let mut settlement = Settlement::default();
    let mut jobs = Vec::with_capacity(entries.len());
    for entry in entries {
        match Job::read(entry) {
            Ok(job) => jobs.push(job),
            Err(reason) => settlement.dead.push(dead(now, reason, entry.clone())),
        }
    }
    let noted = jobs.iter();
    let noted = noted.map(|job| (&job.event.traceparent, job.id(), job.attempt));
    let mut spans = JobSpans::begin(noted);
    let scored: Vec<Scored<'_>> = jobs.iter().map(scored).collect();
    let (written, unwritten) = worker.write(&scored).await?;
    let failed = unwritten.len();
    for (event, cause) in unwritten {
        spans.failed(event, cause.reason());
        // Two jobs with one id fail together; each is settled for itself.
        for job in jobs.iter().filter(|job| job.id() == event) {
            put_off(worker, &mut settlement, job, &cause, now);
        }
    }
    settlement.done = jobs.len() - failed;
    index(worker, &scored, &written).await;
    bury(worker, &settlement).await;
    count(worker, &settlement, &written);
    Some(settlement)
}

fn scored(job: &Job) -> Scored<'_> {
    let event = &job.event;
    Scored {
        event,
        signal: Signal::of(event),
    }
}

fn dead(at: DateTime<Utc>, reason: String, entry: String) -> DeadLetter {
    DeadLetter { at, reason, entry }
}

/// Later, if the cause may pass and the job has attempts left; otherwise never.
fn put_off(
    worker: &Worker,
    settlement: &mut Settlement,
    job: &Job,
    cause: &Unwritten,
    now: DateTime<Utc>,
) {
    let reason = match cause {
        Unwritten::Refused(reason) => format!("PostgreSQL refuses it: {reason}"),
        Unwritten::Failed(_) if job.attempt < ATTEMPTS => {
            let wait = wait(worker.settings.retry, job.attempt, fastrand::f64());
            settlement.later.push((now + wait, job.clone()));
            return;
        }
        Unwritten::Failed(reason) => format!("tried {ATTEMPTS} times: {reason}"),
    };
    tracing::error!(
        jobId = %job.id(),
        accountId = job.event.account_id,
        userId = job.event.user_id,
        eventType = job.event.event_type,
        error = reason,
        "job given up"
    );
    settlement.dead.push(dead(now, reason, job.entry()));
}

/// Twice as long after each attempt, and up to half of it less, so that jobs that failed together
/// do not come back together. `random` is between 0 and 1.
fn wait(first: Duration, attempt: u32, random: f64) -> Duration {
    let longest = first * 2_u32.saturating_pow(attempt.saturating_sub(1));
    longest.mul_f64(1.0 - random / 2.0)
}

/// The index never holds up the queue: what it does not take is written down for the sweeper.
async fn index(worker: &Worker, scored: &[Scored<'_>], written: &[Written]) {
    let Some(search) = &worker.search else { return };
    let signals = stored(worker, scored, written).await;
    let outcomes = search.index(&signals).await;
    let owed = owed(worker, &signals, outcomes);
    if owed.is_empty() {
        return;
    }
    tracing::warn!(
        signals = owed.len(),
        error = owed[0].reason,
        "signals are not in the search index yet"
    );
    while let Err(error) = worker.store.owe_search(&owed).await {
        tracing::warn!(%error, "the search backlog cannot be written");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// What to index. Of a row that an earlier delivery wrote, that row is the truth, not this job.
async fn stored(worker: &Worker, scored: &[Scored<'_>], written: &[Written]) -> Vec<StoredSignal> {
    let mut signals: Vec<StoredSignal> = Vec::with_capacity(written.len());
    let own: HashMap<Uuid, &Scored<'_>> =
        scored.iter().map(|one| (one.event.event_id, one)).collect();
    for row in written.iter().filter(|row| row.inserted) {
        signals.extend(own.get(&row.event_id).map(|own| document(own, row)));
    }
    let old = written.iter().filter(|row| !row.inserted);
    let old: Vec<i64> = old.map(|row| row.id).collect();
    if !old.is_empty() {
        match worker.store.signals(&old).await {
            Ok(rows) => signals.extend(rows),
            Err(error) => tracing::warn!(%error, "rows cannot be read for the search index"),
        }
    }
    signals
}

fn document(scored: &Scored<'_>, row: &Written) -> StoredSignal {
    let event = scored.event;
    StoredSignal {
        id: row.id,
        event_id: event.event_id,
        account_id: event.account_id.clone(),
        user_id: event.user_id.clone(),
        event_type: event.event_type.clone(),
        signal_type: scored.signal.kind.to_owned(),
        signal_score: scored.signal.score.as_f64(),
        timestamp: event.timestamp,
        processed_at: row.processed_at,
        metadata: event.metadata.clone(),
    }
}

/// Counts the outcomes, and returns those that were not indexed.
pub(super) fn owed(worker: &Worker, signals: &[StoredSignal], outcomes: Vec<Outcome>) -> Vec<Owed> {
    let mut owed = Vec::new();
    for (signal, outcome) in signals.iter().zip(outcomes) {
        let signal = signal.id;
        let (result, refused, reason) = match outcome {
            Outcome::Indexed => {
                worker.metrics.count_bulk("indexed", 1);
                continue;
            }
            Outcome::Owed(reason) => ("owed", false, reason),
            Outcome::Refused(reason) => ("refused", true, reason),
        };
        worker.metrics.count_bulk(result, 1);
        owed.push(Owed {
            signal,
            refused,
            reason,
        });
    }
    owed
}

/// The outbox must not relay again what was given up.
async fn bury(worker: &Worker, settlement: &Settlement) {
    let letters = settlement.dead.iter().filter_map(|letter| {
        let job = Job::read(&letter.entry).ok()?;
        Some((job.id(), letter.reason.clone()))
    });
    let letters: Vec<_> = letters.collect();
    if letters.is_empty() {
        return;
    }
    if let Err(error) = worker.outbox.bury(&letters).await {
        tracing::warn!(%error, "dead letters cannot be marked in the outbox");
    }
}

fn count(worker: &Worker, settlement: &Settlement, written: &[Written]) {
    let new = written.iter().filter(|row| row.inserted).count();
    let counts = [
        ("completed", new),
        ("duplicate", settlement.done.saturating_sub(new)),
        ("retried", settlement.later.len()),
        ("dead", settlement.dead.len()),
    ];
    for (result, count) in counts {
        worker.metrics.count_jobs(result, count);
    }
    tracing::debug!(completed = new, "batch written");
}

/// Puts the end of the lease off until the work is done. A lost lease is no reason to stop: whoever
/// has the jobs now writes the same rows.
async fn keep(worker: &Worker, batch: &str) {
    let lease = worker.settings.lease;
    loop {
        tokio::time::sleep(lease / 3).await;
        if let Err(error) = worker.queue.extend(batch, clock::now() + lease).await {
            tracing::warn!(%error, "a lease cannot be extended");
        }
    }
}

async fn settle(worker: &Worker, claimed: &Claimed, settlement: &Settlement) {
    let until = Instant::now() + worker.settings.lease * SETTLING;
    loop {
        match worker.queue.settle(&claimed.id, settlement).await {
            Ok(true) => return,
            Ok(false) => {
                tracing::warn!(
                    jobs = claimed.entries.len(),
                    "a lease was lost; its jobs come twice"
                );
                return;
            }
            Err(error) if Instant::now() < until && !worker.give_up.is_cancelled() => {
                tracing::warn!(%error, "a batch cannot be settled yet");
                tokio::time::sleep(super::AWAY).await;
            }
            Err(error) => {
                tracing::error!(%error, "a batch is not settled; its jobs come twice");
                return;
            }
        }
    }
}

async fn give_back(worker: &Worker, claimed: &Claimed) {
    let count = claimed.entries.len();
    match worker.queue.give_back(&claimed.id).await {
        Ok(_) => {
            worker.metrics.count_jobs("returned", count);
            tracing::info!(jobs = count, "jobs given back");
        }
        Err(error) => {
            tracing::warn!(%error, jobs = count, "jobs go back when their lease has run out");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_spread() {
        let first = Duration::from_secs(2);
        assert_eq!(wait(first, 1, 0.0), Duration::from_secs(2));
        assert_eq!(wait(first, 2, 0.0), Duration::from_secs(4));
        assert_eq!(wait(first, 3, 0.0), Duration::from_secs(8));
        assert_eq!(wait(first, 1, 1.0), Duration::from_secs(1));
    }
}
