//! The queue: Redis lists, so that the length of one of them is the backlog.
//!
//! ```text
//!            claim                    settle
//! QUEUE ─────────────▶ QUEUE:batch:ID ───────▶ gone, QUEUE:delayed or QUEUE:dead
//!   ▲                       │    └ deadline in QUEUE:leases
//!   └────── give back, ─────┘
//!           or lease ran out
//! ```
//!
//! Each arrow is one script, so a job is in one place at any time. A batch that is claimed and never
//! settled comes back when its lease has run out: jobs are delivered at least once.

mod connect;
mod entry;
mod keys;
mod status;

use std::sync::LazyLock;
use std::time::Duration;

use chrono::{DateTime, Utc};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{RedisError, RedisResult, Script};
use uuid::Uuid;

pub(crate) use connect::ConnectError;
pub(crate) use entry::{DeadLetter, Job, first};
pub(crate) use keys::{Key, Keys};
pub(crate) use status::{Counts, Found};

use crate::config::Stores;
use crate::domain::Fingerprint;
use crate::store::Placed;

/// How often a job is tried in all.
pub(crate) const ATTEMPTS: u32 = 3;
/// Longer than any script takes, shorter than a client waits.
const ANSWER_TIME: Duration = Duration::from_secs(5);
const CONNECT_TIME: Duration = Duration::from_secs(2);
/// Jobs that one script moves at once; Redis does nothing else meanwhile.
const MOVED_AT_ONCE: usize = 1000;

static ENQUEUE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("enqueue.lua")));
static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("claim.lua")));
static SETTLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("settle.lua")));
static GIVE_BACK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("give_back.lua")));
static PROMOTE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("promote.lua")));

/// The connection to Redis and the names of the lists.
#[derive(Clone)]
pub(crate) struct Queue {
    connection: ConnectionManager,
    keys: Keys,
}

/// An entry to append, and what is to be remembered of it if the client named it.
pub(crate) struct NewJob {
    pub(crate) named: Option<(Uuid, Fingerprint)>,
    pub(crate) entry: String,
}

/// Jobs that this process has under lease.
pub(crate) struct Claimed {
    pub(crate) id: String,
    pub(crate) entries: Vec<String>,
}

/// What is to become of the jobs of a batch that are not done.
#[derive(Default)]
pub(crate) struct Settlement {
    pub(crate) done: usize,
    /// To be tried again, each from its time on.
    pub(crate) later: Vec<(DateTime<Utc>, Job)>,
    pub(crate) dead: Vec<DeadLetter>,
}

