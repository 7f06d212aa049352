//! Every row of every table, as values that both databases share: for putting a whole database into a file, and back into
//! either of the two.
//!
//! The index of the search is left out, since each database has its own; a job makes it anew. So is what opens people's own
//! mailboxes: it is for their sessions alone. Everything is read within one
//! snapshot, and written within one transaction.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ConnectOptions, Connection, PgConnection, Row, SqliteConnection, TypeInfo, ValueRef};

use super::connect::{postgres_options, sqlite_options};
use super::sql::built;
use super::{Place, Result, StoreError, migrations};

/// A table's name, and its columns in order.
pub type Tables = BTreeMap<String, Vec<String>>;

/// The one field of bytes, which JSON has no form for.
const BYTES: &str = "b";
const SQLITE_TABLES: &str = "SELECT m.name, c.name, '' FROM sqlite_master m JOIN pragma_table_info(m.name) c
     WHERE m.type = 'table' AND substr(m.name, 1, 7) NOT IN ('sqlite_', 'search_') AND substr(m.name, 1, 5) <> '_sqlx'
     AND m.name <> 'session_mailboxes' ORDER BY m.name, c.cid";
const POSTGRES_TABLES: &str = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(udt_name AS TEXT)
     FROM information_schema.columns
     WHERE table_schema = current_schema() AND left(table_name, 7) <> 'search_' AND left(table_name, 5) <> '_sqlx'
     AND table_name <> 'session_mailboxes' ORDER BY table_name, ordinal_position";
const FOREIGN_KEYS: &str =
    "SELECT CAST(conrelid::regclass AS TEXT), CAST(conname AS TEXT), pg_get_constraintdef(oid)
     FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2";
const INDEX_ANEW: &str = "INSERT INTO jobs (id, job_key, lane, payload, run_at, created_at, domain)
     SELECT $1, 'index-messages:', 'index', CAST($2 AS PAYLOAD), 0, 0, '' WHERE EXISTS (SELECT 1 FROM messages)
     ON CONFLICT (job_key) DO NOTHING";
const INDEX_JOB: &str = r#"{"kind":"index_messages","before":null}"#;

#[derive(Debug)]
enum Link {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// The rows of a database as they were at one moment.
#[derive(Debug)]
pub struct Snapshot {
    link: Link,
    kinds: Kinds,
}

/// A database that is being filled. Nothing of it can be seen before [`Filling::finish`].
#[derive(Debug)]
pub struct Filling {
    link: Link,
    kinds: Kinds,
    /// What ties tables together, put back at the end.
    ties: Vec<(String, String, String)>,
}

/// PostgreSQL's type of each column of each table; empty for SQLite.
type Kinds = BTreeMap<String, Vec<(String, String)>>;

impl Link {
    async fn kinds(&mut self) -> Result<Kinds> {
        let rows: Vec<(String, String, String)> = match self {
            Self::Sqlite(link) => sqlx::query_as(SQLITE_TABLES).fetch_all(link).await?,
            Self::Postgres(link) => sqlx::query_as(POSTGRES_TABLES).fetch_all(link).await?,
        };
        let mut kinds = Kinds::new();
        for (table, column, kind) in rows {
            kinds.entry(table).or_default().push((column, kind));
        }
        Ok(kinds)
    }

    /// Of our own making only.
    async fn run(&mut self, statement: String) -> Result<()> {
        match self {
            Self::Sqlite(link) => sqlx::raw_sql(built(statement)).execute(link).await.map(|_| ())?,
            Self::Postgres(link) => sqlx::raw_sql(built(statement)).execute(link).await.map(|_| ())?,
        }
        Ok(())
    }
}

fn names(kinds: &Kinds) -> Tables {
    let columns = |all: &Vec<(String, String)>| all.iter().map(|(name, _)| name.clone()).collect();
    kinds.iter().map(|(table, all)| (table.clone(), columns(all))).collect()
}

impl Snapshot {
    /// Begins to read; others go on writing meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database can't be reached.
    pub async fn begin(place: &Place) -> Result<Self> {
        let mut link = match place {
            Place::Sqlite(path) => Link::Sqlite(sqlite_options(path).read_only(true).connect().await?),
            Place::Postgres(url) => Link::Postgres(postgres_options(url)?.connect().await?),
        };
        let begin = match &link {
            Link::Sqlite(_) => "BEGIN",
            Link::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        };
        link.run(begin.to_owned()).await?;
        // The first reading is the moment.
        let kinds = link.kinds().await?;
        Ok(Self { link, kinds })
    }

    pub fn tables(&self) -> Tables {
        names(&self.kinds)
    }

