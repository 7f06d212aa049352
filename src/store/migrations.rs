//! Bringing a database's tables up to date. Two folders with the same numbers and the same tables.

use sqlx::ConnectOptions;
use sqlx::migrate::{MigrateError, Migrator};

use super::connect::{postgres_options, sqlite_options};
use super::{Place, Result, StoreError};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Runs what is missing; nothing if all is there. Two nodes that start together wait for each other (PostgreSQL
/// advisory lock).
///
/// # Errors
/// [`StoreError::Unavailable`] when the database can't be reached or is of a newer version.
pub async fn run(place: &Place) -> Result<()> {
    match place {
        Place::Sqlite(path) => {
            let mut connection = sqlite_options(path).connect().await?;
            SQLITE.run(&mut connection).await.map_err(explain)
        }
        Place::Postgres(url) => {
            let mut connection = postgres_options(url)?.connect().await?;
            POSTGRES.run(&mut connection).await.map_err(explain)
        }
    }
}

/// Number and name of every migration, for `mailmoot migrate`.
pub fn list() -> Vec<(i64, String)> {
    SQLITE.iter().map(|m| (m.version, m.description.to_string())).collect()
}

fn explain(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => e.into(),
        other => StoreError::Unavailable(other.to_string()),
    }
}
