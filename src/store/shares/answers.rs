//! What came back by mail to a share.

use sqlx::FromRow;

use crate::domain::ids::{MailId, MessageId, PersonId, ShareAnswerId, ShareId, ShareReceiverId};
use crate::domain::share_receiver::{AnswerState, ShareAnswer};
use crate::domain::time::Timestamp;
use crate::store::sql::{built, held};
use crate::store::tx::{affected, on};
use crate::store::{Result, Tx};

#[derive(FromRow)]
struct Row {
    id: ShareAnswerId,
    share_id: ShareId,
    mail_id: MailId,
    writer: String,
    address: String,
    words: String,
    files: i64,
    state: AnswerState,
    message_id: Option<MessageId>,
    came_at: Timestamp,
}

impl From<Row> for ShareAnswer {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            share: row.share_id,
            mail: row.mail_id,
            writer: row.writer,
            address: row.address,
            words: row.words,
            files: row.files,
            state: row.state,
            message: row.message_id,
            came_at: row.came_at,
        }
    }
}

const COLUMNS: &str = "id, share_id, mail_id, writer, address, words, files, state, message_id, came_at";

/// Adds an answer; the same mail is added once.
pub async fn insert(tx: &mut Tx, receiver: ShareReceiverId, answer: &ShareAnswer) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO share_answers (id, share_id, receiver_id, mail_id, writer, address, words, files, state, message_id,
             came_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (mail_id) DO NOTHING")
        .bind(answer.id)
        .bind(answer.share)
        .bind(receiver)
        .bind(answer.mail)
        .bind(&answer.writer)
        .bind(&answer.address)
        .bind(&answer.words)
        .bind(answer.files)
        .bind(answer.state)
        .bind(answer.message)
        .bind(answer.came_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// The newest answers to a share, those that wait first.
pub async fn list(tx: &mut Tx, share: ShareId, limit: i64) -> Result<Vec<ShareAnswer>> {
    let text = format!(
        "SELECT {COLUMNS} FROM share_answers WHERE share_id = $1
         ORDER BY CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, came_at DESC LIMIT $2"
    );
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(share).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(ShareAnswer::from).collect())
}

pub async fn find(tx: &mut Tx, share: ShareId, id: ShareAnswerId) -> Result<Option<ShareAnswer>> {
    let text = format!("SELECT {COLUMNS} FROM share_answers WHERE share_id = $1 AND id = $2");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(share).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(ShareAnswer::from))
}

/// An answer, which nobody else decides about until this transaction ends.
pub async fn find_for_change(tx: &mut Tx, share: ShareId, id: ShareAnswerId) -> Result<Option<ShareAnswer>> {
    let text = format!("SELECT {COLUMNS} FROM share_answers WHERE share_id = $1 AND id = $2{}", held(tx));
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(share).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(ShareAnswer::from))
}

/// Notes what became of it. What it said stands in the message then, or nowhere.
pub async fn decide(
    tx: &mut Tx,
    id: ShareAnswerId,
    (state, message): (AnswerState, Option<MessageId>),
    (by, now): (PersonId, Timestamp),
) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE share_answers SET state = $2, message_id = $3, decided_by = $4, decided_at = $5, words = '' WHERE id = $1")
        .bind(id).bind(state).bind(message).bind(by).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}
