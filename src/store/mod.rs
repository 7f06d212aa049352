//! What is kept: one SQL text for two native drivers.
//!
//! A [`Store`] is SQLite (embedded, the default) or PostgreSQL. Writing goes through [`Store::write`], a closure
//! that runs in one transaction and is finished even when its caller has gone; reading through [`Store::read`].
//! Both give a [`Tx`], and every function of the table files takes one. The macro `on!` writes one expression into
//! both arms of it.

mod connect;
mod error;
mod sql;
mod tx;
mod writer;

pub mod additions;
pub mod address_troubles;
pub mod afterwards;
pub mod alerts;
pub mod aliases;
pub mod answers;
pub mod archive;
pub mod asked;
pub mod asks;
pub mod audit;
pub mod browsers;
pub mod cadences;
pub mod changes;
pub mod claims;
pub mod deliveries;
pub mod departments;
pub mod directories;
pub mod directory_lists;
pub mod dossiers;
pub mod drafts;
pub mod erasures;
pub mod exports;
pub mod failures;
pub mod files;
pub mod folders;
pub mod group_imports;
pub mod groups;
pub mod health;
pub mod identities;
pub mod jobs;
pub mod ledger;
pub mod ledger_addresses;
pub mod ledger_lists;
pub mod ledger_steps;
pub mod links;
pub mod maintenance;
pub mod mark_lists;
pub mod marks;
pub mod members;
pub mod mentions;
pub mod messages;
pub mod migrations;
pub mod moves;
pub mod notices;
pub mod own_mailboxes;
pub mod people_search;
pub mod persons;
pub mod photos;
pub mod pins;
pub mod push;
pub mod reactions;
pub mod receipt_lists;
pub mod receipt_settings;
pub mod receipts;
pub mod refresh_tokens;
pub mod rereads;
pub mod retention;
pub mod rows;
pub mod saved_views;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod shares;
pub mod spin_offs;
pub mod statuses;
pub mod tags;
pub mod threads;
pub mod unsent;
pub mod uploads;
pub mod uses;

pub use connect::Place;
pub use error::StoreError;
pub use tx::Tx;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{PgPool, SqlitePool};

use writer::Writer;

/// What every store function gives.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    readers: Readers,
    writer: Writer,
    statements: Arc<AtomicU64>,
}

#[derive(Clone, Debug)]
enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Store {
    /// A connection for reading. A request takes one and does all its reads on it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database can't be reached.
    pub async fn read(&self) -> Result<Tx> {
        let statements = self.statements.clone();
        Ok(match &self.readers {
            Readers::Sqlite(pool) => Tx::reading_sqlite(pool.acquire().await?, statements),
            Readers::Postgres(pool) => Tx::reading_postgres(pool.acquire().await?, statements),
        })
    }

    /// Runs `work` in one transaction and answers when it is durable on disk.
    ///
    /// On SQLite, closures that wait together share one commit, each in a savepoint of its own: an error undoes only
    /// its own. The work goes on when the caller is dropped, so a closed connection never leaves half an action.
    ///
    /// # Errors
    /// Whatever `work` gives; its changes are undone then. [`StoreError`] when the commit fails.
    pub async fn write<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.run(work).await
    }

    /// How many SQL statements were run since the start; for metrics and for tests that count.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}
