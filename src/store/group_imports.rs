//! Groups that come from an export: written piece by piece, out of everybody's sight until all is there.

use super::files::removed;
use super::marks;
use super::sql::{ROWS, built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::ids::{FileId, GroupId, MessageId, PersonId};
use crate::domain::message::{Body, Message};
use crate::domain::time::Timestamp;

/// Marks that are added at once: each has many columns.
const MARKS: usize = 1_000;

/// How an import of a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// It was broken off: there is a part that nobody sees.
    Begun,
    Finished,
}

/// `None` for a group that came in no import.
pub async fn find(tx: &mut Tx, group: GroupId) -> Result<Option<ImportState>> {
    let row: Option<(Option<Timestamp>,)> = on!(tx, conn => sqlx::query_as(
        "SELECT finished_at FROM group_imports WHERE group_id = $1").bind(group).fetch_optional(conn).await)?;
    Ok(row.map(|(finished,)| if finished.is_some() { ImportState::Finished } else { ImportState::Begun }))
}

pub async fn begin(tx: &mut Tx, group: GroupId, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("INSERT INTO group_imports (group_id, begun_at) VALUES ($1, $2)")
        .bind(group).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// All of it is there. The group's numbers become those of its messages. Two statements.
pub async fn finish(tx: &mut Tx, group: GroupId, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE group_imports SET finished_at = $2 WHERE group_id = $1")
        .bind(group).bind(now).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query(
        "UPDATE groups SET
            last_seq = coalesce((SELECT max(seq) FROM messages WHERE group_id = $1), 0),
            said_seq = coalesce((SELECT max(seq) FROM messages WHERE group_id = $1 AND notice IS NULL), 0),
            notices = (SELECT count(*) FROM messages WHERE group_id = $1 AND notice IS NOT NULL),
            last_at = coalesce((SELECT max(posted_at) FROM messages WHERE group_id = $1 AND notice IS NULL), created_at)
         WHERE id = $1")
        .bind(group).execute(conn).await.map(affected))?;
    Ok(())
}

/// Clears all that an import which was broken off has left; contents that nothing else uses are noted to be taken away.
pub async fn clear(tx: &mut Tx, group: GroupId, now: Timestamp) -> Result<()> {
    // They name files.
    on!(tx, conn => sqlx::query("DELETE FROM marks WHERE group_id = $1").bind(group).execute(conn).await.map(affected))?;
    clear_files(tx, group, now).await?;
    if !tx.is_postgres() {
        // The words of the index have no key that would take them along.
        on!(tx, conn => sqlx::query(
            "DELETE FROM search_words WHERE rowid IN (SELECT number FROM search_entries WHERE group_id = $1)")
            .bind(group).execute(conn).await.map(affected))?;
    }
    // What answers another message of the group must not hold it.
    on!(tx, conn => sqlx::query("UPDATE messages SET answers = NULL WHERE group_id = $1")
        .bind(group).execute(conn).await.map(affected))?;
    for table in ["message_versions", "message_mentions", "reactions"] {
        let text =
            format!("DELETE FROM {table} WHERE message_id IN (SELECT id FROM messages WHERE group_id = $1)");
        on!(tx, conn => sqlx::query(built(text)).bind(group).execute(conn).await.map(affected))?;
    }
    on!(tx, conn => sqlx::query("UPDATE mails SET group_id = NULL WHERE group_id = $1")
        .bind(group).execute(conn).await.map(affected))?;
    for table in ["tags", "search_entries", "messages", "group_imports"] {
        let text = format!("DELETE FROM {table} WHERE group_id = $1");
        on!(tx, conn => sqlx::query(built(text)).bind(group).execute(conn).await.map(affected))?;
    }
    on!(tx, conn => sqlx::query("DELETE FROM groups WHERE id = $1").bind(group).execute(conn).await.map(affected))?;
    Ok(())
}

/// Nobody but the group's own messages names its files: it was never seen.
async fn clear_files(tx: &mut Tx, group: GroupId, now: Timestamp) -> Result<()> {
    loop {
        let found: Vec<(FileId, Vec<u8>)> = on!(tx, conn => sqlx::query_as(
            "SELECT f.id, f.digest FROM message_files u JOIN files f ON f.id = u.file_id WHERE u.group_id = $1 LIMIT 1000")
            .bind(group).fetch_all(conn).await)?;
        if found.is_empty() {
            return Ok(());
        }
        let digests = found.iter().filter_map(|(_, digest)| Digest::from_bytes(digest)).collect();
        removed::note(tx, digests, now).await?;
        for (table, key) in [("message_files", "file_id"), ("files", "id")] {
            let text = format!("DELETE FROM {table} WHERE {key} IN ({})", places(1, found.len()));
            on!(tx, conn => found.iter().fold(sqlx::query(built(text)), |q, (id, _)| q.bind(*id))
                .execute(conn).await.map(affected))?;
        }
    }
}

/// What became of a message before it was exported, besides what it was posted with.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub versions: Vec<(Body, Timestamp)>,
    pub reactions: Vec<(PersonId, String, Timestamp)>,
    pub mentions: Vec<PersonId>,
    pub pinned_by: Option<PersonId>,
    pub marks: Vec<marks::New>,
}

