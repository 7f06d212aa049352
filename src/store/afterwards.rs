//! What became of messages after they were mailed to somebody: which of them changed since they were told, what mails of
//! theirs said of them, and what messages said before.

use std::collections::HashMap;

use sqlx::types::Json;

use super::sql::{built, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::group::Member;
use crate::domain::ids::{GroupId, MemberId, MessageId, PersonId};

/// How often a message had been edited when a mail said it; [`REMOVED`] when it said that it was removed.
pub type Edition = i64;
/// The edition of a message of which nothing is left.
pub const REMOVED: Edition = -1;

/// What one mail says: the numbers of messages, and their editions.
type Stated = Vec<(i64, Edition)>;

/// How many mails to somebody are looked through for what they said. Older ones hardly anybody looks at again.
const MAILS: i64 = 1_000;

/// The numbers of messages of others that were edited or removed, and changed since a member was told; those changed last.
pub async fn list_changed(tx: &mut Tx, member: &Member, limit: i64) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "SELECT seq FROM messages
         WHERE group_id = $1 AND changed > $2 AND changed > 0 AND seq >= $3
           AND (edited_at IS NOT NULL OR removed_at IS NOT NULL) AND (author_id IS NULL OR author_id <> $4)
         ORDER BY changed DESC LIMIT $5")
        .bind(member.group_id)
        .bind(member.told_change)
        .bind(member.first_seq)
        .bind(member.person_id)
        .bind(limit)
        .fetch_all(conn)
        .await)?;
    Ok(rows.into_iter().map(|(seq,)| seq).collect())
}

/// Which edition of each message of a group the newest mail to somebody says that says it at all. Mails that failed say
/// nothing.
pub async fn stated(tx: &mut Tx, (group, person): (GroupId, PersonId)) -> Result<HashMap<i64, Edition>> {
    let rows: Vec<(Json<Stated>,)> = on!(tx, conn => sqlx::query_as(
        "SELECT stated FROM deliveries
         WHERE person_id = $1 AND group_id = $2 AND state IN ('waiting', 'sent') AND stated <> '[]'
         ORDER BY created_at DESC, id DESC LIMIT $3")
        .bind(person).bind(group).bind(MAILS).fetch_all(conn).await)?;
    // The newest has the last word.
    Ok(rows.into_iter().rev().flat_map(|(stated,)| stated.0).collect())
}

/// What messages said as these editions, which have others after them. One statement, none for none.
pub async fn said_as(tx: &mut Tx, editions: &[(MessageId, Edition)]) -> Result<HashMap<MessageId, String>> {
    if editions.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!(
        "SELECT message_id, markdown FROM message_versions WHERE (message_id, number) IN (VALUES {})",
        tuples(editions.len(), 2)
    );
    // The first text has number 1.
    let rows: Vec<(MessageId, String)> = on!(tx, conn => editions.iter()
        .fold(sqlx::query_as(built(text)), |q, (id, edition)| q.bind(*id).bind(edition + 1))
        .fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}

/// A member was told by mail what changed up to a change number.
pub async fn mark_told(tx: &mut Tx, member: MemberId, change: i64) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE members SET told_change = $2 WHERE id = $1 AND told_change < $2")
        .bind(member).bind(change).execute(conn).await.map(affected))?;
    Ok(())
}

/// A member has the group's page before their eyes, as it is now.
pub async fn mark_seen(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE members SET told_change = (SELECT last_change FROM groups WHERE id = $1)
         WHERE group_id = $1 AND person_id = $2")
        .bind(group).bind(person).execute(conn).await.map(affected))?;
    Ok(())
}
