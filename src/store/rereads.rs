//! Messages of mails that older rules have read.

use sqlx::FromRow;

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MailId, MessageId};
use crate::domain::mail_notes::MailNotes;
use crate::domain::message::{Body, MessagePlace};
use sqlx::types::Json;

/// A message to be read again.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Old {
    pub id: MessageId,
    group_id: GroupId,
    seq: i64,
    pub mail_id: MailId,
}

impl Old {
    pub fn place(&self) -> MessagePlace {
        MessagePlace { group: self.group_id, seq: self.seq }
    }
}

/// Up to `limit` messages of mails after another one, in the order in which they came, that rules before `version` have
/// read, and that nobody has edited or removed. One statement.
pub async fn list(tx: &mut Tx, version: i64, after: Option<MessageId>, limit: i64) -> Result<Vec<Old>> {
    let after = after.unwrap_or(MessageId::from(uuid::Uuid::nil()));
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT id, group_id, seq, mail_id FROM messages
         WHERE mail_id IS NOT NULL AND id > $2 AND coalesce(reply_rules, 0) < $1 AND edits = 0 AND removed_at IS NULL
         ORDER BY id LIMIT $3")
        .bind(version).bind(after).bind(limit).fetch_all(conn).await)?)
}

/// What the mail of a message says now.
#[derive(Clone, Debug)]
pub struct Reread<'w> {
    pub body: &'w Body,
    pub quotation: &'w str,
    pub signature: &'w str,
    pub notes: &'w MailNotes,
}

/// Gives a message the words that newer rules found in its mail. One statement.
pub async fn change(tx: &mut Tx, message: MessageId, now: &Reread<'_>) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE messages SET markdown = $2, html = $3, quotation = $4, signature = $5, mail_notes = $6 WHERE id = $1")
        .bind(message)
        .bind(&now.body.markdown)
        .bind(&now.body.html)
        .bind(now.quotation)
        .bind(now.signature)
        .bind(Some(now.notes).filter(|notes| !notes.is_empty()).map(Json))
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// Notes that rules of a version have read the mail of a message. One statement.
pub async fn note(tx: &mut Tx, message: MessageId, version: i64) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE messages SET reply_rules = $2 WHERE id = $1")
        .bind(message).bind(version).execute(conn).await.map(affected))?;
    Ok(())
}
