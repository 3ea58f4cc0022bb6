//! PostgreSQL: the truth about signals, and in outbox mode about accepted events.

mod fault;
mod migrate;
mod outbox;
mod query;
mod signals;

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::config::Stores;

pub(crate) use fault::Fault;
pub(crate) use migrate::{migrate, revert};
pub(crate) use outbox::{Outbox, Placed};
pub(crate) use query::{Filter, Page, Sort, Stats, StoredSignal};
pub(crate) use signals::{Owed, Scored, Written};

/// A statement that takes longer holds up everyone behind it.
const STATEMENT_TIME: &str = "10s";
/// Waiting longer for a connection only hides that PostgreSQL is away.
const CONNECT_TIME: Duration = Duration::from_secs(3);

/// The connections to PostgreSQL and what SSPP asks of it.
#[derive(Clone)]
pub(crate) struct Store {
    pool: PgPool,
}

impl Store {
    /// Opens nothing yet: a process starts, and says that it is not ready, while PostgreSQL is away.
    pub(crate) fn new(stores: &Stores) -> Result<Self, sqlx::Error> {
        Self::with_statement_time(stores, STATEMENT_TIME)
    }

    /// Whose statements may take as long as an index on a full table does.
    pub(crate) fn for_migrations(stores: &Stores) -> Result<Self, sqlx::Error> {
        Self::with_statement_time(stores, "0")
    }

    fn with_statement_time(stores: &Stores, time: &str) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::from_str(&stores.database_url)?
            .application_name("sspp")
            .options([("statement_timeout", time)]);
        let pool = PgPoolOptions::new()
            .max_connections(stores.database_connections)
            .acquire_timeout(CONNECT_TIME)
            .connect_lazy_with(options);
        Ok(Self { pool })
    }

    pub(crate) async fn ping(&self) -> Result<(), sqlx::Error> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map(drop)
    }

    /// Connections that are open and those of them that wait for work.
    pub(crate) fn connections(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle())
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}
