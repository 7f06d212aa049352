//! Actions that somebody asked a member to do on a page, until that member was told by mail.

use sqlx::FromRow;

use super::sql::{built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::day::Day;
use crate::domain::group::Member;
use crate::domain::ids::{GroupId, MarkId, PersonId};
use crate::domain::time::Timestamp;

/// An action that somebody does not know of yet who is to do it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AskedTask {
    pub mark: MarkId,
    /// Of the marked message.
    pub seq: i64,
    pub author: String,
    pub posted_at: Timestamp,
    /// What the marked piece said.
    pub said: String,
    /// What the mark is about; empty if nobody said.
    pub topic: String,
    pub due_on: Option<Day>,
    pub asked_by: String,
    pub asked_at: Timestamp,
}

/// The actions that a member is to do and was not told of, of messages they may see, the first ones. Those that are done
/// meanwhile, or somebody else's, need not be told.
pub async fn list(tx: &mut Tx, member: &Member, limit: i64) -> Result<Vec<AskedTask>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT k.id AS mark, k.seq, t.author_name AS author, t.posted_at, k.said, k.topic, k.due_on, k.asked_by, k.asked_at
         FROM marks k JOIN messages t ON t.id = k.message_id
         WHERE k.group_id = $1 AND k.assignee_id = $2 AND k.asked_at IS NOT NULL AND k.done_at IS NULL AND k.seq >= $3
           AND t.removed_at IS NULL
         ORDER BY k.asked_at, k.id LIMIT $4")
        .bind(member.group_id)
        .bind(member.person_id)
        .bind(member.first_seq)
        .bind(limit)
        .fetch_all(conn)
        .await)?)
}

/// Somebody asks whoever is to do these actions. One statement.
pub async fn ask(tx: &mut Tx, marks: &[MarkId], by: &str, now: Timestamp) -> Result<()> {
    let text =
        format!("UPDATE marks SET asked_by = $1, asked_at = $2 WHERE id IN ({})", places(3, marks.len()));
    on!(tx, conn => marks.iter().fold(sqlx::query(built(text)).bind(by).bind(now), |q, id| q.bind(*id))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// Whoever is to do these actions knows of them. One statement, none for none.
pub async fn mark_told(tx: &mut Tx, marks: &[MarkId]) -> Result<()> {
    if marks.is_empty() {
        return Ok(());
    }
    let text = format!("UPDATE marks SET asked_at = NULL WHERE id IN ({})", places(1, marks.len()));
    on!(tx, conn => marks.iter().fold(sqlx::query(built(text)), |q, id| q.bind(*id))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// Whoever wants no mails of a group is told of nothing that waited.
pub async fn forget_all(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE marks SET asked_at = NULL WHERE group_id = $1 AND assignee_id = $2 AND asked_at IS NOT NULL")
        .bind(group).bind(person).execute(conn).await.map(affected))?;
    Ok(())
}
