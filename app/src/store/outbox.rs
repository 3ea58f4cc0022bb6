//! The outbox: accepted events wait in PostgreSQL until their signal is written.
//!
//! ```text
//! API ── place ──▶ events_outbox ── relay ──▶ Redis list ──▶ worker ── write ──▶ sales_signals
//!                        ▲                                       │
//!                        └────────── the row leaves ─────────────┘
//! ```
//!
//! The relay marks a row with the run of the Redis server that took it. When the run changes, every
//! row that is still here is relayed again: a job that comes twice is harmless, a lost one is not.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::Store;
use crate::domain::{Event, Fingerprint, Parsed};

/// What became of an event that was to be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placed {
    New,
    /// It was accepted before.
    Duplicate,
    /// Its id was used for another event.
    Conflict,
}

/// The outbox of a store.
#[derive(Clone)]
pub(crate) struct Outbox(pub(crate) Store);

/// Events whose ids are ours: nobody else can have used them, so nothing is looked up.
const APPEND: &str = "
    INSERT INTO events_outbox (event_id, fingerprint, event)
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[])";

/// Events whose ids clients chose. The order keeps two groups with the same ids from waiting for each
/// other in a circle.
const CLAIM: &str = "
    INSERT INTO events_outbox (event_id, fingerprint, event)
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS given (event_id, fingerprint, event)
    WHERE NOT EXISTS (SELECT FROM sales_signals s WHERE s.event_id = given.event_id)
    ORDER BY event_id
    ON CONFLICT (event_id) DO NOTHING
    RETURNING event_id";

/// An id is in one of the two tables at any time, so one statement finds it.
const KNOWN: &str = "
    SELECT event_id, fingerprint FROM events_outbox WHERE event_id = ANY ($1)
    UNION ALL
    SELECT event_id, fingerprint FROM sales_signals WHERE event_id = ANY ($1)";

/// What an id stands for now, and whether that came with this group.
struct Truth {
    fingerprint: Fingerprint,
    is_new: bool,
}

impl Outbox {
    /// Commits `events`, and says of each what became of it. On failure none of those is committed whose
    /// ids are ours, so that they can be sent again.
    pub(crate) async fn place(&self, events: &[&Parsed]) -> Result<Vec<Placed>, sqlx::Error> {
        let (named, own): (Vec<_>, Vec<_>) = events
            .iter()
            .copied()
            .partition(|parsed| parsed.named_by_client);
        let mut connection = self.0.pool.acquire().await?;
        let mut truth = if named.is_empty() {
            append(&mut connection, &own).await?;
            HashMap::new()
        } else if own.is_empty() {
            claim(&mut connection, &named).await?
        } else {
            let mut transaction = connection.begin().await?;
            append(&mut transaction, &own).await?;
            let truth = claim(&mut transaction, &named).await?;
            transaction.commit().await?;
            truth
        };
        let placed = events.iter().map(|parsed| {
            let Some(truth) = truth.get_mut(&parsed.event.event_id) else {
                return Placed::New;
            };
            if parsed.event.fingerprint() != truth.fingerprint {
                Placed::Conflict
            } else if std::mem::take(&mut truth.is_new) {
                Placed::New
            } else {
                Placed::Duplicate
            }
        });
        Ok(placed.collect())
    }

    /// Makes what another run of Redis was given wait again.
    pub(crate) async fn forget_other_runs(&self, run: &str) -> Result<u64, sqlx::Error> {
        let statement = "UPDATE events_outbox SET relayed_to = NULL
            WHERE relayed_to <> $1 AND dead_reason IS NULL";
        let query = sqlx::query(statement).bind(run);
        Ok(query.execute(&self.0.pool).await?.rows_affected())
    }

    /// Gives up to `limit` waiting events to `push`; they count as relayed once it has succeeded.
    pub(crate) async fn relay<E, F>(
        &self,
        run: &str,
        limit: i64,
        push: impl FnOnce(Vec<String>) -> F,
    ) -> Result<usize, E>
    where
        E: From<sqlx::Error>,
        F: Future<Output = Result<(), E>>,
    {
        let mut transaction = self.0.pool.begin().await?;
        let statement = "
            WITH next AS (
                SELECT seq FROM events_outbox WHERE relayed_to IS NULL AND dead_reason IS NULL
                ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED
            )
            UPDATE events_outbox o SET relayed_to = $1 FROM next WHERE o.seq = next.seq
            RETURNING o.event";
        let query = sqlx::query_scalar(statement).bind(run).bind(limit);
        let events: Vec<String> = query.fetch_all(&mut *transaction).await?;
        let count = events.len();
        if count > 0 {
            push(events).await?;
        }
        transaction.commit().await?;
        Ok(count)
    }

