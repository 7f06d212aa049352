//! Opening a database: how each of the two is set up.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, PgPool, SqliteConnection, SqlitePool};

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
/// Nobody waits longer for a page, and nobody's question keeps others waiting longer. A person who asks for too much is
/// told so.
const LONGEST_READ: Duration = Duration::from_secs(10);
/// So often SQLite looks at the time, in steps of its machine: some hundred times a second.
const STEPS: i32 = 10_000;

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it can't be reached, [`StoreError::Database`] when a migration fails or
    /// the database was made by a newer mailmoot.
    pub async fn open(place: &Place) -> Result<Self> {
        Self::open_within(place, LONGEST_READ).await
    }

    /// The same with another limit: so long the reading of one request may take on SQLite, and one statement of it on
    /// PostgreSQL. Beyond it the statement gives [`StoreError::TooSlow`].
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_within(place: &Place, longest_read: Duration) -> Result<Self> {
        migrations::run(place).await?;
        let statements = Arc::new(AtomicU64::new(0));
        let (readers, target) = match place {
            Place::Sqlite(path) => {
                let readers = Readers::Sqlite(sqlite_readers(path, longest_read).await?);
                (readers, Target::Sqlite(sqlite_options(path)))
            }
            Place::Postgres(url) => {
                let readers = Readers::Postgres(postgres_readers(url, longest_read).await?);
                (readers, Target::Postgres(postgres_options(url)?))
            }
        };
        let writer = Writer::start(target, statements.clone()).await?;
        Ok(Self { readers, writer, statements })
    }
}

/// A connection's time begins when it is taken: also after somebody went away in the middle of a statement.
async fn sqlite_readers(path: &Path, longest_read: Duration) -> Result<SqlitePool> {
    Ok(SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .after_connect(move |connection, _| Box::pin(limit(connection, longest_read)))
        .before_acquire(move |connection, _| {
            Box::pin(async move { limit(connection, longest_read).await.map(|()| true) })
        })
        .connect_with(sqlite_options(path).read_only(true))
        .await?)
}

async fn limit(connection: &mut SqliteConnection, longest_read: Duration) -> sqlx::Result<()> {
    let end = Instant::now() + longest_read;
    connection.lock_handle().await?.set_progress_handler(STEPS, move || Instant::now() < end);
    Ok(())
}

async fn postgres_readers(url: &str, longest_read: Duration) -> Result<PgPool> {
    let statement = format!("SET statement_timeout = {}", longest_read.as_millis());
    let options =
        PgPoolOptions::new().max_connections(POSTGRES_READERS).after_connect(move |connection, _| {
            let statement = sqlx::raw_sql(AssertSqlSafe(statement.clone()));
            Box::pin(async move { statement.execute(connection).await.map(|_| ()) })
        });
    Ok(options.connect_with(postgres_options(url)?).await?)
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