impl Queue {
    /// Connects when it is first used, and again whenever the connection is lost.
    pub(crate) fn new(stores: &Stores) -> Result<Self, ConnectError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_TIME))
            .set_response_timeout(Some(ANSWER_TIME))
            .set_number_of_retries(0)
            .set_max_delay(Duration::from_millis(500));
        let client = connect::client(&stores.redis_url, stores.redis_authorities.as_deref())?;
        let connection = ConnectionManager::new_lazy_with_config(client, config)?;
        let keys = Keys::of(&stores.queue_name);
        Ok(Self { connection, keys })
    }

    /// `Err` says what is wrong, and what to do about it where that is known.
    pub(crate) async fn ping(&self) -> Result<(), String> {
        let pinged = redis::cmd("PING").query_async(&mut self.connection()).await;
        pinged.map_err(|error| connect::hint(&error))
    }

    /// The id of this run of the Redis server: another after every start.
    pub(crate) async fn run(&self) -> RedisResult<String> {
        let mut info = redis::cmd("INFO");
        let info: redis::InfoDict = info
            .arg("server")
            .query_async(&mut self.connection())
            .await?;
        let missing = || RedisError::from((redis::ErrorKind::Parse, "INFO has no run_id"));
        info.get("run_id").ok_or_else(missing)
    }

    /// Appends `jobs` in their order, in one step.
    pub(crate) async fn enqueue(
        &self,
        jobs: &[NewJob],
        remembered: Duration,
    ) -> RedisResult<Vec<Placed>> {
        let mut call = ENQUEUE.prepare_invoke();
        call.key(self.keys.name(Key::Queue));
        call.arg(milliseconds(remembered));
        for job in jobs {
            match job.named {
                Some((id, Fingerprint(hash))) => call.arg(self.keys.seen(id)).arg(hash),
                None => call.arg("").arg(""),
            };
            call.arg(&job.entry);
        }
        let answers: Vec<i8> = call.invoke_async(&mut self.connection()).await?;
        let outcomes = answers.into_iter().map(|answer| match answer {
            1 => Placed::New,
            0 => Placed::Duplicate,
            _ => Placed::Conflict,
        });
        Ok(outcomes.collect())
    }

    /// Takes up to `most` jobs under a lease until `deadline`.
    pub(crate) async fn claim(
        &self,
        most: usize,
        deadline: DateTime<Utc>,
    ) -> RedisResult<Option<Claimed>> {
        let id = Uuid::from_u128(fastrand::u128(..)).to_string();
        let mut call = CLAIM.prepare_invoke();
        call.key(self.keys.name(Key::Queue));
        call.key(self.keys.name(Key::Leases));
        call.key(self.keys.batch(&id));
        call.arg(most).arg(&id).arg(deadline.timestamp_millis());
        let entries: Vec<Vec<u8>> = call.invoke_async(&mut self.connection()).await?;
        // An entry that is not even text is for whoever reads it to refuse.
        let entries = entries
            .iter()
            .map(|entry| String::from_utf8_lossy(entry).into_owned());
        let entries: Vec<String> = entries.collect();
        Ok((!entries.is_empty()).then_some(Claimed { id, entries }))
    }

    /// Puts the end of a lease off, if it is still held.
    pub(crate) async fn extend(&self, batch: &str, deadline: DateTime<Utc>) -> RedisResult<()> {
        let mut command = redis::cmd("ZADD");
        command.arg(self.keys.name(Key::Leases)).arg("XX");
        command.arg(deadline.timestamp_millis()).arg(batch);
        command.query_async(&mut self.connection()).await
    }

    /// Ends a lease. `false` when it was no longer held: then another worker has the jobs.
    pub(crate) async fn settle(&self, batch: &str, settled: &Settlement) -> RedisResult<bool> {
        let mut call = SETTLE.prepare_invoke();
        call.key(self.keys.name(Key::Leases));
        call.key(self.keys.batch(batch));
        for key in [
            Key::DelayedTimes,
            Key::DelayedEntries,
            Key::Dead,
            Key::Counts,
        ] {
            call.key(self.keys.name(key));
        }
        call.arg(batch).arg(settled.done).arg(settled.later.len());
        for (time, job) in &settled.later {
            call.arg(job.id().to_string());
            call.arg(time.timestamp_millis()).arg(job.again());
        }
        for letter in &settled.dead {
            call.arg(letter.write());
        }
        call.invoke_async(&mut self.connection()).await
    }

    /// Returns a batch that this process does not finish.
    pub(crate) async fn give_back(&self, batch: &str) -> RedisResult<i64> {
        self.return_batch(batch, None).await
    }

    /// Returns every batch whose lease has run out, and says how many jobs that were.
    pub(crate) async fn reap(&self, now: DateTime<Utc>) -> RedisResult<i64> {
        let mut command = redis::cmd("ZRANGE");
        command.arg(self.keys.name(Key::Leases));
        command
            .arg("-inf")
            .arg(now.timestamp_millis())
            .arg("BYSCORE");
        let expired: Vec<String> = command.query_async(&mut self.connection()).await?;
        let mut returned = 0;
        for batch in expired {
            returned += self.return_batch(&batch, Some(now)).await?.max(0);
        }
        Ok(returned)
    }

    async fn return_batch(&self, batch: &str, now: Option<DateTime<Utc>>) -> RedisResult<i64> {
        let mut call = GIVE_BACK.prepare_invoke();
        call.key(self.keys.name(Key::Queue));
        call.key(self.keys.name(Key::Leases));
        call.key(self.keys.batch(batch));
        call.key(self.keys.name(Key::Dead));
        let now = now.map_or(String::new(), |now| now.timestamp_millis().to_string());
        call.arg(batch).arg(now).arg(ATTEMPTS);
        call.invoke_async(&mut self.connection()).await
    }

    /// Queues the delayed jobs whose time has come.
    pub(crate) async fn promote(&self, now: DateTime<Utc>) -> RedisResult<usize> {
        let mut call = PROMOTE.prepare_invoke();
        call.key(self.keys.name(Key::Queue));
        call.key(self.keys.name(Key::DelayedTimes));
        call.key(self.keys.name(Key::DelayedEntries));
        call.arg(now.timestamp_millis()).arg(MOVED_AT_ONCE);
        call.invoke_async(&mut self.connection()).await
    }

    fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
