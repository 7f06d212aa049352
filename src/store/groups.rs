//! The tables of groups and members.

use sqlx::FromRow;

use super::sql::{ROWS, built, held, places, tuples};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::cadence::Cadence;
use crate::domain::digest::Digest;
use crate::domain::group::{Adding, Group, Member, Muting, Role};
use crate::domain::ids::{GroupId, MemberId, PersonId, ThreadId};
use crate::domain::message::Source;
use crate::domain::quoted::Quoted;
use crate::domain::receipt::ReceiptRequest;
use crate::domain::time::Timestamp;
use crate::mail::aliases::canonical;

#[derive(FromRow)]
struct GroupRow {
    id: GroupId,
    topic: String,
    thread_id: Option<ThreadId>,
    parent_id: Option<GroupId>,
    created_by: PersonId,
    created_at: Timestamp,
    last_seq: i64,
    last_change: i64,
    said_seq: i64,
    notices: i64,
    subject: String,
    adding: Adding,
    receipt_request: ReceiptRequest,
    outside_sharing: bool,
}

#[derive(FromRow)]
struct MemberRow {
    id: MemberId,
    group_id: GroupId,
    person_id: PersonId,
    role: Role,
    first_seq: i64,
    read_seq: i64,
    mailed_seq: i64,
    joined_at: Timestamp,
    muting: Muting,
    cadence: Cadence,
    chats: bool,
    quoted: i64,
    told_change: i64,
}

/// A line of the list of groups.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct GroupLine {
    pub id: GroupId,
    pub topic: String,
    /// How many messages were said, notices aside, and how many of them this person has read.
    pub said: i64,
    pub read: i64,
    pub last_at: Timestamp,
    pub muting: Muting,
    /// Who wrote the newest message they may see, and how its text begins; `None` before the first.
    pub last_author: Option<String>,
    pub last_text: Option<String>,
    pub last_source: Option<Source>,
    /// The name of its first file, and how many it has.
    pub last_file: Option<String>,
    pub last_files: i64,
    pub last_removed_at: Option<Timestamp>,
    /// Its number where it stands now, if it was moved.
    pub last_moved_seq: Option<i64>,
    /// When a message was changed last.
    pub changed_at: Timestamp,
}

const COLUMNS: &str = "id, topic, thread_id, parent_id, created_by, created_at, last_seq, last_change, said_seq, notices, \
     subject, adding, receipt_request, outside_sharing";
const MEMBER_COLUMNS: &str = "id, group_id, person_id, role, first_seq, read_seq, mailed_seq, joined_at, muting, cadence, \
     chats, quoted, told_change";

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        Self {
            id: row.id,
            topic: row.topic,
            thread_id: row.thread_id,
            parent_id: row.parent_id,
            created_by: row.created_by,
            created_at: row.created_at,
            last_seq: row.last_seq,
            last_change: row.last_change,
            said_seq: row.said_seq,
            notices: row.notices,
            subject: row.subject,
            adding: row.adding,
            receipt_request: row.receipt_request,
            outside_sharing: row.outside_sharing,
        }
    }
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.id,
            group_id: row.group_id,
            person_id: row.person_id,
            role: row.role,
            first_seq: row.first_seq,
            read_seq: row.read_seq,
            mailed_seq: row.mailed_seq,
            joined_at: row.joined_at,
            muting: row.muting,
            cadence: row.cadence,
            chats: row.chats,
            quoted: Quoted::of(u64::try_from(row.quoted).unwrap_or(0)),
            told_change: row.told_change,
        }
    }
}

pub async fn insert(tx: &mut Tx, group: &Group) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO groups (id, topic, thread_id, created_by, created_at, last_seq, said_seq, notices, subject, adding,
             last_at, parent_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $5, $11)",
    )
    .bind(group.id)
    .bind(&group.topic)
    .bind(group.thread_id)
    .bind(group.created_by)
    .bind(group.created_at)
    .bind(group.last_seq)
    .bind(group.said_seq)
    .bind(group.notices)
    .bind(&group.subject)
    .bind(group.adding)
    .bind(group.parent_id)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: GroupId) -> Result<Option<Group>> {
    let text = format!("SELECT {COLUMNS} FROM groups WHERE id = $1");
    let row: Option<GroupRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Group::from))
}

