//! The tables of directories: what each source says of people, and how far it was read.

use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::{ROWS, built, held, places, tuples};
use super::{
    Result, StoreError, Tx, photos,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::directory::{Said, SourceEntry};
use crate::domain::directory_sync::{Sync, SyncOutcome};
use crate::domain::ids::{ImportId, PersonId, SyncId};
use crate::domain::people_set::place_key;
use crate::domain::person::Entry;
use crate::domain::time::Timestamp;

/// What one source says of one person, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEntry {
    pub source: String,
    pub person_id: PersonId,
    pub entry: SourceEntry,
    pub departed_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct EntryRow {
    source: String,
    uid: String,
    person_id: PersonId,
    locator: String,
    said: Json<Said>,
    departed_at: Option<Timestamp>,
}

impl From<EntryRow> for KeptEntry {
    fn from(row: EntryRow) -> Self {
        let entry = SourceEntry { uid: row.uid, locator: row.locator, said: row.said.0 };
        Self { source: row.source, person_id: row.person_id, entry, departed_at: row.departed_at }
    }
}

const SELECT: &str = "SELECT source, uid, person_id, locator, said, departed_at FROM directory_entries";

/// Lets others wait who would merge people too, until this transaction ends: whoever merges reads what all sources say. See
/// [`super::groups::hold`].
pub async fn hold(tx: &mut Tx) -> Result<()> {
    if tx.is_postgres() {
        on!(tx, conn => sqlx::query("INSERT INTO directory_sources (name) VALUES ('') ON CONFLICT (name) DO NOTHING")
            .execute(conn).await.map(affected))?;
        let text = format!("SELECT 1 FROM directory_sources WHERE name = ''{}", held(tx));
        on!(tx, conn => sqlx::query(built(text)).execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// What a source is known to have said of an entry, short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub uid: String,
    pub digest: Digest,
    pub departed: bool,
}

/// Everybody a source ever had.
pub async fn stamps(tx: &mut Tx, source: &str) -> Result<Vec<Stamp>> {
    let rows: Vec<(String, Vec<u8>, Option<Timestamp>)> = on!(tx, conn => sqlx::query_as(
        "SELECT uid, digest, departed_at FROM directory_entries WHERE source = $1")
        .bind(source).fetch_all(conn).await)?;
    let corrupt = || StoreError::Corrupt { table: "directory_entries", column: "digest" };
    let stamp = |(uid, digest, departed_at): (String, Vec<u8>, Option<Timestamp>)| {
        let digest = Digest::from_bytes(&digest).ok_or_else(corrupt)?;
        Ok(Stamp { uid, digest, departed: departed_at.is_some() })
    };
    rows.into_iter().map(stamp).collect()
}

/// What a source says of some entries.
pub async fn list_by_uid(tx: &mut Tx, source: &str, uids: &[String]) -> Result<Vec<KeptEntry>> {
    let mut found = Vec::with_capacity(uids.len());
    for part in uids.chunks(ROWS) {
        let text = format!("{SELECT} WHERE source = $1 AND uid IN ({})", places(2, part.len()));
        let rows: Vec<EntryRow> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)).bind(source), |q, uid| q.bind(uid)).fetch_all(conn).await)?;
        found.extend(rows.into_iter().map(KeptEntry::from));
    }
    Ok(found)
}

/// The photos that a source gives now, by the uids of its entries. One statement.
pub async fn photos_of(tx: &mut Tx, source: &str) -> Result<Vec<(String, Digest)>> {
    let rows: Vec<(String, Option<Vec<u8>>)> = on!(tx, conn => sqlx::query_as(
        "SELECT uid, photo FROM directory_entries WHERE source = $1 AND photo IS NOT NULL")
        .bind(source).fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(|(uid, photo)| Some((uid, photos::mark(photo)?))).collect())
}

/// What all sources say of some people.
pub async fn list_of_persons(tx: &mut Tx, persons: &[PersonId]) -> Result<Vec<KeptEntry>> {
    let mut found = Vec::new();
    for part in persons.chunks(ROWS) {
        let text = format!("{SELECT} WHERE person_id IN ({}) ORDER BY source, uid", places(1, part.len()));
        let rows: Vec<EntryRow> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
        found.extend(rows.into_iter().map(KeptEntry::from));
    }
    Ok(found)
}

/// The entry that is at a place of a source.
pub async fn find_at(tx: &mut Tx, source: &str, locator: &str) -> Result<Option<KeptEntry>> {
    let text = format!("{SELECT} WHERE source = $1 AND locator = $2 LIMIT 1");
    let row: Option<EntryRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(source).bind(locator).fetch_optional(conn).await)?;
    Ok(row.map(KeptEntry::from))
}

/// Keeps what sources say now. An entry that was kept before is replaced. Each entry once.
pub async fn keep(tx: &mut Tx, entries: &[KeptEntry], now: Timestamp) -> Result<()> {
    for part in entries.chunks(ROWS) {
        let text = format!(
            "INSERT INTO directory_entries (source, uid, person_id, locator, locator_key, said, digest, changed_at, departed_at, photo)
             VALUES {}
             ON CONFLICT (source, uid) DO UPDATE SET person_id = excluded.person_id, locator = excluded.locator,
               locator_key = excluded.locator_key, said = excluded.said, digest = excluded.digest, changed_at = excluded.changed_at,
               departed_at = excluded.departed_at, photo = excluded.photo",
            tuples(part.len(), 10)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, kept| {
            q.bind(&kept.source)
                .bind(&kept.entry.uid)
                .bind(kept.person_id)
                .bind(&kept.entry.locator)
                .bind(place_key(&kept.entry.locator))
                .bind(Json(&kept.entry.said))
                .bind(kept.entry.digest().as_bytes().to_vec())
                .bind(now)
                .bind(kept.departed_at)
                .bind(photos::written(kept.entry.said.entry.photo.as_ref()))
        })
        .execute(conn)
        .await.map(affected))?;
    }
    Ok(())
}

