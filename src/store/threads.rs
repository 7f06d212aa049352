//! The tables of threads: what ties mails together, and who takes part.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sqlx::FromRow;

use super::sql::{ROWS, built, four_words, places, tuples};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{PersonId, ThreadId};
use crate::domain::thread::{Participant, Seen, Thread};
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct ThreadRow {
    id: ThreadId,
    topic: String,
    first_at: Timestamp,
    last_at: Timestamp,
    mails: i64,
}

#[derive(FromRow)]
struct ParticipantRow {
    address: String,
    name: Option<String>,
    seen_from: i64,
    seen_to: i64,
    seen_cc: i64,
}

/// The threads that have one of these keys. One statement.
pub async fn find_by_keys(tx: &mut Tx, keys: &[String]) -> Result<Vec<ThreadId>> {
    let text =
        format!("SELECT DISTINCT thread_id FROM thread_keys WHERE thread_key IN ({})", places(1, keys.len()));
    let rows: Vec<(ThreadId,)> = on!(tx, conn => keys.iter().fold(sqlx::query_as(built(text)), |q, k| q.bind(k)).fetch_all(conn).await)?;
    let mut ids: Vec<ThreadId> = rows.into_iter().map(|(id,)| id).collect();
    ids.sort();
    Ok(ids)
}

pub async fn insert(tx: &mut Tx, id: ThreadId, topic: &str, at: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO threads (id, topic, first_at, last_at, mails) VALUES ($1, $2, $3, $3, 0)")
        .bind(id).bind(topic).bind(at).execute(conn).await.map(affected))?;
    Ok(())
}

pub async fn add_keys(tx: &mut Tx, id: ThreadId, keys: &[String]) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO thread_keys (thread_key, thread_id) VALUES {} ON CONFLICT (thread_key) DO NOTHING",
        tuples(keys.len(), 2)
    );
    on!(tx, conn => keys.iter().fold(sqlx::query(built(text)), |q, k| q.bind(k).bind(id)).execute(conn).await.map(affected))?;
    Ok(())
}

/// Makes two threads one, because a mail came that belongs to both. Six statements.
pub async fn merge(tx: &mut Tx, into: ThreadId, from: ThreadId) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE thread_keys SET thread_id = $1 WHERE thread_id = $2").bind(into).bind(from).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("UPDATE mails SET thread_id = $1 WHERE thread_id = $2").bind(into).bind(from).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("UPDATE drafts SET thread_id = $1 WHERE thread_id = $2").bind(into).bind(from).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("UPDATE groups SET thread_id = $1 WHERE thread_id = $2").bind(into).bind(from).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query(
        "INSERT INTO thread_participants (thread_id, address_key, address, name, seen_from, seen_to, seen_cc, rank)
         SELECT $1, address_key, address, name, seen_from, seen_to, seen_cc, rank + 10000
         FROM thread_participants WHERE thread_id = $2
         ON CONFLICT (thread_id, address_key) DO UPDATE SET
            name = coalesce(thread_participants.name, excluded.name),
            seen_from = thread_participants.seen_from + excluded.seen_from,
            seen_to = thread_participants.seen_to + excluded.seen_to,
            seen_cc = thread_participants.seen_cc + excluded.seen_cc",
    )
    .bind(into)
    .bind(from)
    .execute(conn)
    .await.map(affected))?;
    on!(tx, conn => sqlx::query("DELETE FROM thread_participants WHERE thread_id = $1").bind(from).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query(
        "UPDATE threads SET
            topic = CASE WHEN first_at <= (SELECT o.first_at FROM threads o WHERE o.id = $2)
                         THEN topic ELSE (SELECT o.topic FROM threads o WHERE o.id = $2) END,
            first_at = CASE WHEN first_at <= (SELECT o.first_at FROM threads o WHERE o.id = $2)
                         THEN first_at ELSE (SELECT o.first_at FROM threads o WHERE o.id = $2) END,
            last_at = CASE WHEN last_at >= (SELECT o.last_at FROM threads o WHERE o.id = $2)
                         THEN last_at ELSE (SELECT o.last_at FROM threads o WHERE o.id = $2) END,
            mails = mails + (SELECT o.mails FROM threads o WHERE o.id = $2)
         WHERE id = $1",
    )
    .bind(into)
    .bind(from)
    .execute(conn)
    .await.map(affected))?;
    on!(tx, conn => sqlx::query("DELETE FROM threads WHERE id = $1").bind(from).execute(conn).await.map(affected))?;
    Ok(())
}

