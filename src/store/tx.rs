//! A connection of either database, inside or outside of a transaction, and the macro that speaks to both.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgQueryResult;
use sqlx::sqlite::SqliteQueryResult;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

/// A connection: in a transaction when [`super::Store::write`] gave it, for reading only when
/// [`super::Store::read`] did.
#[derive(Debug)]
pub struct Tx {
    pub(super) inner: Inner,
    statements: Arc<AtomicU64>,
}

#[derive(Debug)]
pub(super) enum Inner {
    Sqlite(SqliteHandle),
    Postgres(PostgresHandle),
}

#[derive(Debug)]
pub(super) enum SqliteHandle {
    Reading(PoolConnection<Sqlite>),
    Writing(Box<SqliteConnection>),
}

#[derive(Debug)]
pub(super) enum PostgresHandle {
    Reading(PoolConnection<Postgres>),
    Writing(Transaction<'static, Postgres>),
}

impl SqliteHandle {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Reading(c) => c,
            Self::Writing(c) => c,
        }
    }
}

impl PostgresHandle {
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        match self {
            Self::Reading(c) => c,
            Self::Writing(c) => c,
        }
    }
}

impl Tx {
    pub(super) fn reading_sqlite(connection: PoolConnection<Sqlite>, statements: Arc<AtomicU64>) -> Self {
        Self { inner: Inner::Sqlite(SqliteHandle::Reading(connection)), statements }
    }

    pub(super) fn reading_postgres(connection: PoolConnection<Postgres>, statements: Arc<AtomicU64>) -> Self {
        Self { inner: Inner::Postgres(PostgresHandle::Reading(connection)), statements }
    }

    pub(super) fn writing_sqlite(connection: SqliteConnection, statements: Arc<AtomicU64>) -> Self {
        Self { inner: Inner::Sqlite(SqliteHandle::Writing(Box::new(connection))), statements }
    }

    pub(super) fn writing_postgres(tx: Transaction<'static, Postgres>, statements: Arc<AtomicU64>) -> Self {
        Self { inner: Inner::Postgres(PostgresHandle::Writing(tx)), statements }
    }

    pub(super) fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether this is PostgreSQL, for the few statements whose text must differ.
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }
}

/// Writes one expression into both arms: `on!(tx, conn => sqlx::query("...").bind(x).execute(conn).await.map(affected))`.
/// One `on!` is one statement.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {{
        let tx: &mut $crate::store::Tx = $tx;
        tx.count();
        match &mut tx.inner {
            $crate::store::tx::Inner::Sqlite(handle) => {
                let $conn = handle.connection();
                $body
            }
            $crate::store::tx::Inner::Postgres(handle) => {
                let $conn = handle.connection();
                $body
            }
        }
    }};
}
pub(super) use on;

/// What a statement that changes rows gives on either database: how many it changed.
pub(super) fn affected<R: Changed>(result: R) -> u64 {
    result.changed()
}

/// The two drivers' results of a statement that gives no rows.
pub(super) trait Changed {
    fn changed(&self) -> u64;
}

impl Changed for SqliteQueryResult {
    fn changed(&self) -> u64 {
        self.rows_affected()
    }
}

impl Changed for PgQueryResult {
    fn changed(&self) -> u64 {
        self.rows_affected()
    }
}
