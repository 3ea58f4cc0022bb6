//! What the queue can tell about itself and about one job, without holding up the jobs.

use chrono::{DateTime, Utc};
use redis::RedisResult;
use serde::Serialize;
use uuid::Uuid;

use super::Queue;
use super::entry::{self, DeadLetter, Job};
use super::keys::Key;

/// How many jobs are where.
#[derive(Clone, Copy, Debug, Default, Serialize, utoipa::ToSchema)]
pub(crate) struct Counts {
    pub(crate) waiting: u64,
    pub(crate) active: u64,
    pub(crate) completed: u64,
    /// Given up and not requeued.
    pub(crate) failed: u64,
    pub(crate) delayed: u64,
}

/// A job that is not completed.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) state: &'static str,
    pub(crate) job: Job,
    pub(crate) reason: Option<String>,
}

/// Looking for a job reads at most this many from each end of a list.
const LOOKED_AT: isize = 5000;

impl Queue {
    pub(crate) async fn waiting(&self) -> RedisResult<u64> {
        self.length("LLEN", Key::Queue).await
    }

    /// When the job that has waited longest was queued.
    pub(crate) async fn oldest(&self) -> RedisResult<Option<DateTime<Utc>>> {
        let mut command = redis::cmd("LINDEX");
        command.arg(self.keys.name(Key::Queue)).arg(0);
        let entry: Option<String> = command.query_async(&mut self.connection()).await?;
        Ok(entry.as_deref().and_then(entry::queued_at))
    }

    pub(crate) async fn counts(&self) -> RedisResult<Counts> {
        let mut active = 0;
        for batch in self.batches().await? {
            let mut command = redis::cmd("LLEN");
            command.arg(self.keys.batch(&batch));
            active += command.query_async::<u64>(&mut self.connection()).await?;
        }
        let mut completed = redis::cmd("HGET");
        completed.arg(self.keys.name(Key::Counts)).arg("completed");
        let completed: Option<u64> = completed.query_async(&mut self.connection()).await?;
        Ok(Counts {
            waiting: self.waiting().await?,
            active,
            completed: completed.unwrap_or_default(),
            failed: self.length("LLEN", Key::Dead).await?,
            delayed: self.length("ZCARD", Key::DelayedTimes).await?,
        })
    }

    /// A job that waits, is in hand, is delayed or was given up. `None` also when it waits too far
    /// from both ends of the queue to look for.
    pub(crate) async fn find(&self, id: Uuid) -> RedisResult<Option<Found>> {
        let mut delayed = redis::cmd("HGET");
        delayed
            .arg(self.keys.name(Key::DelayedEntries))
            .arg(id.to_string());
        let delayed: Option<String> = delayed.query_async(&mut self.connection()).await?;
        if let Some(found) = delayed.and_then(|entry| found("delayed", &entry, id)) {
            return Ok(Some(found));
        }
        for batch in self.batches().await? {
            let entries = self.range(self.keys.batch(&batch), 0, -1).await?;
            if let Some(found) = entries.iter().find_map(|entry| found("active", entry, id)) {
                return Ok(Some(found));
            }
        }
        if let Some(found) = self.find_dead(id).await? {
            return Ok(Some(found));
        }
        let queue = || self.keys.name(Key::Queue);
        for (from, to) in [(0, LOOKED_AT - 1), (-LOOKED_AT, -1)] {
            let entries = self.range(queue(), from, to).await?;
            if let Some(found) = entries.iter().find_map(|entry| found("waiting", entry, id)) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn find_dead(&self, id: Uuid) -> RedisResult<Option<Found>> {
        let letters = self.dead(LOOKED_AT).await?;
        Ok(letters.into_iter().find_map(|letter| {
            let found = found("failed", &letter.entry, id)?;
            let reason = Some(letter.reason);
            Some(Found { reason, ..found })
        }))
    }

    /// The jobs that were queued last.
    pub(crate) async fn newest(&self, count: isize) -> RedisResult<Vec<Job>> {
        let entries = self.range(self.keys.name(Key::Queue), -count, -1).await?;
        let jobs = entries.iter().filter_map(|entry| Job::read(entry).ok());
        Ok(jobs.collect())
    }

    /// The jobs that were given up last.
    pub(crate) async fn dead(&self, count: isize) -> RedisResult<Vec<DeadLetter>> {
        let letters = self.range(self.keys.name(Key::Dead), -count, -1).await?;
        let letters = letters.iter().filter_map(|text| DeadLetter::read(text));
        Ok(letters.collect())
    }

    /// Queues the dead letters again, from the first attempt on, and says how many they were.
    pub(crate) async fn requeue(&self, most: usize, now: DateTime<Utc>) -> RedisResult<usize> {
        let mut count = 0;
        while count < most {
            // To the queue first: a job that comes twice is harmless, one that is in neither is lost.
            let letters = self.range(self.keys.name(Key::Dead), 0, 0).await?;
            let Some(text) = letters.first() else { break };
            let letter = DeadLetter::read(text);
            let entry = letter.map_or_else(|| text.clone(), |letter| letter.entry);
            let entry = Job::read(&entry).map_or(entry, |job| entry::first(&job.event.json(), now));
            let mut step = redis::pipe();
            step.atomic();
            step.rpush(self.keys.name(Key::Queue), entry).ignore();
            step.lrem(self.keys.name(Key::Dead), 1, text).ignore();
            step.query_async::<()>(&mut self.connection()).await?;
            count += 1;
        }
        Ok(count)
    }

    async fn batches(&self) -> RedisResult<Vec<String>> {
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.keys.name(Key::Leases)).arg(0).arg(-1);
        command.query_async(&mut self.connection()).await
    }

    async fn length(&self, command: &str, key: Key) -> RedisResult<u64> {
        let mut command = redis::cmd(command);
        command.arg(self.keys.name(key));
        command.query_async(&mut self.connection()).await
    }

    async fn range(&self, key: String, from: isize, to: isize) -> RedisResult<Vec<String>> {
        let mut command = redis::cmd("LRANGE");
        command.arg(key).arg(from).arg(to);
        command.query_async(&mut self.connection()).await
    }
}

fn found(state: &'static str, entry: &str, id: Uuid) -> Option<Found> {
    // The id is looked for as text first: most entries are others, and reading them all is dear.
    entry.contains(&id.to_string()).then_some(())?;
    let job = Job::read(entry).ok().filter(|job| job.id() == id)?;
    Some(Found {
        state,
        job,
        reason: None,
    })
}