/// Some entries are gone from their source.
pub async fn depart(tx: &mut Tx, source: &str, uids: &[String], now: Timestamp) -> Result<()> {
    for part in uids.chunks(ROWS) {
        let text = format!(
            "UPDATE directory_entries SET departed_at = $2 WHERE source = $1 AND departed_at IS NULL AND uid IN ({})",
            places(3, part.len())
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)).bind(source).bind(now), |q, uid| q.bind(uid))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// How many people each source has now.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT source, count(*) FROM directory_entries WHERE departed_at IS NULL GROUP BY source ORDER BY source")
        .fetch_all(conn).await)?)
}

/// How far a source was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct SourceState {
    pub position: String,
    pub full_at: Option<Timestamp>,
    pub take_fewer: bool,
}

/// How far a source was read; nothing yet if it is not known.
pub async fn state(tx: &mut Tx, source: &str) -> Result<SourceState> {
    let row: Option<SourceState> = on!(tx, conn => sqlx::query_as(
        "SELECT position, full_at, take_fewer FROM directory_sources WHERE name = $1")
        .bind(source).fetch_optional(conn).await)?;
    Ok(row.unwrap_or_default())
}

/// What a sync has done of what an admin asked for.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// All was read.
    pub all: bool,
    /// That few people are right was believed.
    pub fewer: bool,
}

/// Writes down how far it was read. What an admin asked for meanwhile stays, unless just that was done.
pub async fn set_state(tx: &mut Tx, source: &str, state: &SourceState, answered: Answered) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO directory_sources (name, position, full_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET position = excluded.position,
           full_at = CASE WHEN $4 THEN excluded.full_at ELSE directory_sources.full_at END,
           take_fewer = CASE WHEN $5 THEN FALSE ELSE directory_sources.take_fewer END")
        .bind(source).bind(&state.position).bind(state.full_at).bind(answered.all).bind(answered.fewer)
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// An admin wants all of it to be read, and says, if so, that far fewer people are right.
pub async fn want_all(tx: &mut Tx, source: &str, take_fewer: bool) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO directory_sources (name, take_fewer) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET full_at = NULL, take_fewer = directory_sources.take_fewer OR excluded.take_fewer")
        .bind(source).bind(take_fewer).execute(conn).await.map(affected))?;
    Ok(())
}

/// So many syncs of a source are kept.
const SYNCS: i64 = 20;

#[derive(FromRow)]
struct SyncRow {
    begun_at: Timestamp,
    took_ms: i64,
    outcome: Json<SyncOutcome>,
}

impl From<SyncRow> for Sync {
    fn from(row: SyncRow) -> Self {
        Self { begun_at: row.begun_at, took_ms: row.took_ms, outcome: row.outcome.0 }
    }
}

/// Adds what came of reading a source, and forgets what came of it long ago. Two statements.
pub async fn add_sync(tx: &mut Tx, id: SyncId, source: &str, sync: &Sync) -> Result<()> {
    let well = matches!(sync.outcome, SyncOutcome::Done(_));
    on!(tx, conn => sqlx::query(
        "INSERT INTO directory_syncs (id, source, begun_at, took_ms, well, outcome) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id).bind(source).bind(sync.begun_at).bind(sync.took_ms).bind(well).bind(Json(&sync.outcome))
        .execute(conn).await.map(affected))?;
    // The last one that went well stays, however many failed since.
    on!(tx, conn => sqlx::query(
        "DELETE FROM directory_syncs WHERE source = $1
         AND id NOT IN (SELECT id FROM directory_syncs WHERE source = $1 ORDER BY begun_at DESC, id DESC LIMIT $2)
         AND id NOT IN (SELECT id FROM directory_syncs WHERE source = $1 AND well ORDER BY begun_at DESC, id DESC LIMIT 1)")
        .bind(source).bind(SYNCS).execute(conn).await.map(affected))?;
    Ok(())
}

/// The last times a source was read, the newest first.
pub async fn syncs(tx: &mut Tx, source: &str) -> Result<Vec<Sync>> {
    let rows: Vec<SyncRow> = on!(tx, conn => sqlx::query_as(
        "SELECT begun_at, took_ms, outcome FROM directory_syncs WHERE source = $1 ORDER BY begun_at DESC, id DESC")
        .bind(source).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Sync::from).collect())
}

/// Keeps people of a file until an admin says whether they are taken.
pub async fn keep_import(
    tx: &mut Tx,
    (id, person): (ImportId, PersonId),
    entries: &[Entry],
    now: Timestamp,
) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO directory_imports (id, person_id, entries, asked_at) VALUES ($1, $2, $3, $4)")
        .bind(id).bind(person).bind(Json(entries)).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// The people of a file that this admin has looked at.
pub async fn find_import(tx: &mut Tx, id: ImportId, person: PersonId) -> Result<Option<Vec<Entry>>> {
    let row: Option<(Json<Vec<Entry>>,)> = on!(tx, conn => sqlx::query_as(
        "SELECT entries FROM directory_imports WHERE id = $1 AND person_id = $2")
        .bind(id).bind(person).fetch_optional(conn).await)?;
    Ok(row.map(|(entries,)| entries.0))
}

pub async fn forget_import(tx: &mut Tx, id: ImportId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM directory_imports WHERE id = $1").bind(id).execute(conn).await.map(affected))?;
    Ok(())
}

/// Forgets files that were looked at before a time.
pub async fn forget_imports_before(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM directory_imports WHERE asked_at < $1").bind(before).execute(conn).await.map(affected))?;
    Ok(())
}
