//! Which messages of a group are pinned.

use sqlx::FromRow;

use super::{
    Result, Tx, answers,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MessageId, PersonId};
use crate::domain::message::Pin;
use crate::domain::time::Timestamp;

/// Pins a message, or takes the pin away.
pub async fn set(tx: &mut Tx, message: MessageId, pin: Option<(PersonId, Timestamp)>) -> Result<()> {
    let (by, at) = pin.unzip();
    on!(tx, conn => sqlx::query("UPDATE messages SET pinned_by = $2, pinned_at = $3 WHERE id = $1")
        .bind(message).bind(by).bind(at).execute(conn).await.map(affected))?;
    Ok(())
}

pub async fn count(tx: &mut Tx, group: GroupId) -> Result<i64> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*) FROM messages WHERE group_id = $1 AND pinned_at IS NOT NULL")
        .bind(group).fetch_one(conn).await)?;
    Ok(count)
}

/// What is pinned from a sequence number on, the newest pin first. Two statements.
pub async fn list(tx: &mut Tx, group: GroupId, first_seq: i64) -> Result<Vec<Pin>> {
    #[derive(FromRow)]
    struct Row {
        id: MessageId,
        posted_at: Timestamp,
        pinned_at: Timestamp,
        full_name: String,
    }
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT m.id, m.posted_at, m.pinned_at, p.full_name FROM messages m JOIN persons p ON p.id = m.pinned_by
         WHERE m.group_id = $1 AND m.pinned_at IS NOT NULL AND m.seq >= $2 ORDER BY m.pinned_at DESC, m.seq DESC")
        .bind(group).bind(first_seq).fetch_all(conn).await)?;
    let ids: Vec<MessageId> = rows.iter().map(|row| row.id).collect();
    let mut lines = answers::list(tx, &ids).await?;
    let pins = rows.into_iter().filter_map(|row| {
        let at = lines.iter().position(|line| line.id == row.id)?;
        let message = lines.swap_remove(at);
        Some(Pin { message, posted_at: row.posted_at, by: row.full_name, at: row.pinned_at })
    });
    Ok(pins.collect())
}