/// Counts one more mail: its time, and its subject as the topic if it is the oldest.
pub async fn count_mail(tx: &mut Tx, id: ThreadId, topic: &str, at: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE threads SET
            topic = CASE WHEN $3 <= first_at OR mails = 0 THEN $2 ELSE topic END,
            first_at = CASE WHEN $3 < first_at OR mails = 0 THEN $3 ELSE first_at END,
            last_at = CASE WHEN $3 > last_at OR mails = 0 THEN $3 ELSE last_at END,
            mails = mails + 1
         WHERE id = $1",
    )
    .bind(id)
    .bind(topic)
    .bind(at)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// Adds what one mail says of who takes part. One statement for up to 2,000 people.
pub async fn add_participants(tx: &mut Tx, id: ThreadId, people: &[Participant]) -> Result<()> {
    let people = each_once(people);
    for (part, people) in people.chunks(ROWS).enumerate() {
        let text = format!(
            "INSERT INTO thread_participants (thread_id, address_key, address, name, seen_from, seen_to, seen_cc, rank) VALUES {}
             ON CONFLICT (thread_id, address_key) DO UPDATE SET
                name = coalesce(thread_participants.name, excluded.name),
                seen_from = thread_participants.seen_from + excluded.seen_from,
                seen_to = thread_participants.seen_to + excluded.seen_to,
                seen_cc = thread_participants.seen_cc + excluded.seen_cc",
            tuples(people.len(), 8)
        );
        on!(tx, conn => people.iter().enumerate().fold(sqlx::query(built(text)), |q, (rank, p)| {
            q.bind(id)
                .bind(p.address.key())
                .bind(p.address.as_str())
                .bind(p.name.as_deref())
                .bind(i64::from(p.seen.from))
                .bind(i64::from(p.seen.to))
                .bind(i64::from(p.seen.cc))
                .bind((part * ROWS + rank) as i64)
        })
        .execute(conn)
        .await.map(affected))?;
    }
    Ok(())
}

/// A mail may name somebody twice, but PostgreSQL refuses a statement that meets the row it has just added.
fn each_once(people: &[Participant]) -> Vec<Participant> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<Participant> = Vec::with_capacity(people.len());
    for person in people {
        match places.entry(person.address.key()) {
            Entry::Vacant(place) => {
                place.insert(found.len());
                found.push(person.clone());
            }
            Entry::Occupied(place) => {
                let before = &mut found[*place.get()];
                before.name = before.name.take().or_else(|| person.name.clone());
                before.seen.from += person.seen.from;
                before.seen.to += person.seen.to;
                before.seen.cc += person.seen.cc;
            }
        }
    }
    found
}

/// Who takes part: writers first, then those in To, then those in Cc.
pub async fn participants(tx: &mut Tx, id: ThreadId) -> Result<Vec<Participant>> {
    let rows: Vec<ParticipantRow> = on!(tx, conn => sqlx::query_as(
        "SELECT address, name, seen_from, seen_to, seen_cc FROM thread_participants WHERE thread_id = $1
         ORDER BY CASE WHEN seen_from > 0 THEN 0 WHEN seen_to > 0 THEN 1 ELSE 2 END, rank, address_key",
    )
    .bind(id)
    .fetch_all(conn)
    .await)?;
    rows.into_iter().map(Participant::try_from).collect()
}

