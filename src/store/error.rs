//! What can go wrong with the database, by what its caller can do about it. "Not there" is `Option`, not an error.

use sqlx::error::DatabaseError;

/// See the variants.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another row has it already (a unique key).
    #[error("Already taken")]
    Taken,
    /// A row that should be there is gone or was changed meanwhile.
    #[error("Changed by somebody else meanwhile")]
    Stale,
    /// The database can't be reached now; trying again may help.
    #[error("The database does not answer: {0}")]
    Unavailable(String),
    /// Reading took longer than anybody waits.
    #[error("The database took too long to answer, and was stopped")]
    TooSlow,
    /// A value in the database is none of ours.
    #[error("The table {table} holds a {column} that can't be read")]
    Corrupt { table: &'static str, column: &'static str },
    /// Its migrations are ahead of this program's.
    #[error(
        "The database was made by a newer mailmoot: it has migration {version}, which this one does not know"
    )]
    Newer { version: i64 },
    /// Its tables may be different ones.
    #[error("Migration {version} of the database is not the one of this mailmoot, or was broken off")]
    Changed { version: i64 },
    #[error("The database refused a statement: {0}")]
    Database(sqlx::Error),
}

/// `query_canceled` of PostgreSQL, `SQLITE_INTERRUPT` of SQLite.
const STOPPED: [&str; 2] = ["57014", "9"];

/// `serialization_failure` and `deadlock_detected` of PostgreSQL: another transaction stood in the way.
const IN_THE_WAY: [&str; 2] = ["40001", "40P01"];

fn has_code(error: &dyn DatabaseError, codes: &[&str]) -> bool {
    error.code().is_some_and(|code| codes.contains(&code.as_ref()))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(e) if e.is_unique_violation() => Self::Taken,
            sqlx::Error::Database(e) if has_code(&**e, &STOPPED) => Self::TooSlow,
            sqlx::Error::Database(e) if has_code(&**e, &IN_THE_WAY) => Self::Unavailable(error.to_string()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed => Self::Unavailable(error.to_string()),
            _ => Self::Database(error),
        }
    }
}
