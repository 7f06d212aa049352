//! The table of exports, and what an export says of messages besides what everybody's page shows.

use sqlx::FromRow;

use super::sql::{built, places};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::export::{Export, ExportProblem, ExportState, Format};
use crate::domain::ids::{ExportId, FileId, GroupId, MarkId, MessageId, PersonId};
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct Row {
    id: ExportId,
    group_id: GroupId,
    person_id: PersonId,
    format: Format,
    language: Language,
    state: ExportState,
    first_seq: i64,
    last_seq: i64,
    written: i64,
    size: Option<i64>,
    problem: Option<ExportProblem>,
    asked_at: Timestamp,
    finished_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, group_id, person_id, format, language, state, first_seq, last_seq, written, size, problem, \
     asked_at, finished_at, expires_at";

impl From<Row> for Export {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            group_id: row.group_id,
            person_id: row.person_id,
            format: row.format,
            language: row.language,
            state: row.state,
            first_seq: row.first_seq,
            last_seq: row.last_seq,
            written: row.written,
            size: row.size,
            problem: row.problem,
            asked_at: row.asked_at,
            finished_at: row.finished_at,
            expires_at: row.expires_at,
        }
    }
}

pub async fn insert(tx: &mut Tx, export: &Export) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO exports (id, group_id, person_id, format, language, state, first_seq, last_seq, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(export.id)
        .bind(export.group_id)
        .bind(export.person_id)
        .bind(export.format)
        .bind(export.language)
        .bind(export.state)
        .bind(export.first_seq)
        .bind(export.last_seq)
        .bind(export.asked_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: ExportId) -> Result<Option<Export>> {
    let text = format!("SELECT {COLUMNS} FROM exports WHERE id = $1");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Export::from))
}

/// What a person asked to have of a group, the newest first.
pub async fn list(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<Vec<Export>> {
    let text = format!(
        "SELECT {COLUMNS} FROM exports WHERE group_id = $1 AND person_id = $2 ORDER BY asked_at DESC, id DESC"
    );
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(group).bind(person).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Export::from).collect())
}

/// Writes back how far an export is, and how it ended. Whether it is still there.
pub async fn update(tx: &mut Tx, export: &Export) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query(
        "UPDATE exports SET state = $2, written = $3, size = $4, problem = $5, finished_at = $6, expires_at = $7
         WHERE id = $1")
        .bind(export.id)
        .bind(export.state)
        .bind(export.written)
        .bind(export.size)
        .bind(export.problem)
        .bind(export.finished_at)
        .bind(export.expires_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, ids: &[ExportId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let text = format!("DELETE FROM exports WHERE id IN ({})", places(1, ids.len()));
    on!(tx, conn => ids.iter().fold(sqlx::query(built(text)), |q, id| q.bind(*id)).execute(conn).await.map(affected))?;
    Ok(())
}

/// Up to `limit` exports whose time is over.
pub async fn list_expired(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<ExportId>> {
    let rows: Vec<(ExportId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT id FROM exports WHERE expires_at IS NOT NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2")
        .bind(now).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Who stands in a group's messages from a number on: its members, those who wrote one of them, and members who left since.
pub async fn people(tx: &mut Tx, group: GroupId, first_seq: i64) -> Result<Vec<PersonId>> {
    let rows: Vec<(PersonId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT person_id FROM members WHERE group_id = $1
         UNION SELECT author_id FROM messages WHERE group_id = $1 AND seq >= $2 AND author_id IS NOT NULL
         UNION SELECT person_id FROM former_members WHERE group_id = $1
             AND left_at >= (SELECT min(posted_at) FROM messages WHERE group_id = $1 AND seq >= $2)
         ORDER BY 1")
        .bind(group).bind(first_seq).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// One member's reaction.
#[derive(FromRow)]
pub struct Reacted {
    pub message_id: MessageId,
    pub person_id: PersonId,
    pub emoji: String,
    pub reacted_at: Timestamp,
}

/// Every reaction to some messages, the oldest first.
pub async fn reactions(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<Reacted>> {
    let text = format!(
        "SELECT message_id, person_id, emoji, reacted_at FROM reactions WHERE message_id IN ({})
         ORDER BY reacted_at, person_id, emoji",
        places(1, messages.len())
    );
    Ok(
        on!(tx, conn => messages.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?,
    )
}

/// A text that a message had.
#[derive(FromRow)]
pub struct Said {
    pub message_id: MessageId,
    pub markdown: String,
    pub written_at: Timestamp,
}

/// What some messages said before they were edited, from their first texts on.
pub async fn versions(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<Said>> {
    let text = format!(
        "SELECT message_id, markdown, written_at FROM message_versions WHERE message_id IN ({}) ORDER BY number",
        places(1, messages.len())
    );
    Ok(
        on!(tx, conn => messages.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?,
    )
}

/// What the content of some messages' marks said when it was marked; of marks on all of a message only where it did not say
/// what the message said by then, which every export holds anyway, and which may be long.
pub async fn said(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<(MarkId, String)>> {
    let text = format!(
        "SELECT k.id, k.said FROM marks k
         JOIN messages m ON m.id = k.message_id
         LEFT JOIN message_versions v ON v.message_id = k.message_id AND v.number = k.edits + 1
         WHERE k.message_id IN ({}) AND NOT (k.what = 'message' AND k.said = coalesce(v.markdown, m.markdown))",
        places(1, messages.len())
    );
    Ok(
        on!(tx, conn => messages.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?,
    )
}

/// Whom some messages mention.
pub async fn mentions(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<(MessageId, PersonId)>> {
    let text = format!(
        "SELECT message_id, person_id FROM message_mentions WHERE message_id IN ({}) ORDER BY person_id",
        places(1, messages.len())
    );
    Ok(
        on!(tx, conn => messages.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?,
    )
}

/// Who pinned those of some messages that are pinned.
pub async fn pins(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<(MessageId, Option<PersonId>)>> {
    let text = format!(
        "SELECT id, pinned_by FROM messages WHERE pinned_at IS NOT NULL AND id IN ({})",
        places(1, messages.len())
    );
    Ok(
        on!(tx, conn => messages.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?,
    )
}

/// Where the contents of some messages' files are.
pub async fn digests(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<(FileId, Digest)>> {
    let text = format!(
        "SELECT DISTINCT f.id, f.digest FROM message_files u JOIN files f ON f.id = u.file_id WHERE u.message_id IN ({})",
        places(1, messages.len())
    );
    let rows: Vec<(FileId, Vec<u8>)> = on!(tx, conn => messages.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    let corrupt = || StoreError::Corrupt { table: "files", column: "digest" };
    rows.into_iter().map(|(id, digest)| Ok((id, Digest::from_bytes(&digest).ok_or_else(corrupt)?))).collect()
}