/// Who takes part in some threads, in the order of [`participants`]. One statement.
pub async fn participants_of(tx: &mut Tx, ids: &[ThreadId]) -> Result<HashMap<ThreadId, Vec<Participant>>> {
    #[derive(FromRow)]
    struct Row {
        thread_id: ThreadId,
        #[sqlx(flatten)]
        participant: ParticipantRow,
    }
    let text = format!(
        "SELECT thread_id, address, name, seen_from, seen_to, seen_cc FROM thread_participants WHERE thread_id IN ({})
         ORDER BY thread_id, CASE WHEN seen_from > 0 THEN 0 WHEN seen_to > 0 THEN 1 ELSE 2 END, rank, address_key",
        places(1, ids.len())
    );
    let rows: Vec<Row> = on!(tx, conn => ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    let mut found: HashMap<ThreadId, Vec<Participant>> = HashMap::new();
    for row in rows {
        found.entry(row.thread_id).or_default().push(row.participant.try_into()?);
    }
    Ok(found)
}

impl TryFrom<ParticipantRow> for Participant {
    type Error = StoreError;
    fn try_from(row: ParticipantRow) -> Result<Self> {
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(Self {
            address: row
                .address
                .parse()
                .map_err(|_| StoreError::Corrupt { table: "thread_participants", column: "address" })?,
            name: row.name,
            seen: Seen { from: count(row.seen_from), to: count(row.seen_to), cc: count(row.seen_cc) },
        })
    }
}

pub async fn set_search_text(tx: &mut Tx, id: ThreadId, text: &str) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE threads SET search_text = $2 WHERE id = $1").bind(id).bind(text).execute(conn).await.map(affected))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: ThreadId) -> Result<Option<Thread>> {
    let row: Option<ThreadRow> = on!(tx, conn => sqlx::query_as(
        "SELECT id, topic, first_at, last_at, mails FROM threads WHERE id = $1").bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Thread::from))
}

impl From<ThreadRow> for Thread {
    fn from(row: ThreadRow) -> Self {
        Self { id: row.id, topic: row.topic, first_at: row.first_at, last_at: row.last_at, mails: row.mails }
    }
}

/// Whether one of a person's addresses takes part.
pub async fn takes_part(tx: &mut Tx, id: ThreadId, person: PersonId) -> Result<bool> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "SELECT CAST(1 AS BIGINT) FROM thread_participants t JOIN person_addresses a ON a.address_key = t.address_key
         WHERE t.thread_id = $1 AND a.person_id = $2 LIMIT 1")
        .bind(id).bind(person).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// The threads a person takes part in that hold every word of `query` in topic, names or addresses, newest first,
/// after the thread `before`.
pub async fn list_for(
    tx: &mut Tx,
    person: PersonId,
    query: &str,
    before: Option<ThreadId>,
    limit: i64,
) -> Result<Vec<Thread>> {
    let [first, second, third, fourth] = four_words(query);
    let rows: Vec<ThreadRow> = on!(tx, conn => sqlx::query_as(
        "SELECT id, topic, first_at, last_at, mails FROM threads
         WHERE id IN (SELECT t.thread_id FROM thread_participants t
                      JOIN person_addresses a ON a.address_key = t.address_key WHERE a.person_id = $1)
           AND ($2 IS NULL OR (last_at, id) < (SELECT last_at, id FROM threads WHERE id = $2))
           AND search_text LIKE $3 ESCAPE '\\' AND search_text LIKE $4 ESCAPE '\\'
           AND search_text LIKE $5 ESCAPE '\\' AND search_text LIKE $6 ESCAPE '\\'
         ORDER BY last_at DESC, id DESC LIMIT $7",
    )
    .bind(person)
    .bind(before)
    .bind(&first)
    .bind(&second)
    .bind(&third)
    .bind(&fourth)
    .bind(limit)
    .fetch_all(conn)
    .await)?;
    Ok(rows.into_iter().map(Thread::from).collect())
}
