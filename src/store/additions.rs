//! People who were added to a group at once, and that being taken back: a fixed number of statements, however many they are.

use sqlx::types::Json;

use super::sql::{built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::ids::{GroupId, MemberId, PersonId};
use crate::domain::notice::Notice;
use crate::domain::time::Timestamp;

/// What somebody changed about a group since a time, newest first: the number of each notice, and when it was. Ten at most.
pub async fn notices_by(
    tx: &mut Tx,
    (group, author): (GroupId, PersonId),
    since: Timestamp,
) -> Result<Vec<(i64, Timestamp, Notice)>> {
    let rows: Vec<(i64, Timestamp, Json<Notice>)> = on!(tx, conn => sqlx::query_as(
        "SELECT seq, posted_at, notice FROM messages
         WHERE group_id = $1 AND author_id = $2 AND posted_at >= $3 AND notice IS NOT NULL
         ORDER BY seq DESC LIMIT 10")
        .bind(group).bind(author).bind(since).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(seq, at, notice)| (seq, at, notice.0)).collect())
}

/// Who of some people has said something in a group after a number, even if it was removed since.
pub async fn spoke_after(
    tx: &mut Tx,
    (group, seq): (GroupId, i64),
    persons: &[PersonId],
) -> Result<Vec<PersonId>> {
    let text = format!(
        "SELECT DISTINCT author_id FROM messages
         WHERE group_id = $1 AND seq > $2 AND notice IS NULL AND author_id IN ({})",
        places(3, persons.len())
    );
    let rows: Vec<(PersonId,)> = on!(tx, conn => persons.iter()
        .fold(sqlx::query_as(built(text)).bind(group).bind(seq), |q, person| q.bind(*person)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// Ends memberships as mistakes. The personal link of each lets nobody in any more, and says what happened. Three
/// statements.
pub async fn end(
    tx: &mut Tx,
    members: &[(MemberId, Digest)],
    (by, now): (PersonId, Timestamp),
) -> Result<()> {
    let text = format!(
        "INSERT INTO former_members (id, group_id, person_id, token_digest, joined_at, left_at, removed_by, taken_back)
         SELECT id, group_id, person_id, token_digest, joined_at, $1, $2, $3 FROM members WHERE id IN ({})",
        places(4, members.len())
    );
    on!(tx, conn => members.iter().fold(sqlx::query(built(text)).bind(now).bind(by).bind(true), |q, (id, _)| q.bind(*id))
        .execute(conn).await.map(affected))?;
    let text = format!("DELETE FROM members WHERE id IN ({})", places(1, members.len()));
    on!(tx, conn => members.iter().fold(sqlx::query(built(text)), |q, (id, _)| q.bind(*id))
        .execute(conn).await.map(affected))?;
    let text =
        format!("UPDATE links SET taken_back_by = $1 WHERE token_digest IN ({})", places(2, members.len()));
    on!(tx, conn => members.iter().fold(sqlx::query(built(text)).bind(by), |q, (_, link)| q.bind(link.as_bytes().to_vec()))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// To how many of some people an invitation to a group has gone out since a time. One statement.
pub async fn count_invited(
    tx: &mut Tx,
    (group, since): (GroupId, Timestamp),
    persons: &[PersonId],
) -> Result<usize> {
    let text = format!(
        "SELECT COUNT(DISTINCT person_id) FROM deliveries
         WHERE group_id = $1 AND created_at >= $2 AND kind = 'group_link' AND state = 'sent' AND person_id IN ({})",
        places(3, persons.len())
    );
    let count: i64 = on!(tx, conn => persons.iter()
        .fold(sqlx::query_scalar(built(text)).bind(group).bind(since), |q, person| q.bind(*person))
        .fetch_one(conn).await)?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Gives up what still waits to be sent to some people from a group, as [`super::deliveries::withdraw`] does for one.
pub async fn withdraw(
    tx: &mut Tx,
    (group, persons): (GroupId, &[PersonId]),
    why: &str,
    now: Timestamp,
) -> Result<()> {
    let text = format!(
        "UPDATE deliveries SET state = 'failed', last_reply = $2, updated_at = $3, raw = NULL
         WHERE group_id = $1 AND state = 'waiting' AND kind IN ('group_link', 'messages') AND person_id IN ({})",
        places(4, persons.len())
    );
    on!(tx, conn => persons.iter()
        .fold(sqlx::query(built(text)).bind(group).bind(why).bind(now), |q, person| q.bind(*person))
        .execute(conn).await.map(affected))?;
    Ok(())
}
