//! The schema, version by version. The files are part of the binary.

use sqlx::migrate::{MigrateError, Migrator};

use super::Store;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Brings the schema up to date. Several at once wait for each other at an advisory lock.
pub(crate) async fn migrate(store: &Store) -> Result<usize, MigrateError> {
    MIGRATIONS.run(&store.pool).await?;
    Ok(MIGRATIONS
        .iter()
        .filter(|one| one.migration_type.is_up_migration())
        .count())
}

/// Takes back every migration after `version`.
pub(crate) async fn revert(store: &Store, version: i64) -> Result<(), MigrateError> {
    MIGRATIONS.undo(&store.pool, version).await
}
