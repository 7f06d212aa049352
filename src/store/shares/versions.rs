//! What was published of a share, version by version, and what becomes of it when a message is removed.

use std::collections::BTreeSet;

use sqlx::FromRow;
use sqlx::types::Json;

use crate::domain::ids::{MessageId, ShareId};
use crate::domain::share_document::Document;
use crate::domain::time::Timestamp;
use crate::store::sql::{built, tuples};
use crate::store::tx::{affected, on};
use crate::store::{Result, Tx};

/// Adds a version, and notes of which messages it shows something. Two statements.
pub async fn insert(
    tx: &mut Tx,
    share: ShareId,
    document: &Document,
    messages: &BTreeSet<MessageId>,
) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO share_versions (share_id, number, document, published_at) VALUES ($1, $2, $3, $4)")
        .bind(share).bind(document.version).bind(Json(document)).bind(document.at).execute(conn).await.map(affected))?;
    if messages.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO share_messages (share_id, message_id) VALUES {} ON CONFLICT DO NOTHING",
        tuples(messages.len(), 2)
    );
    on!(tx, conn => messages.iter().fold(sqlx::query(built(text)), |q, message| q.bind(share).bind(*message))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// What a version says.
pub async fn find(tx: &mut Tx, share: ShareId, number: i64) -> Result<Option<Document>> {
    let row: Option<(Json<Document>,)> = on!(tx, conn => sqlx::query_as(
        "SELECT document FROM share_versions WHERE share_id = $1 AND number = $2")
        .bind(share).bind(number).fetch_optional(conn).await)?;
    Ok(row.map(|(document,)| document.0))
}

/// When each version went out, the newest first.
pub async fn list(tx: &mut Tx, share: ShareId) -> Result<Vec<(i64, Timestamp)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT number, published_at FROM share_versions WHERE share_id = $1 ORDER BY number DESC")
        .bind(share).fetch_all(conn).await)?)
}

/// Takes a message that is being removed, and has this number in its group, out of all shares: out of what was chosen,
/// and out of every version. Two statements where it is in no version; four and one for each version otherwise.
pub async fn forget_message(tx: &mut Tx, message: MessageId, seq: i64) -> Result<()> {
    #[derive(FromRow)]
    struct Row {
        share_id: ShareId,
        number: i64,
        document: Json<Document>,
    }
    on!(tx, conn => sqlx::query("DELETE FROM share_items WHERE message_id = $1")
        .bind(message).execute(conn).await.map(affected))?;
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT v.share_id, v.number, v.document FROM share_messages m JOIN share_versions v ON v.share_id = m.share_id
         WHERE m.message_id = $1")
        .bind(message).fetch_all(conn).await)?;
    if rows.is_empty() {
        return Ok(());
    }
    for Row { share_id, number, document } in rows {
        let document = document.0.without_message(seq);
        on!(tx, conn => sqlx::query("UPDATE share_versions SET document = $3 WHERE share_id = $1 AND number = $2")
            .bind(share_id).bind(number).bind(Json(&document)).execute(conn).await.map(affected))?;
    }
    on!(tx, conn => sqlx::query("DELETE FROM share_messages WHERE message_id = $1")
        .bind(message).execute(conn).await.map(affected))?;
    Ok(())
}
