//! Bringing a database's tables up to date. Two folders with the same numbers and the same tables.

use std::io::ErrorKind;
use std::path::Path;

use sqlx::ConnectOptions;
use sqlx::migrate::{MigrateError, Migrator};

use super::connect::{postgres_options, sqlite_options};
use super::{Place, Result, StoreError};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How far a database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The newest migration it had; 0 for an empty database.
    pub version: i64,
    /// The newest one this program has.
    pub newest: i64,
}

/// Runs what is missing; nothing if all is there. Two nodes that start together wait for each other (PostgreSQL
/// advisory lock).
///
/// # Errors
/// [`StoreError::Unavailable`] when the database can't be reached, [`StoreError::Newer`] when it was made by a newer
/// mailmoot, [`StoreError::Changed`] when its tables were made by other migrations than ours.
pub async fn run(place: &Place) -> Result<()> {
    match place {
        Place::Sqlite(path) => {
            make_private(path).await?;
            let mut connection = sqlite_options(path).connect().await?;
            SQLITE.run(&mut connection).await.map_err(explain)
        }
        Place::Postgres(url) => {
            let mut connection = postgres_options(url)?.connect().await?;
            POSTGRES.run(&mut connection).await.map_err(explain)
        }
    }
}

/// Makes a database's file for its owner's eyes alone, also in a folder that others may look into. SQLite gives the
/// files beside it the same rights (<https://www.sqlite.org/wal.html>).
async fn make_private(path: &Path) -> Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    match options.open(path).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Unavailable(error.to_string())),
    }
}

/// How far a database is. Changes nothing, and makes no file.
///
/// # Errors
/// [`StoreError::Unavailable`] when the database can't be reached.
pub async fn status(place: &Place) -> Result<Status> {
    const VERSION: &str =
        "SELECT CAST(coalesce(max(version), 0) AS BIGINT) FROM _sqlx_migrations WHERE success";
    let found: std::result::Result<i64, sqlx::Error> = match place {
        Place::Sqlite(path) if !path.exists() => Ok(0),
        Place::Sqlite(path) => {
            let mut connection = sqlite_options(path).read_only(true).connect().await?;
            sqlx::query_scalar(VERSION).fetch_one(&mut connection).await
        }
        Place::Postgres(url) => {
            let mut connection = postgres_options(url)?.connect().await?;
            sqlx::query_scalar(VERSION).fetch_one(&mut connection).await
        }
    };
    let version = match found {
        // An empty database has no table of migrations yet.
        Err(sqlx::Error::Database(e)) if is_missing_table(e.as_ref()) => 0,
        found => found?,
    };
    Ok(Status { version, newest: list().last().map_or(0, |(version, _)| *version) })
}

fn is_missing_table(error: &dyn sqlx::error::DatabaseError) -> bool {
    // PostgreSQL: undefined_table.
    error.code().as_deref() == Some("42P01") || error.message().contains("no such table")
}

/// Number and name of every migration, for `mailmoot migrate`.
pub fn list() -> Vec<(i64, String)> {
    SQLITE.iter().map(|m| (m.version, m.description.to_string())).collect()
}

fn explain(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => e.into(),
        MigrateError::VersionMissing(version) => StoreError::Newer { version },
        MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => {
            StoreError::Changed { version }
        }
        other => StoreError::Unavailable(other.to_string()),
    }
}
