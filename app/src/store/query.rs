//! Reading signals: filtered, sorted and paged; counted; by id.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::postgres::{PgRow, Postgres};
use sqlx::{FromRow, QueryBuilder, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Store;
use crate::domain::Score;

/// What a list of signals is narrowed to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) account_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) event_type: Option<String>,
    pub(crate) signal_type: Option<String>,
}

/// The columns that a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    ProcessedAt,
    Timestamp,
    Score,
    Id,
}

/// One page of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) number: i64,
    pub(crate) limit: i64,
    pub(crate) sort: Sort,
    pub(crate) ascending: bool,
}

/// A signal as clients see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Signal)]
pub(crate) struct StoredSignal {
    pub(crate) id: i64,
    pub(crate) event_id: Uuid,
    pub(crate) account_id: String,
    pub(crate) user_id: String,
    pub(crate) event_type: String,
    pub(crate) signal_type: String,
    pub(crate) signal_score: f64,
    pub(crate) timestamp: DateTime<Utc>,
    pub(crate) processed_at: DateTime<Utc>,
    #[schema(value_type = Option<Object>)]
    pub(crate) metadata: Option<Box<RawValue>>,
}

impl FromRow<'_, PgRow> for StoredSignal {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let metadata: Option<String> = row.try_get("metadata")?;
        let metadata = metadata.map(RawValue::from_string).transpose();
        Ok(Self {
            id: row.try_get("id")?,
            event_id: row.try_get("event_id")?,
            account_id: row.try_get("account_id")?,
            user_id: row.try_get("user_id")?,
            event_type: row.try_get("event_type")?,
            signal_type: row.try_get("signal_type")?,
            signal_score: Score::from_hundredths(row.try_get("hundredths")?).as_f64(),
            timestamp: row.try_get("timestamp")?,
            processed_at: row.try_get("processed_at")?,
            metadata: metadata.map_err(|error| sqlx::Error::Decode(error.into()))?,
        })
    }
}

/// Totals over all signals.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stats {
    total_signals: i64,
    unique_accounts: i64,
    unique_users: i64,
    average_score: f64,
    by_signal_type: Vec<Count>,
    by_event_type: Vec<Count>,
}

#[derive(Debug, Serialize, FromRow, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Count {
    name: String,
    count: i64,
}

const COLUMNS: &str = "SELECT id, event_id, account_id, user_id, event_type, signal_type,
    (signal_score * 100)::smallint AS hundredths, \"timestamp\", processed_at,
    metadata::text AS metadata FROM sales_signals";

impl Filter {
    fn narrow(&self, query: &mut QueryBuilder<Postgres>) {
        let columns = [
            (" account_id = ", &self.account_id),
            (" user_id = ", &self.user_id),
            (" event_type = ", &self.event_type),
            (" signal_type = ", &self.signal_type),
        ];
        let mut word = " WHERE";
        for (column, value) in columns {
            if let Some(value) = value {
                query.push(word).push(column).push_bind(value.clone());
                word = " AND";
            }
        }
    }
}

impl Page {
    /// The id decides between equals, so that no row is on two pages.
    fn order(&self) -> &'static str {
        match (self.sort, self.ascending) {
            (Sort::ProcessedAt, true) => " ORDER BY processed_at, id",
            (Sort::ProcessedAt, false) => " ORDER BY processed_at DESC, id DESC",
            (Sort::Timestamp, true) => " ORDER BY \"timestamp\", id",
            (Sort::Timestamp, false) => " ORDER BY \"timestamp\" DESC, id DESC",
            (Sort::Score, true) => " ORDER BY signal_score, id",
            (Sort::Score, false) => " ORDER BY signal_score DESC, id DESC",
            (Sort::Id, true) => " ORDER BY id",
            (Sort::Id, false) => " ORDER BY id DESC",
        }
    }
}

impl Store {
    /// One page, and how many signals pass the filter in all.
    pub(crate) async fn list(
        &self,
        filter: &Filter,
        page: Page,
    ) -> Result<(Vec<StoredSignal>, i64), sqlx::Error> {
        let mut count = QueryBuilder::new("SELECT count(*) FROM sales_signals");
        filter.narrow(&mut count);
        let mut rows = QueryBuilder::new(COLUMNS);
        filter.narrow(&mut rows);
        rows.push(page.order())
            .push(" LIMIT ")
            .push_bind(page.limit);
        let skipped = page.number.saturating_sub(1).saturating_mul(page.limit);
        rows.push(" OFFSET ").push_bind(skipped);
        let total = count.build_query_scalar().fetch_one(&self.pool).await?;
        Ok((rows.build_query_as().fetch_all(&self.pool).await?, total))
    }

    pub(crate) async fn signal(&self, id: i64) -> Result<Option<StoredSignal>, sqlx::Error> {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(" WHERE id = ").push_bind(id);
        query.build_query_as().fetch_optional(&self.pool).await
    }

    pub(crate) async fn signal_of(&self, event: Uuid) -> Result<Option<StoredSignal>, sqlx::Error> {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(" WHERE event_id = ").push_bind(event);
        query.build_query_as().fetch_optional(&self.pool).await
    }

    pub(crate) async fn signals(&self, ids: &[i64]) -> Result<Vec<StoredSignal>, sqlx::Error> {
        let mut query = QueryBuilder::new(COLUMNS);
        query.push(" WHERE id = ANY (").push_bind(ids).push(")");
        query.build_query_as().fetch_all(&self.pool).await
    }

    /// Signals that the search index lacks, those that were tried least first.
    pub(crate) async fn owed_to_search(&self, limit: i64) -> Result<Vec<i64>, sqlx::Error> {
        let statement = "SELECT signal_id FROM search_backlog WHERE NOT refused
            ORDER BY attempts, signal_id LIMIT $1";
        let query = sqlx::query_scalar(statement).bind(limit);
        query.fetch_all(&self.pool).await
    }

    pub(crate) async fn search_backlog(&self) -> Result<i64, sqlx::Error> {
        let query = sqlx::query_scalar("SELECT count(*) FROM search_backlog");
        query.fetch_one(&self.pool).await
    }

    pub(crate) async fn stats(&self) -> Result<Stats, sqlx::Error> {
        let totals = "SELECT count(*), count(DISTINCT account_id), count(DISTINCT user_id),
            coalesce(avg(signal_score), 0)::float8 FROM sales_signals";
        let (total_signals, unique_accounts, unique_users, average_score) =
            sqlx::query_as(totals).fetch_one(&self.pool).await?;
        let by_signal_type = "SELECT signal_type AS name, count(*) AS count FROM sales_signals
            GROUP BY 1 ORDER BY 2 DESC, 1";
        let by_event_type = "SELECT event_type AS name, count(*) AS count FROM sales_signals
            GROUP BY 1 ORDER BY 2 DESC, 1";
        Ok(Stats {
            total_signals,
            unique_accounts,
            unique_users,
            average_score,
            by_signal_type: sqlx::query_as(by_signal_type).fetch_all(&self.pool).await?,
            by_event_type: sqlx::query_as(by_event_type).fetch_all(&self.pool).await?,
        })
    }
}