/// Counts the group's sequence number up, for the message this transaction adds: the order of numbers is the order
/// of commits. The group, whose last number is the message's.
pub async fn advance(tx: &mut Tx, id: GroupId, now: Timestamp) -> Result<Group> {
    advance_by(tx, id, 1, now).await
}

/// The same for several messages: the last number is that of the last of them.
pub async fn advance_by(tx: &mut Tx, id: GroupId, count: i64, now: Timestamp) -> Result<Group> {
    let text = format!(
        "UPDATE groups SET last_seq = last_seq + $3, said_seq = last_seq + $3, last_at = $2 WHERE id = $1
         RETURNING {COLUMNS}"
    );
    let row: Option<GroupRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(id).bind(now).bind(count).fetch_optional(conn).await)?;
    row.map(Group::from).ok_or(StoreError::Stale)
}

/// Lets others wait who would change the group or its members, until this transaction ends. Where one writes at a time,
/// they do so anyway: on SQLite this is no statement.
pub async fn hold(tx: &mut Tx, id: GroupId) -> Result<()> {
    if tx.is_postgres() {
        let text = format!("SELECT 1 FROM groups WHERE id = $1{}", held(tx));
        on!(tx, conn => sqlx::query(built(text)).bind(id).execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The group, which nobody else changes, nor its members, until this transaction ends (PostgreSQL; on SQLite there is one writer).
pub async fn find_for_change(tx: &mut Tx, id: GroupId) -> Result<Option<Group>> {
    let text = format!("SELECT {COLUMNS} FROM groups WHERE id = $1{}", held(tx));
    let row: Option<GroupRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Group::from))
}

/// Counts the group's change number up, for the message this transaction changes: the order of numbers is the order of
/// commits. The number.
pub async fn advance_change(tx: &mut Tx, id: GroupId, now: Timestamp) -> Result<i64> {
    advance_change_by(tx, id, 1, now).await
}

/// The same for several messages: the number of the last change.
pub async fn advance_change_by(tx: &mut Tx, id: GroupId, count: i64, now: Timestamp) -> Result<i64> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "UPDATE groups SET last_change = last_change + $3, changed_at = $2 WHERE id = $1 RETURNING last_change")
        .bind(id).bind(now).bind(count).fetch_optional(conn).await)?;
    row.map(|(change,)| change).ok_or(StoreError::Stale)
}

/// Counts the sequence number up for a notice: it is nothing that was said, and moves the group to no other place in the list.
pub async fn advance_quietly(tx: &mut Tx, id: GroupId) -> Result<Group> {
    let text = format!(
        "UPDATE groups SET last_seq = last_seq + 1, notices = notices + 1 WHERE id = $1 RETURNING {COLUMNS}"
    );
    let row: Option<GroupRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    row.map(Group::from).ok_or(StoreError::Stale)
}

/// Writes topic, who may add members, and whether content may be shared outside, back.
pub async fn update(tx: &mut Tx, group: &Group) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE groups SET topic = $2, adding = $3, outside_sharing = $4 WHERE id = $1")
        .bind(group.id).bind(&group.topic).bind(group.adding).bind(group.outside_sharing).execute(conn).await.map(affected))?;
    Ok(())
}

