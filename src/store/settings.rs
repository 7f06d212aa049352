//! The tables of settings that are kept on pages, and of what they were before. Secrets are sealed before they come here.

use sqlx::postgres::PgRow;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{Connection, FromRow, PgConnection, SqliteConnection};

use super::connect::{postgres_options, sqlite_options};
use super::sql::{built, places, tuples};
use super::{
    Place, Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// A setting as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Stored {
    pub name: String,
    pub value: String,
    /// The value is encrypted.
    pub sealed: bool,
}

/// What one save made of one setting. `None`: not kept.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct StoredChange {
    pub save: i64,
    pub name: String,
    pub sealed: bool,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// When somebody saved, and who.
#[derive(Clone, Debug, FromRow)]
pub struct SaveRow {
    pub number: i64,
    pub saved_at: Timestamp,
    pub full_name: String,
}

const ALL: &str = "SELECT name, value, sealed FROM settings ORDER BY name";
const ANYBODY: &str = "SELECT full_name FROM persons LIMIT 1";

/// All that are kept. One statement.
pub async fn list(tx: &mut Tx) -> Result<Vec<Stored>> {
    Ok(on!(tx, conn => sqlx::query_as(ALL).fetch_all(conn).await)?)
}

/// The same before the database is opened, whose tables may be older: nothing is kept where there is no such table.
///
/// # Errors
/// [`StoreError::Unavailable`] when it can't be reached.
pub async fn peek(place: &Place) -> Result<Vec<Stored>> {
    first_look(place, ALL).await
}

/// Whether nobody is known yet, before the database is opened; so it is where there is none.
///
/// # Errors
/// [`StoreError::Unavailable`] when it can't be reached.
pub async fn is_untouched(place: &Place) -> Result<bool> {
    let anybody: Vec<(String,)> = first_look(place, ANYBODY).await?;
    Ok(anybody.is_empty())
}

/// The same once it is open. One statement.
pub async fn is_without_people(tx: &mut Tx) -> Result<bool> {
    let anybody: Option<(String,)> = on!(tx, conn => sqlx::query_as(ANYBODY).fetch_optional(conn).await)?;
    Ok(anybody.is_none())
}

/// Rows of a database as it is found; none where it has no such table.
async fn first_look<T>(place: &Place, sql: &'static str) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let found = match place {
        Place::Sqlite(path) if !path.exists() => Ok(Vec::new()),
        Place::Sqlite(path) => look_sqlite(sqlite_options(path).create_if_missing(false), sql).await,
        Place::Postgres(url) => look_postgres(url, sql).await,
    };
    match found {
        Err(StoreError::Database(error)) if is_no_table(&error) => Ok(Vec::new()),
        other => other,
    }
}

/// `undefined_table` of PostgreSQL; SQLite has words only (`SQLITE_ERROR`).
fn is_no_table(error: &sqlx::Error) -> bool {
    let said = error.as_database_error();
    said.is_some_and(|said| {
        said.code().as_deref() == Some("42P01") || said.message().starts_with("no such table")
    })
}

async fn look_sqlite<T>(options: SqliteConnectOptions, sql: &'static str) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
{
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let rows = sqlx::query_as(sql).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(rows)
}

async fn look_postgres<T>(url: &str, sql: &'static str) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut connection = PgConnection::connect_with(&postgres_options(url)?).await?;
    let rows = sqlx::query_as(sql).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(rows)
}

/// The number of the last save; 0 if there was none.
pub async fn last_save(tx: &mut Tx) -> Result<i64> {
    Ok(on!(tx, conn => sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM setting_saves")
        .fetch_one(conn).await)?)
}

/// Adds a save with what it changes. [`super::StoreError::Taken`] when another one has the number. Four statements at most.
pub async fn save(
    tx: &mut Tx,
    (number, at, person): (i64, Timestamp, PersonId),
    changes: &[StoredChange],
) -> Result<()> {
    on!(tx, conn => sqlx::query("INSERT INTO setting_saves (number, saved_at, person_id) VALUES ($1, $2, $3)")
        .bind(number).bind(at).bind(person).execute(conn).await.map(affected))?;
    let text = format!(
        "INSERT INTO setting_changes (save, name, sealed, before, after) VALUES {}",
        tuples(changes.len(), 5)
    );
    on!(tx, conn => {
        let mut query = sqlx::query(built(text));
        for change in changes {
            query = query.bind(number).bind(&change.name).bind(change.sealed).bind(&change.before).bind(&change.after);
        }
        query.execute(conn).await.map(affected)
    })?;
    let text = format!("DELETE FROM settings WHERE name IN ({})", places(1, changes.len()));
    on!(tx, conn => {
        let mut query = sqlx::query(built(text));
        for change in changes {
            query = query.bind(&change.name);
        }
        query.execute(conn).await.map(affected)
    })?;
    let kept: Vec<&StoredChange> = changes.iter().filter(|change| change.after.is_some()).collect();
    if kept.is_empty() {
        return Ok(());
    }
    let text = format!("INSERT INTO settings (name, value, sealed) VALUES {}", tuples(kept.len(), 3));
    on!(tx, conn => {
        let mut query = sqlx::query(built(text));
        for change in kept {
            query = query.bind(&change.name).bind(&change.after).bind(change.sealed);
        }
        query.execute(conn).await.map(affected)
    })?;
    Ok(())
}

/// The saves from a number on, up to so many, the newest first. One statement.
pub async fn saves(tx: &mut Tx, from: i64, limit: i64) -> Result<Vec<SaveRow>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT s.number, s.saved_at, coalesce(p.full_name, '') AS full_name
         FROM setting_saves s LEFT JOIN persons p ON p.id = s.person_id WHERE s.number >= $1 ORDER BY s.number DESC LIMIT $2")
        .bind(from).bind(limit).fetch_all(conn).await)?)
}

/// What these saves changed, by name. One statement.
pub async fn changes(tx: &mut Tx, saves: &[i64]) -> Result<Vec<StoredChange>> {
    let text = format!(
        "SELECT save, name, sealed, before, after FROM setting_changes WHERE save IN ({}) ORDER BY save, name",
        places(1, saves.len())
    );
    Ok(on!(tx, conn => {
        let mut query = sqlx::query_as(built(text));
        for save in saves {
            query = query.bind(save);
        }
        query.fetch_all(conn).await
    })?)
}
