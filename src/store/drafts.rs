//! The tables of drafts and their members.

use sqlx::FromRow;

use super::sql::{ROWS, built, held, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::draft::{Draft, DraftState, EditLease, PageId};
use crate::domain::ids::{DraftId, GroupId, MailId, PersonId, ThreadId};
use crate::domain::thread::Seen;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct DraftRow {
    id: DraftId,
    owner_id: PersonId,
    topic: String,
    opening: String,
    thread_id: Option<ThreadId>,
    parent_id: Option<GroupId>,
    state: DraftState,
    group_id: Option<GroupId>,
    version: i64,
    lease_holder: Option<PersonId>,
    lease_page: Option<PageId>,
    lease_until: Option<Timestamp>,
    lease_wanted_by: Option<PersonId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

const COLUMNS: &str = "d.id, d.owner_id, d.topic, d.opening, d.thread_id, d.parent_id, d.state, d.group_id, d.version, \
     d.lease_holder, d.lease_page, d.lease_until, d.lease_wanted_by, d.created_at, d.updated_at";

impl From<DraftRow> for Draft {
    fn from(row: DraftRow) -> Self {
        let lease = match (row.lease_holder, row.lease_page, row.lease_until) {
            (Some(holder), Some(page), Some(until)) => {
                Some(EditLease { holder, page, until, wanted_by: row.lease_wanted_by })
            }
            _ => None,
        };
        Self {
            id: row.id,
            owner: row.owner_id,
            topic: row.topic,
            opening: row.opening,
            thread_id: row.thread_id,
            parent_id: row.parent_id,
            state: row.state,
            group_id: row.group_id,
            version: row.version,
            lease,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Somebody a draft will invite, and where the mails had them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftMember {
    pub person_id: PersonId,
    pub seen: Seen,
}

/// Adds an open draft.
///
/// # Errors
/// [`super::StoreError::Taken`] when the mail has made one before.
pub async fn insert(tx: &mut Tx, draft: &Draft, mail: Option<MailId>) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO drafts (id, owner_id, topic, opening, thread_id, mail_id, state, version, created_at, updated_at,
            parent_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(draft.id)
    .bind(draft.owner)
    .bind(&draft.topic)
    .bind(&draft.opening)
    .bind(draft.thread_id)
    .bind(mail)
    .bind(draft.state)
    .bind(draft.version)
    .bind(draft.created_at)
    .bind(draft.updated_at)
    .bind(draft.parent_id)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: DraftId) -> Result<Option<Draft>> {
    let text = format!("SELECT {COLUMNS} FROM drafts d WHERE d.id = $1");
    let row: Option<DraftRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Draft::from))
}

/// The same, and nobody else changes it until this transaction ends (PostgreSQL; on SQLite there is one writer).
pub async fn find_for_change(tx: &mut Tx, id: DraftId) -> Result<Option<Draft>> {
    let text = format!("SELECT {COLUMNS} FROM drafts d WHERE d.id = $1{}", held(tx));
    let row: Option<DraftRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Draft::from))
}

pub async fn find_by_mail(tx: &mut Tx, mail: MailId) -> Result<Option<DraftId>> {
    let row: Option<(DraftId,)> = on!(tx, conn => sqlx::query_as("SELECT id FROM drafts WHERE mail_id = $1").bind(mail).fetch_optional(conn).await)?;
    Ok(row.map(|(id,)| id))
}

/// Whether a thread was made a draft that was not discarded.
pub async fn thread_has_one(tx: &mut Tx, thread: ThreadId) -> Result<bool> {
    let found: Option<(DraftId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT id FROM drafts WHERE thread_id = $1 AND state <> 'discarded' LIMIT 1")
        .bind(thread).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// The open drafts a person owns, last changed first.
pub async fn list_for(tx: &mut Tx, person: PersonId, limit: i64) -> Result<Vec<Draft>> {
    let text = format!(
        "SELECT {COLUMNS} FROM drafts d WHERE d.owner_id = $1 AND d.state = 'open' ORDER BY d.updated_at DESC, d.id DESC LIMIT $2"
    );
    let rows: Vec<DraftRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(person).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Draft::from).collect())
}

/// Writes topic, opening, state, group and lease back, and counts the version up. The new version.
pub async fn update(tx: &mut Tx, draft: &Draft, now: Timestamp) -> Result<i64> {
    let lease = draft.lease.as_ref();
    let (version,): (i64,) = on!(tx, conn => sqlx::query_as(
        "UPDATE drafts SET topic = $2, opening = $3, state = $4, group_id = $5,
            lease_holder = $6, lease_page = $7, lease_until = $8, lease_wanted_by = $9,
            version = version + 1, updated_at = $10
         WHERE id = $1 RETURNING version",
    )
    .bind(draft.id)
    .bind(&draft.topic)
    .bind(&draft.opening)
    .bind(draft.state)
    .bind(draft.group_id)
    .bind(lease.map(|l| l.holder))
    .bind(lease.map(|l| l.page))
    .bind(lease.map(|l| l.until))
    .bind(lease.and_then(|l| l.wanted_by))
    .bind(now)
    .fetch_one(conn)
    .await)?;
    Ok(version)
}

/// Lets the lease last longer, without a new version: nothing anybody sees has changed.
pub async fn extend_lease(tx: &mut Tx, id: DraftId, until: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE drafts SET lease_until = $2 WHERE id = $1").bind(id).bind(until).execute(conn).await.map(affected))?;
    Ok(())
}

/// Adds members after those that are there; who is in it already stays as they are.
pub async fn add_members(tx: &mut Tx, draft: DraftId, members: &[DraftMember]) -> Result<()> {
    for part in members.chunks(ROWS) {
        let text = format!(
            "INSERT INTO draft_members (draft_id, person_id, seen_from, seen_to, seen_cc, rank)
             SELECT v.column1, v.column2, v.column3, v.column4, v.column5,
                    v.column6 + (SELECT coalesce(max(m.rank), 0) FROM draft_members m WHERE m.draft_id = $1)
             FROM (VALUES {}) AS v WHERE 1 = 1
             ON CONFLICT (draft_id, person_id) DO NOTHING",
            tuples(part.len(), 6)
        );
        on!(tx, conn => part.iter().enumerate().fold(sqlx::query(built(text)), |q, (rank, m)| {
            q.bind(draft)
                .bind(m.person_id)
                .bind(i64::from(m.seen.from))
                .bind(i64::from(m.seen.to))
                .bind(i64::from(m.seen.cc))
                .bind(rank as i64 + 1)
        })
        .execute(conn)
        .await.map(affected))?;
    }
    Ok(())
}

/// Whether they were in it.
pub async fn remove_member(tx: &mut Tx, draft: DraftId, person: PersonId) -> Result<bool> {
    let gone = on!(tx, conn => sqlx::query("DELETE FROM draft_members WHERE draft_id = $1 AND person_id = $2")
        .bind(draft).bind(person).execute(conn).await.map(affected))?;
    Ok(gone == 1)
}

/// Several at once; who is not in it does not matter.
pub async fn remove_members(tx: &mut Tx, draft: DraftId, persons: &[PersonId]) -> Result<()> {
    for part in persons.chunks(ROWS) {
        let text = format!(
            "DELETE FROM draft_members WHERE draft_id = $1 AND person_id IN ({})",
            places(2, part.len())
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)).bind(draft), |q, person| q.bind(*person))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// In the order they were added.
pub async fn members(tx: &mut Tx, draft: DraftId) -> Result<Vec<DraftMember>> {
    let rows: Vec<(PersonId, i64, i64, i64)> = on!(tx, conn => sqlx::query_as(
        "SELECT person_id, seen_from, seen_to, seen_cc FROM draft_members WHERE draft_id = $1 ORDER BY rank, person_id")
        .bind(draft).fetch_all(conn).await)?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(rows
        .into_iter()
        .map(|(person_id, from, to, cc)| DraftMember {
            person_id,
            seen: Seen { from: count(from), to: count(to), cc: count(cc) },
        })
        .collect())
}