/// The groups of a person, the one with the newest message first. One statement.
pub async fn list_for(tx: &mut Tx, person: PersonId, limit: i64) -> Result<Vec<GroupLine>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT g.id, g.topic, g.last_seq - g.notices AS said, m.muting,
                CASE WHEN m.joined_at > g.last_at THEN m.joined_at ELSE g.last_at END AS last_at,
                m.read_seq - (SELECT count(*) FROM messages e
                              WHERE e.group_id = g.id AND e.seq <= m.read_seq AND e.notice IS NOT NULL) AS read,
                n.author_name AS last_author, substr(n.markdown, 1, 1000) AS last_text,
                n.source AS last_source, n.removed_at AS last_removed_at, n.moved_to_seq AS last_moved_seq, g.changed_at,
                (SELECT f.name FROM message_files a JOIN files f ON f.id = a.file_id
                 WHERE a.message_id = n.id ORDER BY a.rank LIMIT 1) AS last_file,
                (SELECT count(*) FROM message_files a WHERE a.message_id = n.id) AS last_files
         FROM members m JOIN groups g ON g.id = m.group_id
         LEFT JOIN messages n ON n.group_id = g.id AND n.seq = g.said_seq AND n.seq >= m.first_seq
         WHERE m.person_id = $1 ORDER BY last_at DESC, g.id DESC LIMIT $2",
    )
    .bind(person)
    .bind(limit)
    .fetch_all(conn)
    .await)?)
}

/// The groups of a person and their topics, the one with the newest message first. One statement.
pub async fn topics_for(tx: &mut Tx, person: PersonId) -> Result<Vec<(GroupId, String)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT g.id, g.topic FROM members m JOIN groups g ON g.id = m.group_id
         WHERE m.person_id = $1 ORDER BY g.last_at DESC, g.id DESC")
        .bind(person).fetch_all(conn).await)?)
}

/// Adds members with the digests of their reply tokens. How often the group writes to each is what they chose for new
/// groups, or what is said here while they never chose. One statement for up to 2,000.
pub async fn insert_members(tx: &mut Tx, members: &[(Member, Digest)]) -> Result<()> {
    for part in members.chunks(ROWS) {
        let text = format!(
            "WITH new (id, group_id, person_id, role, token_digest, first_seq, read_seq, mailed_seq, joined_at, muting, cadence)
                 AS (VALUES {})
             INSERT INTO members (id, group_id, person_id, role, token_digest, first_seq, read_seq, mailed_seq, joined_at, muting, cadence)
             SELECT n.id, n.group_id, n.person_id, n.role, n.token_digest, n.first_seq, n.read_seq, n.mailed_seq, n.joined_at,
                    n.muting, coalesce(a.cadence, n.cadence)
             FROM new n LEFT JOIN accounts a ON a.person_id = n.person_id",
            tuples(part.len(), 11)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, (m, token)| {
            q.bind(m.id)
                .bind(m.group_id)
                .bind(m.person_id)
                .bind(m.role)
                .bind(token.as_bytes())
                .bind(m.first_seq)
                .bind(m.read_seq)
                .bind(m.mailed_seq)
                .bind(m.joined_at)
                .bind(m.muting)
                .bind(m.cadence)
        })
        .execute(conn)
        .await.map(affected))?;
    }
    Ok(())
}

pub async fn find_member(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<Option<Member>> {
    let text = format!("SELECT {MEMBER_COLUMNS} FROM members WHERE group_id = $1 AND person_id = $2");
    let row: Option<MemberRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(group).bind(person).fetch_optional(conn).await)?;
    Ok(row.map(Member::from))
}

pub async fn find_member_by_id(tx: &mut Tx, id: MemberId) -> Result<Option<Member>> {
    let text = format!("SELECT {MEMBER_COLUMNS} FROM members WHERE id = $1");
    let row: Option<MemberRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Member::from))
}

/// The members whose reply addresses hold these tokens, in the order of the tokens. The address in the old mails of
/// somebody who was away is theirs again.
pub async fn find_members_by_tokens(tx: &mut Tx, tokens: &[Digest]) -> Result<Vec<Member>> {
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        member: MemberRow,
        token_digest: Vec<u8>,
    }
    let text = format!(
        "SELECT {MEMBER_COLUMNS}, token_digest FROM members WHERE token_digest IN ({places})
         UNION ALL
         SELECT {}, f.token_digest FROM former_members f
         JOIN members m ON m.group_id = f.group_id AND m.person_id = f.person_id WHERE f.token_digest IN ({places})",
        MEMBER_COLUMNS.split(", ").map(|column| format!("m.{column}")).collect::<Vec<_>>().join(", "),
        places = places(1, tokens.len())
    );
    let mut rows: Vec<Row> = on!(tx, conn => {
        tokens.iter().fold(sqlx::query_as(built(text)), |q, t| q.bind(t.as_bytes())).fetch_all(conn).await
    })?;
    rows.sort_by_key(|r| tokens.iter().position(|t| t.as_bytes() == r.token_digest));
    Ok(rows.into_iter().map(|r| r.member.into()).collect())
}