    /// How many events the queue lacks, up to a hundred thousand, since to count more would take long; and for how many
    /// seconds the first of them has waited.
    pub(crate) async fn waiting(&self) -> Result<(i64, f64), sqlx::Error> {
        let statement = "
            SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(accepted_at)), 0)::float8
            FROM (
                SELECT accepted_at FROM events_outbox WHERE relayed_to IS NULL AND dead_reason IS NULL
                ORDER BY seq LIMIT 100000
            ) waiting";
        sqlx::query_as(statement).fetch_one(&self.0.pool).await
    }

    /// Gives these events up. Those that are not in the outbox are nothing to it.
    pub(crate) async fn bury(&self, dead: &[(Uuid, String)]) -> Result<(), sqlx::Error> {
        let ids: Vec<Uuid> = dead.iter().map(|(id, _)| *id).collect();
        let reasons: Vec<&str> = dead.iter().map(|(_, reason)| reason.as_str()).collect();
        let statement = "
            UPDATE events_outbox o SET dead_reason = t.reason
            FROM unnest($1::uuid[], $2::text[]) AS t (id, reason) WHERE o.event_id = t.id";
        let query = sqlx::query(statement).bind(ids).bind(reasons);
        query.execute(&self.0.pool).await.map(drop)
    }

    /// Makes every event that was given up wait again.
    pub(crate) async fn dig_up(&self) -> Result<u64, sqlx::Error> {
        let statement = "UPDATE events_outbox SET dead_reason = NULL, relayed_to = NULL
            WHERE dead_reason IS NOT NULL";
        Ok(sqlx::query(statement)
            .execute(&self.0.pool)
            .await?
            .rows_affected())
    }
}

async fn append(connection: &mut PgConnection, events: &[&Parsed]) -> Result<(), sqlx::Error> {
    let rows = Rows::of(events.iter().map(|parsed| &parsed.event));
    let query = sqlx::query(APPEND).bind(rows.ids);
    let query = query.bind(rows.fingerprints).bind(rows.texts);
    query.execute(connection).await.map(drop)
}

/// What each of the ids stands for afterwards.
async fn claim(
    connection: &mut PgConnection,
    events: &[&Parsed],
) -> Result<HashMap<Uuid, Truth>, sqlx::Error> {
    // Of several with one id in a group, the first counts.
    let mut truth: HashMap<Uuid, Truth> = HashMap::with_capacity(events.len());
    let mut rows = Rows::default();
    for event in events.iter().map(|parsed| &parsed.event) {
        if let Entry::Vacant(place) = truth.entry(event.event_id) {
            let fingerprint = event.fingerprint();
            place.insert(Truth {
                fingerprint,
                is_new: false,
            });
            rows.push(event, fingerprint);
        }
    }
    let count = rows.ids.len();
    let query = sqlx::query_scalar(CLAIM).bind(rows.ids);
    let query = query.bind(rows.fingerprints).bind(rows.texts);
    let claimed: Vec<Uuid> = query.fetch_all(&mut *connection).await?;
    for id in &claimed {
        truth.entry(*id).and_modify(|own| own.is_new = true);
    }
    if claimed.len() < count {
        let old = truth.iter().filter(|(_, own)| !own.is_new);
        let old: Vec<Uuid> = old.map(|(id, _)| *id).collect();
        let known = sqlx::query_as(KNOWN).bind(old).fetch_all(connection);
        let known: Vec<(Uuid, i64)> = known.await?;
        for (id, fingerprint) in known {
            truth
                .entry(id)
                .and_modify(|own| own.fingerprint = Fingerprint(fingerprint));
        }
    }
    Ok(truth)
}

/// The columns of events, as the statements take them.
#[derive(Default)]
struct Rows {
    ids: Vec<Uuid>,
    fingerprints: Vec<i64>,
    texts: Vec<String>,
}

impl Rows {
    fn of<'a>(events: impl Iterator<Item = &'a Event>) -> Self {
        let mut rows = Self::default();
        for event in events {
            rows.push(event, event.fingerprint());
        }
        rows
    }

    fn push(&mut self, event: &Event, fingerprint: Fingerprint) {
        self.ids.push(event.event_id);
        self.fingerprints.push(fingerprint.0);
        self.texts.push(event.json());
    }
}
