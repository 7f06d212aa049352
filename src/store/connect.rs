//! Opening a database: how each of the two is set up.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::writer::{Target, Writer};
use super::{Readers, Result, Store, StoreError, migrations};

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// A file; made if missing.
    Sqlite(PathBuf),
    /// `postgres://user:password@host/database`.
    Postgres(String),
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            // The URL holds a password.
            Self::Postgres(_) => f.write_str("Postgres(***)"),
        }
    }
}

/// Connections for reading.
const READERS: u32 = 4;
const POSTGRES_READERS: u32 = 16;

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it can't be reached, [`StoreError::Database`] when a migration fails or
    /// the database was made by a newer mailmoot.
    pub async fn open(place: &Place) -> Result<Self> {
        migrations::run(place).await?;
        let statements = Arc::new(AtomicU64::new(0));
        let (readers, target) = match place {
            Place::Sqlite(path) => {
                let pool = SqlitePoolOptions::new()
                    .max_connections(READERS)
                    .test_before_acquire(false)
                    .connect_with(sqlite_options(path).read_only(true))
                    .await?;
                (Readers::Sqlite(pool), Target::Sqlite(sqlite_options(path)))
            }
            Place::Postgres(url) => {
                let pool = postgres_pool(url, POSTGRES_READERS).await?;
                (Readers::Postgres(pool), Target::Postgres(postgres_options(url)?))
            }
        };
        let writer = Writer::start(target, statements.clone()).await?;
        Ok(Self { readers, writer, statements })
    }
}

/// WAL and FULL: what was acknowledged is on disk, and readers never wait for the writer.
pub(super) fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-8000")
        .pragma("temp_store", "memory")
        .optimize_on_close(true, None)
}

pub(super) fn postgres_options(url: &str) -> Result<PgConnectOptions> {
    PgConnectOptions::from_str(url).map_err(|e| StoreError::Unavailable(e.to_string()))
}

pub(super) async fn postgres_pool(url: &str, connections: u32) -> Result<PgPool> {
    let options = postgres_options(url)?;
    Ok(PgPoolOptions::new().max_connections(connections).connect_with(options).await?)
}