/// All members, owners first.
pub async fn members(tx: &mut Tx, group: GroupId) -> Result<Vec<Member>> {
    let text = format!(
        "SELECT {MEMBER_COLUMNS} FROM members WHERE group_id = $1
         ORDER BY CASE WHEN role = 'owner' THEN 0 ELSE 1 END, joined_at, id"
    );
    let rows: Vec<MemberRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(group).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Member::from).collect())
}

/// Who the members are, in no order.
pub async fn member_persons(tx: &mut Tx, group: GroupId) -> Result<Vec<PersonId>> {
    let rows: Vec<(PersonId,)> = on!(tx, conn => sqlx::query_as("SELECT person_id FROM members WHERE group_id = $1")
        .bind(group).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// Moves the read position forward, never back. Whether it moved.
pub async fn mark_read(tx: &mut Tx, group: GroupId, person: PersonId, seq: i64) -> Result<bool> {
    let moved = on!(tx, conn => sqlx::query(
        "UPDATE members SET read_seq = $3 WHERE group_id = $1 AND person_id = $2 AND read_seq < $3
           AND $3 <= (SELECT last_seq FROM groups WHERE id = $1)")
        .bind(group).bind(person).bind(seq).execute(conn).await.map(affected))?;
    Ok(moved == 1)
}

/// How many of a group's notices have no higher number than this.
pub async fn notices_until(tx: &mut Tx, group: GroupId, seq: i64) -> Result<i64> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*) FROM messages WHERE group_id = $1 AND seq <= $2 AND notice IS NOT NULL")
        .bind(group).bind(seq).fetch_one(conn).await)?;
    Ok(count)
}

/// Moves the mailed position forward, never back. Whether it moved.
pub async fn mark_mailed(tx: &mut Tx, member: MemberId, seq: i64) -> Result<bool> {
    let moved = on!(tx, conn => sqlx::query("UPDATE members SET mailed_seq = $2 WHERE id = $1 AND mailed_seq < $2")
        .bind(member).bind(seq).execute(conn).await.map(affected))?;
    Ok(moved == 1)
}

/// Notes that mails with this Message-ID belong to a group. Known ids stay where they are.
pub async fn add_message_id(tx: &mut Tx, group: GroupId, message_id: &str) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO group_message_ids (message_id, group_id) VALUES ($1, $2) ON CONFLICT (message_id) DO NOTHING")
        .bind(canonical(message_id)).bind(group).execute(conn).await.map(affected))?;
    Ok(())
}

/// The same for many mails. One statement for up to 2,000.
pub async fn add_message_ids(tx: &mut Tx, ids: &[(GroupId, String)]) -> Result<()> {
    for part in ids.chunks(ROWS) {
        let text = format!(
            "INSERT INTO group_message_ids (group_id, message_id) VALUES {} ON CONFLICT (message_id) DO NOTHING",
            tuples(part.len(), 2)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, (group, id)| q.bind(*group).bind(id))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The group the first known of these Message-IDs belongs to.
pub async fn find_by_message_ids(tx: &mut Tx, message_ids: &[String]) -> Result<Option<GroupId>> {
    if message_ids.is_empty() {
        return Ok(None);
    }
    let text = format!(
        "SELECT message_id, group_id FROM group_message_ids WHERE message_id IN ({})",
        places(1, message_ids.len())
    );
    let mut rows: Vec<(String, GroupId)> = on!(tx, conn => message_ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(canonical(id))).fetch_all(conn).await)?;
    rows.sort_by_key(|(id, _)| message_ids.iter().position(|m| canonical(m) == *id));
    Ok(rows.first().map(|(_, group)| *group))
}
