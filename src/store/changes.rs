//! What becomes of messages that are there: each change is numbered, and what an edited message said before is kept.

use sqlx::FromRow;

use super::{
    Result, Tx, groups, mentions,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MessageId, PersonId};
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
        "UPDATE messages SET markdown = '', html = '', quotation = '', signature = '', edits = 0, edited_at = NULL,
                pinned_by = NULL, pinned_at = NULL, removed_by = $2, remover_name = $3, removed_at = $4
         WHERE id = $1")
        .bind(message).bind(by).bind(name).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}
