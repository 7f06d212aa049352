//! What becomes of messages that are there: each change is numbered, and what an edited message said before is kept.

use sqlx::FromRow;

use super::sql::{built, tuples};
use super::{
    Result, Tx, groups, mentions,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MessageId, PersonId, TagId};
use crate::domain::message::{Body, Version};
use crate::domain::safe_html::SafeHtml;
use crate::domain::time::Timestamp;

/// Gives a message the next change number of its group. Two statements.
pub async fn note(tx: &mut Tx, group: GroupId, message: MessageId, now: Timestamp) -> Result<()> {
    let change = groups::advance_change(tx, group, now).await?;
    on!(tx, conn => sqlx::query("UPDATE messages SET changed = $2 WHERE id = $1")
        .bind(message).bind(change).execute(conn).await.map(affected))?;
    Ok(())
}

/// Gives each message that has marks of a tag a change number, in their order. The number before the first of them, and
/// how many they are. Three statements.
pub async fn note_tagged(tx: &mut Tx, group: GroupId, tag: TagId, now: Timestamp) -> Result<(i64, i64)> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(DISTINCT message_id) FROM marks WHERE tag_id = $1").bind(tag).fetch_one(conn).await)?;
    let before = groups::advance_change_by(tx, group, count, now).await? - count;
    on!(tx, conn => sqlx::query(
        "UPDATE messages SET changed = $2 + r.place
         FROM (SELECT id, row_number() OVER (ORDER BY seq) AS place FROM messages
               WHERE id IN (SELECT message_id FROM marks WHERE tag_id = $1)) AS r
         WHERE messages.id = r.id")
        .bind(tag).bind(before).execute(conn).await.map(affected))?;
    Ok((before, count))
}

/// The same for some messages of a group. Two statements.
pub async fn note_all(tx: &mut Tx, group: GroupId, messages: &[MessageId], now: Timestamp) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(messages.len()).unwrap_or(i64::MAX);
    let first = groups::advance_change_by(tx, group, count, now).await? - count + 1;
    let text = format!(
        "UPDATE messages SET changed = v.column2 FROM (VALUES {}) AS v WHERE messages.id = v.column1",
        tuples(messages.len(), 2)
    );
    on!(tx, conn => messages.iter().zip(first..).fold(sqlx::query(built(text)), |q, (id, change)| q.bind(*id).bind(change))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// Gives a message another text and keeps the one it had. Two statements.
pub async fn edit(tx: &mut Tx, message: MessageId, body: &Body, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO message_versions (message_id, number, markdown, html, written_at)
         SELECT id, edits + 1, markdown, html, coalesce(edited_at, posted_at) FROM messages WHERE id = $1")
        .bind(message).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query(
        "UPDATE messages SET markdown = $2, html = $3, edits = edits + 1, edited_at = $4 WHERE id = $1")
        .bind(message).bind(&body.markdown).bind(&body.html).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// What a message said before it was edited, from the first text on.
pub async fn versions(tx: &mut Tx, message: MessageId) -> Result<Vec<Version>> {
    #[derive(FromRow)]
    struct Row {
        markdown: String,
        html: SafeHtml,
        written_at: Timestamp,
    }
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT markdown, html, written_at FROM message_versions WHERE message_id = $1 ORDER BY number")
        .bind(message).fetch_all(conn).await)?;
    let version = |row: Row| Version {
        body: Body { markdown: row.markdown, html: row.html },
        written_at: row.written_at,
    };
    Ok(rows.into_iter().map(version).collect())
}

/// Empties a message for good, with all it said before. Three statements.
pub async fn remove(
    tx: &mut Tx,
    message: MessageId,
    (by, name): (PersonId, &str),
    now: Timestamp,
) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM message_versions WHERE message_id = $1")
        .bind(message).execute(conn).await.map(affected))?;
    mentions::replace(tx, message, &[]).await?;
    on!(tx, conn => sqlx::query(
        "UPDATE messages SET markdown = '', html = '', quotation = '', signature = '', mail_notes = NULL, edits = 0, edited_at = NULL,
                pinned_by = NULL, pinned_at = NULL, removed_by = $2, remover_name = $3, removed_at = $4
         WHERE id = $1")
        .bind(message).bind(by).bind(name).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}
