//! What a group that is spun off takes along from its parent, and who its relations are.

use sqlx::FromRow;

use super::sql::{ROWS, built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{DraftId, GroupId, MessageId, PersonId, ThreadId};
use crate::domain::time::Timestamp;

/// A group of a family.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Relative {
    pub id: GroupId,
    pub topic: String,
    pub parent_id: Option<GroupId>,
    pub thread_id: Option<ThreadId>,
    pub created_at: Timestamp,
}

/// A message that is taken along: which one, what its copy is called, and the copy's number.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub message: MessageId,
    pub copy: MessageId,
    pub seq: i64,
}

/// How far up and down a family is followed.
const GENERATIONS: i64 = 50;
const MOST_RELATIVES: i64 = 200;

/// Notes which messages of a group a draft takes along, among those from number `first` on. How many there are.
pub async fn choose(
    tx: &mut Tx,
    draft: DraftId,
    (group, first): (GroupId, i64),
    seqs: &[i64],
) -> Result<u64> {
    if seqs.is_empty() {
        return Ok(0);
    }
    let text = format!(
        "INSERT INTO draft_messages (draft_id, message_id, kept)
         SELECT $1, id, $4 FROM messages
         WHERE group_id = $2 AND seq >= $3 AND removed_at IS NULL AND notice IS NULL AND seq IN ({})",
        places(5, seqs.len())
    );
    Ok(on!(tx, conn => {
        let query = sqlx::query(built(text)).bind(draft).bind(group).bind(first).bind(true);
        seqs.iter().fold(query, |q, seq| q.bind(*seq)).execute(conn).await.map(affected)
    })?)
}

/// The messages that were chosen and left out again.
pub async fn left_out(tx: &mut Tx, draft: DraftId) -> Result<Vec<MessageId>> {
    let rows: Vec<(MessageId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT message_id FROM draft_messages WHERE draft_id = $1 AND NOT kept")
        .bind(draft).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(message,)| message).collect())
}

/// Takes one of a draft's chosen messages along or not. Whether the draft has it.
pub async fn set_kept(tx: &mut Tx, draft: DraftId, message: MessageId, kept: bool) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query(
        "UPDATE draft_messages SET kept = $3 WHERE draft_id = $1 AND message_id = $2")
        .bind(draft).bind(message).bind(kept).execute(conn).await.map(affected))?;
    Ok(changed == 1)
}

/// Copies messages with their files into a group, with a mark of where they stood. What they quote and whom they answer
/// stays where it is. Two statements for up to 2,000.
pub async fn copy(tx: &mut Tx, group: GroupId, taken: &[Taken], now: Timestamp) -> Result<()> {
    for part in taken.chunks(ROWS) {
        let text = format!(
            "INSERT INTO messages (id, group_id, seq, author_id, author_name, grade, source, posted_at, markdown, html,
                mail_notes, from_group, from_topic, from_seq, from_at)
             SELECT v.column1, $1, v.column3, m.author_id, m.author_name, m.grade, m.source, $2, m.markdown, m.html,
                m.mail_notes, m.group_id, g.topic, m.seq, m.posted_at
             FROM (VALUES {}) AS v JOIN messages m ON m.id = v.column2 JOIN groups g ON g.id = m.group_id",
            shifted(part.len())
        );
        on!(tx, conn => {
            let query = sqlx::query(built(text)).bind(group).bind(now);
            part.iter().fold(query, |q, t| q.bind(t.copy).bind(t.message).bind(t.seq)).execute(conn).await.map(affected)
        })?;
        let text = format!(
            "INSERT INTO message_files (message_id, group_id, seq, file_id, rank)
             SELECT m.id, m.group_id, m.seq, f.file_id, f.rank
             FROM (VALUES {}) AS v JOIN message_files f ON f.message_id = v.column2 JOIN messages m ON m.id = v.column1",
            tuples(part.len(), 2)
        );
        on!(tx, conn => {
            let query = sqlx::query(built(text));
            part.iter().fold(query, |q, t| q.bind(t.copy).bind(t.message)).execute(conn).await.map(affected)
        })?;
    }
    Ok(())
}

/// Rows of three places, after the first two places of the statement.
fn shifted(rows: usize) -> String {
    let row = |n: usize| format!("(${}, ${}, ${})", 3 * n + 3, 3 * n + 4, 3 * n + 5);
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// The groups that came from the same first one and that this person is in, the oldest first. One statement.
pub async fn family(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<Vec<Relative>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "WITH RECURSIVE up (id, parent_id, steps) AS (
            SELECT id, parent_id, CAST(0 AS BIGINT) FROM groups WHERE id = $1
            UNION ALL
            SELECT g.id, g.parent_id, up.steps + 1 FROM groups g JOIN up ON g.id = up.parent_id WHERE up.steps < $3),
         below (id, steps) AS (
            SELECT id, CAST(0 AS BIGINT) FROM up WHERE steps = (SELECT max(steps) FROM up)
            UNION ALL
            SELECT g.id, below.steps + 1 FROM groups g JOIN below ON g.parent_id = below.id WHERE below.steps < $3)
         SELECT g.id, g.topic, g.parent_id, g.thread_id, g.created_at
         FROM below JOIN groups g ON g.id = below.id JOIN members m ON m.group_id = g.id AND m.person_id = $2
         ORDER BY g.created_at, g.id LIMIT $4")
        .bind(group).bind(person).bind(GENERATIONS).bind(MOST_RELATIVES).fetch_all(conn).await)?)
}