    /// Hands each row of a table to `take`, as an array of values: `null`, numbers, texts, and `{"b": base64}` for bytes.
    /// How many there were.
    ///
    /// # Errors
    /// When the database does not answer, or `take` fails.
    pub async fn read(
        &mut self,
        table: &str,
        take: &mut (dyn FnMut(Value) -> std::io::Result<()> + Send),
    ) -> Result<u64> {
        let Some(columns) = self.kinds.get(table) else { return Ok(0) };
        let chosen: Vec<String> = columns.iter().map(|(name, kind)| shared(name, kind)).collect();
        let text = format!("SELECT {} FROM \"{table}\"", chosen.join(", "));
        let mut count = 0;
        let failed = |error: std::io::Error| StoreError::Unavailable(error.to_string());
        match &mut self.link {
            Link::Sqlite(link) => {
                let mut rows = sqlx::query(built(text)).fetch(link);
                while let Some(row) = rows.try_next().await? {
                    take(sqlite_values(&row)?).map_err(failed)?;
                    count += 1;
                }
            }
            Link::Postgres(link) => {
                let mut rows = sqlx::query(built(text)).fetch(link);
                while let Some(row) = rows.try_next().await? {
                    take(postgres_values(&row)?).map_err(failed)?;
                    count += 1;
                }
            }
        }
        Ok(count)
    }
}

/// A column in the values that SQLite has: PostgreSQL's own types become bytes, numbers and texts.
fn shared(name: &str, kind: &str) -> String {
    match kind {
        "uuid" => format!("uuid_send(\"{name}\")"),
        "bool" => format!("CAST(CAST(\"{name}\" AS INTEGER) AS BIGINT)"),
        "int2" | "int4" => format!("CAST(\"{name}\" AS BIGINT)"),
        "jsonb" => format!("CAST(\"{name}\" AS TEXT)"),
        _ => format!("\"{name}\""),
    }
}

/// The other way round: a placeholder in the column's type.
fn own(place: usize, kind: &str) -> String {
    match kind {
        "uuid" => format!("CAST(encode(${place}, 'hex') AS UUID)"),
        "bool" => format!("CAST(CAST(${place} AS INTEGER) AS BOOLEAN)"),
        "int2" | "int4" => format!("CAST(${place} AS INTEGER)"),
        "jsonb" => format!("CAST(${place} AS JSONB)"),
        _ => format!("${place}"),
    }
}

fn bytes(bytes: &[u8]) -> Value {
    json!({ BYTES: BASE64.encode(bytes) })
}

fn sqlite_values(row: &SqliteRow) -> Result<Value> {
    let mut values = Vec::with_capacity(row.len());
    for at in 0..row.len() {
        let raw = row.try_get_raw(at)?;
        values.push(match raw.type_info().name() {
            _ if raw.is_null() => Value::Null,
            "INTEGER" => row.try_get::<i64, _>(at)?.into(),
            "BLOB" => bytes(row.try_get::<&[u8], _>(at)?),
            _ => row.try_get::<String, _>(at)?.into(),
        });
    }
    Ok(values.into())
}

fn postgres_values(row: &PgRow) -> Result<Value> {
    let mut values = Vec::with_capacity(row.len());
    for at in 0..row.len() {
        let raw = row.try_get_raw(at)?;
        values.push(match raw.type_info().name() {
            _ if raw.is_null() => Value::Null,
            "INT8" => row.try_get::<i64, _>(at)?.into(),
            "BYTEA" => bytes(row.try_get::<&[u8], _>(at)?),
            _ => row.try_get::<String, _>(at)?.into(),
        });
    }
    Ok(values.into())
}

/// One value, as it is bound.
enum Cell {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

fn cell(value: &Value) -> Option<Cell> {
    match value {
        Value::Null => Some(Cell::Null),
        Value::Number(number) => number.as_i64().map(Cell::Number),
        Value::String(text) => Some(Cell::Text(text.clone())),
        Value::Object(object) => BASE64.decode(object.get(BYTES)?.as_str()?).ok().map(Cell::Bytes),
        Value::Bool(_) | Value::Array(_) => None,
    }
}

impl Filling {
    /// Makes the tables, and takes out what a new database holds.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when there are people or mails in it: nothing is overwritten.
    pub async fn begin(place: &Place) -> Result<Self> {
        migrations::run(place).await?;
        let mut link = match place {
            Place::Sqlite(path) => Link::Sqlite(sqlite_options(path).foreign_keys(false).connect().await?),
            Place::Postgres(url) => Link::Postgres(postgres_options(url)?.connect().await?),
        };
        link.run(if matches!(link, Link::Sqlite(_)) { "BEGIN IMMEDIATE" } else { "BEGIN" }.to_owned())
            .await?;
        const USED: &str = "SELECT (SELECT count(*) FROM persons) + (SELECT count(*) FROM mails)";
        let ties = match &mut link {
            Link::Sqlite(link) => {
                let used: i64 = sqlx::query_scalar(USED).fetch_one(&mut *link).await?;
                if used > 0 { None } else { Some(Vec::new()) }
            }
            Link::Postgres(link) => {
                let used: i64 = sqlx::query_scalar(USED).fetch_one(&mut *link).await?;
                let ties = sqlx::query_as(FOREIGN_KEYS).fetch_all(&mut *link).await?;
                if used > 0 { None } else { Some(ties) }
            }
        };
        let ties: Vec<(String, String, String)> = ties.ok_or(StoreError::Taken)?;
        for (table, tie, _) in &ties {
            link.run(format!("ALTER TABLE {table} DROP CONSTRAINT \"{tie}\"")).await?;
        }
        let kinds = link.kinds().await?;
        for table in kinds.keys() {
            link.run(format!("DELETE FROM \"{table}\"")).await?;
        }
        Ok(Self { link, kinds, ties })
    }

