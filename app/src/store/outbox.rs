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

use uuid::Uuid;

use super::Store;
use crate::domain::{Event, Fingerprint};

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

const PLACE: &str = "
    WITH given AS (
        SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[])
            WITH ORDINALITY AS t (event_id, fingerprint, event, place)
    ), placed AS (
        INSERT INTO events_outbox (event_id, fingerprint, event)
        SELECT DISTINCT ON (event_id) event_id, fingerprint, event FROM given
        WHERE NOT EXISTS (SELECT FROM sales_signals s WHERE s.event_id = given.event_id)
        ORDER BY event_id, place
        ON CONFLICT (event_id) DO NOTHING
        RETURNING event_id
    )
    SELECT placed.event_id IS NOT NULL AS is_new,
           coalesce(o.fingerprint, s.fingerprint, given.fingerprint) AS fingerprint
    FROM given
    LEFT JOIN placed USING (event_id)
    LEFT JOIN events_outbox o USING (event_id)
    LEFT JOIN sales_signals s USING (event_id)
    ORDER BY given.place";

impl Outbox {
    /// Commits `events`, and says of each what became of it.
    pub(crate) async fn place(&self, events: &[&Event]) -> Result<Vec<Placed>, sqlx::Error> {
        let ids: Vec<Uuid> = events.iter().map(|event| event.event_id).collect();
        let fingerprints: Vec<i64> = events.iter().map(|event| event.fingerprint().0).collect();
        let texts: Vec<String> = events.iter().map(|event| event.json()).collect();
        let query = sqlx::query_as(PLACE)
            .bind(ids)
            .bind(fingerprints)
            .bind(texts);
        let rows: Vec<(bool, i64)> = query.fetch_all(&self.0.pool).await?;
        // The statement itself does not tell two of the same id in one batch apart.
        let mut first = HashMap::new();
        let outcomes = rows.into_iter().zip(events);
        Ok(outcomes
            .map(|((is_new, fingerprint), event)| {
                let earlier = first.insert(event.event_id, event.fingerprint());
                let known = earlier.unwrap_or(Fingerprint(fingerprint));
                if event.fingerprint() != known {
                    Placed::Conflict
                } else if is_new && earlier.is_none() {
                    Placed::New
                } else {
                    Placed::Duplicate
                }
            })
            .collect())
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
