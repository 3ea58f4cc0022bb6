//! Writing signals: a whole batch in one statement, each event once, whatever comes twice.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Store;
use crate::domain::{Event, Signal};

/// An event and the signal in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored<'a> {
    pub(crate) event: &'a Event,
    pub(crate) signal: Signal,
}

/// A row as it is now: this batch's, or that of an earlier delivery.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Written {
    pub(crate) id: i64,
    pub(crate) event_id: Uuid,
    pub(crate) processed_at: DateTime<Utc>,
    /// It was not there before.
    pub(crate) inserted: bool,
}

/// A signal that the search index lacks.
#[derive(Clone, Debug)]
pub(crate) struct Owed {
    pub(crate) signal: i64,
    /// For good, as far as the search engine is concerned.
    pub(crate) refused: bool,
    pub(crate) reason: String,
}

/// The update changes nothing; it is what makes the statement return rows that were there before.
/// The order of the ids keeps two workers with the same jobs from waiting for each other in a circle.
const WRITE: &str = "
    WITH given AS (
        SELECT DISTINCT ON (event_id) *
        FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[],
                    $7::smallint[], $8::timestamptz[], $9::text[])
            AS t (event_id, fingerprint, account_id, user_id, event_type, signal_type,
                  hundredths, at, metadata)
        ORDER BY event_id
    ), relayed AS (
        DELETE FROM events_outbox WHERE event_id = ANY ($1)
    )
    INSERT INTO sales_signals (event_id, fingerprint, account_id, user_id, event_type, signal_type,
                               signal_score, \"timestamp\", metadata)
    SELECT event_id, fingerprint, account_id, user_id, event_type, signal_type,
           hundredths / 100.0, at, metadata::jsonb
    FROM given
    ON CONFLICT (event_id) DO UPDATE SET event_id = excluded.event_id
    RETURNING id, event_id, processed_at, xmax = 0 AS inserted";

impl Store {
    /// Writes `batch`, and takes its events out of the outbox, in one statement.
    pub(crate) async fn write(&self, batch: &[Scored<'_>]) -> Result<Vec<Written>, sqlx::Error> {
        let events = || batch.iter().map(|scored| scored.event);
        let signals = || batch.iter().map(|scored| scored.signal);
        let ids: Vec<Uuid> = events().map(|event| event.event_id).collect();
        let fingerprints: Vec<i64> = events().map(|event| event.fingerprint().0).collect();
        let accounts: Vec<&str> = events().map(|event| event.account_id.as_str()).collect();
        let users: Vec<&str> = events().map(|event| event.user_id.as_str()).collect();
        let types: Vec<&str> = events().map(|event| event.event_type.as_str()).collect();
        let kinds: Vec<&str> = signals().map(|signal| signal.kind).collect();
        let scores: Vec<i16> = signals().map(|signal| signal.score.hundredths()).collect();
        let times: Vec<DateTime<Utc>> = events().map(|event| event.timestamp).collect();
        let metadata: Vec<Option<&str>> = events()
            .map(|event| event.metadata.as_ref().map(|raw| raw.get()))
            .collect();
        sqlx::query_as(WRITE)
            .bind(ids)
            .bind(fingerprints)
            .bind(accounts)
            .bind(users)
            .bind(types)
            .bind(kinds)
            .bind(scores)
            .bind(times)
            .bind(metadata)
            .fetch_all(&self.pool)
            .await
    }

    /// Writes down that the search index lacks these signals, each with the reason.
    pub(crate) async fn owe_search(&self, owed: &[Owed]) -> Result<(), sqlx::Error> {
        let statement = "
            INSERT INTO search_backlog (signal_id, refused, reason)
            SELECT * FROM unnest($1::bigint[], $2::boolean[], $3::text[]) AS t (id) ORDER BY id
            ON CONFLICT (signal_id)
            DO UPDATE SET attempts = search_backlog.attempts + 1,
                          refused = excluded.refused, reason = excluded.reason";
        let ids: Vec<i64> = owed.iter().map(|owed| owed.signal).collect();
        let refused: Vec<bool> = owed.iter().map(|owed| owed.refused).collect();
        let reasons: Vec<&str> = owed.iter().map(|owed| owed.reason.as_str()).collect();
        let query = sqlx::query(statement).bind(ids).bind(refused).bind(reasons);
        query.execute(&self.pool).await.map(drop)
    }

    /// The search index has them now.
    pub(crate) async fn search_paid(&self, ids: &[i64]) -> Result<(), sqlx::Error> {
        let statement = "DELETE FROM search_backlog WHERE signal_id = ANY ($1)";
        let query = sqlx::query(statement).bind(ids);
        query.execute(&self.pool).await.map(drop)
    }
}
