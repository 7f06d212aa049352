//! The table of reactions.

use sqlx::FromRow;

use super::sql::{built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{MessageId, PersonId};
use crate::domain::reaction::{Emoji, Reaction, SHOWN};
use crate::domain::time::Timestamp;

/// Whether it was not there before.
pub async fn add(
    tx: &mut Tx,
    (message, person): (MessageId, PersonId),
    emoji: Emoji,
    now: Timestamp,
) -> Result<bool> {
    let added = on!(tx, conn => sqlx::query(
        "INSERT INTO reactions (message_id, person_id, emoji, reacted_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(message).bind(person).bind(emoji.as_str()).bind(now).execute(conn).await.map(affected))?;
    Ok(added > 0)
}

/// Whether it was there.
pub async fn remove(tx: &mut Tx, (message, person): (MessageId, PersonId), emoji: Emoji) -> Result<bool> {
    let removed = on!(tx, conn => sqlx::query(
        "DELETE FROM reactions WHERE message_id = $1 AND person_id = $2 AND emoji = $3")
        .bind(message).bind(person).bind(emoji.as_str()).execute(conn).await.map(affected))?;
    Ok(removed > 0)
}

/// What one person chose, in no order.
pub async fn own(tx: &mut Tx, message: MessageId, person: PersonId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT emoji FROM reactions WHERE message_id = $1 AND person_id = $2")
        .bind(message).bind(person).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(emoji,)| emoji).collect())
}

/// The reactions to some messages, those to one together and in the order in which they came up. One statement, which
/// gives at most [`SHOWN`] people for each emoji, however many chose it.
pub async fn list_of_messages(tx: &mut Tx, messages: &[MessageId]) -> Result<Vec<(MessageId, Reaction)>> {
    #[derive(FromRow)]
    struct Row {
        message_id: MessageId,
        emoji: String,
        person_id: PersonId,
        full_name: String,
        total: i64,
    }
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT r.message_id, r.emoji, r.person_id, p.full_name, r.total FROM (
            SELECT message_id, emoji, person_id,
                count(*) OVER (PARTITION BY message_id, emoji) AS total,
                min(reacted_at) OVER (PARTITION BY message_id, emoji) AS begun,
                row_number() OVER (PARTITION BY message_id, emoji ORDER BY reacted_at, person_id) AS place
            FROM reactions WHERE message_id IN ({})) r
         JOIN persons p ON p.id = r.person_id
         WHERE r.place <= {SHOWN} ORDER BY r.message_id, r.begun, r.emoji, r.place",
        places(1, messages.len())
    );
    let rows: Vec<Row> = on!(tx, conn => messages.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    let mut found: Vec<(MessageId, Reaction)> = Vec::new();
    for row in rows {
        let person = (row.person_id, row.full_name);
        match found.last_mut() {
            Some((message, last)) if *message == row.message_id && last.emoji == row.emoji => {
                last.first.push(person)
            }
            _ => found
                .push((row.message_id, Reaction { emoji: row.emoji, count: row.total, first: vec![person] })),
        }
    }
    Ok(found)
}

/// Takes all reactions from a message.
pub async fn remove_all(tx: &mut Tx, message: MessageId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM reactions WHERE message_id = $1")
        .bind(message).execute(conn).await.map(affected))?;
    Ok(())
}