/// Adds what became of messages that were just inserted. A statement for each kind of thing there is of it, however many
/// messages.
pub async fn add_history(tx: &mut Tx, messages: &[(Message, History)]) -> Result<()> {
    for (message, history) in messages.iter().filter(|(message, history)| has_trace(message, history)) {
        set_trace(tx, message, history.pinned_by).await?;
    }
    let versions = messages.iter().flat_map(|(message, history)| {
        history.versions.iter().enumerate().map(|(at, version)| (message.id, at as i64 + 1, version))
    });
    for part in versions.collect::<Vec<_>>().chunks(ROWS) {
        let text = format!(
            "INSERT INTO message_versions (message_id, number, markdown, html, written_at) VALUES {}",
            tuples(part.len(), 5)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, (id, number, (body, at))| {
            q.bind(*id).bind(*number).bind(&body.markdown).bind(&body.html).bind(*at)
        }).execute(conn).await.map(affected))?;
    }
    let reactions = messages
        .iter()
        .flat_map(|(message, history)| history.reactions.iter().map(|reaction| (message.id, reaction)));
    for part in reactions.collect::<Vec<_>>().chunks(ROWS) {
        let text = format!(
            "INSERT INTO reactions (message_id, person_id, emoji, reacted_at) VALUES {} ON CONFLICT DO NOTHING",
            tuples(part.len(), 4)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, (id, (person, emoji, at))| {
            q.bind(*id).bind(*person).bind(emoji).bind(*at)
        }).execute(conn).await.map(affected))?;
    }
    let marked: Vec<marks::New> = messages.iter().flat_map(|(_, h)| h.marks.iter().cloned()).collect();
    for part in marked.chunks(MARKS) {
        marks::insert(tx, part).await?;
    }
    let mentions =
        messages.iter().flat_map(|(m, history)| history.mentions.iter().map(|person| (m.id, *person)));
    for part in mentions.collect::<Vec<(MessageId, PersonId)>>().chunks(ROWS) {
        let text = format!(
            "INSERT INTO message_mentions (message_id, person_id) VALUES {} ON CONFLICT DO NOTHING",
            tuples(part.len(), 2)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, (id, person)| q.bind(*id).bind(*person))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

fn has_trace(message: &Message, history: &History) -> bool {
    let trace = &message.trace;
    trace.edits > 0
        || trace.removed.is_some()
        || trace.pinned_at.is_some()
        || history.pinned_by.is_some()
        || message.taken_from.is_some()
}

async fn set_trace(tx: &mut Tx, message: &Message, pinned_by: Option<PersonId>) -> Result<()> {
    let (trace, from) = (&message.trace, message.taken_from.as_ref());
    let removed = trace.removed.as_ref();
    on!(tx, conn => sqlx::query(
        "UPDATE messages SET edits = $2, edited_at = $3, removed_by = $4, remover_name = $5, removed_at = $6,
            pinned_by = $7, pinned_at = $8, from_group = $9, from_topic = $10, from_seq = $11, from_at = $12
         WHERE id = $1")
        .bind(message.id)
        .bind(trace.edits)
        .bind(trace.edited_at)
        .bind(removed.map(|r| r.by))
        .bind(removed.map_or("", |r| r.name.as_str()))
        .bind(removed.map(|r| r.at))
        .bind(pinned_by)
        .bind(trace.pinned_at)
        .bind(from.map(|f| f.place.group))
        .bind(from.map_or("", |f| f.topic.as_str()))
        .bind(from.map(|f| f.place.seq))
        .bind(from.map(|f| f.at))
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}