    pub fn tables(&self) -> Tables {
        names(&self.kinds)
    }

    /// Adds a row: the values of these columns, as [`Snapshot::read`] gave them.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when there is no such table or column, or the values are none.
    pub async fn add(&mut self, table: &str, columns: &[String], row: &Value) -> Result<()> {
        let known = self.kinds.get(table).ok_or(StoreError::Stale)?;
        let values =
            row.as_array().filter(|values| values.len() == columns.len()).ok_or(StoreError::Stale)?;
        let cells: Option<Vec<Cell>> = values.iter().map(cell).collect();
        let cells = cells.ok_or(StoreError::Stale)?;
        let mut places = Vec::with_capacity(columns.len());
        let mut kinds = Vec::with_capacity(columns.len());
        for (at, column) in columns.iter().enumerate() {
            let kind = known.iter().find(|(name, _)| name == column).map(|(_, kind)| kind.as_str());
            let kind = kind.ok_or(StoreError::Stale)?;
            places.push(own(at + 1, kind));
            kinds.push(kind);
        }
        let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let text = format!("INSERT INTO \"{table}\" ({}) VALUES ({})", quoted.join(", "), places.join(", "));
        match &mut self.link {
            Link::Sqlite(link) => {
                let query = cells.into_iter().fold(sqlx::query(built(text)), |query, cell| match cell {
                    Cell::Null => query.bind(None::<i64>),
                    Cell::Number(number) => query.bind(number),
                    Cell::Text(text) => query.bind(text),
                    Cell::Bytes(bytes) => query.bind(bytes),
                });
                query.execute(link).await?;
            }
            Link::Postgres(link) => {
                let cells = cells.into_iter().zip(kinds);
                let query = cells.fold(sqlx::query(built(text)), |query, (cell, kind)| match (cell, kind) {
                    (Cell::Null, "uuid" | "bytea") => query.bind(None::<Vec<u8>>),
                    (Cell::Null, "int8" | "int4" | "int2" | "bool") => query.bind(None::<i64>),
                    (Cell::Null, _) => query.bind(None::<String>),
                    (Cell::Number(number), _) => query.bind(number),
                    (Cell::Text(text), _) => query.bind(text),
                    (Cell::Bytes(bytes), _) => query.bind(bytes),
                });
                query.execute(link).await?;
            }
        }
        Ok(())
    }

    /// Ties the tables together again, lets the search be indexed, and shows everything at once. `job` is the id of the job
    /// that indexes.
    ///
    /// # Errors
    /// When rows do not fit together; then nothing of it is there.
    pub async fn finish(mut self, job: uuid::Uuid) -> Result<()> {
        // Whoever was at them when the rows were read is at those of the other house.
        self.link.run("UPDATE jobs SET locked_until = NULL".to_owned()).await?;
        for (table, tie, definition) in &self.ties {
            self.link.run(format!("ALTER TABLE {table} ADD CONSTRAINT \"{tie}\" {definition}")).await?;
        }
        match &mut self.link {
            Link::Sqlite(link) => {
                let torn = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut *link).await?;
                if torn.is_some() {
                    return Err(StoreError::Stale);
                }
                let text = INDEX_ANEW.replace("PAYLOAD", "TEXT");
                sqlx::query(built(text))
                    .bind(job.as_bytes().to_vec())
                    .bind(INDEX_JOB)
                    .execute(&mut *link)
                    .await?;
            }
            Link::Postgres(link) => {
                let text = INDEX_ANEW.replace("PAYLOAD", "JSONB");
                sqlx::query(built(text)).bind(job).bind(INDEX_JOB).execute(&mut *link).await?;
            }
        }
        self.link.run("COMMIT".to_owned()).await?;
        match self.link {
            Link::Sqlite(link) => link.close().await?,
            Link::Postgres(link) => link.close().await?,
        }
        Ok(())
    }
}
