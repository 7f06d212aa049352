//! The table of mails that came in: one line and one outcome each.

use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::{built, held, places, tuples};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::ids::{DraftId, GroupId, MailId, PersonId, ThreadId};
use crate::domain::ledger::{MailEntry, Outcome, Proof, Routed, SourcePlace, Way};
use crate::domain::time::Timestamp;

/// A mail to be put into the ledger.
#[derive(Clone, Debug)]
pub struct NewMail {
    pub id: MailId,
    pub received_at: Timestamp,
    pub source: String,
    pub digest: Digest,
    pub size: i64,
}

/// What parsing told, for the ledger's line.
#[derive(Clone, Debug)]
pub struct MailFacts {
    pub message_id: String,
    /// The From address in lower case.
    pub sender: String,
    pub subject: String,
    pub dated_at: Timestamp,
    pub thread: Option<ThreadId>,
    pub routed: Routed,
    pub proof: Option<Proof>,
}

/// A mail as its job needs it.
#[derive(Clone, Debug)]
pub struct StoredMail {
    pub entry: MailEntry,
    pub digest: Digest,
    pub thread: Option<ThreadId>,
}

#[derive(FromRow)]
pub(super) struct MailRow {
    id: MailId,
    received_at: Timestamp,
    source: String,
    digest: Vec<u8>,
    size: i64,
    message_id: String,
    sender: String,
    subject: String,
    thread_id: Option<ThreadId>,
    detail: Json<Outcome>,
    way: Option<Way>,
    token_person: Option<PersonId>,
    also_groups: i64,
    group_id: Option<GroupId>,
    proof: Option<Json<Proof>>,
}

pub(super) const COLUMNS: &str = "id, received_at, source, digest, size, message_id, sender, subject, thread_id, detail, way, token_person, \
     also_groups, group_id, proof";

impl TryFrom<MailRow> for StoredMail {
    type Error = StoreError;
    fn try_from(row: MailRow) -> Result<Self> {
        Ok(Self {
            digest: Digest::from_bytes(&row.digest)
                .ok_or(StoreError::Corrupt { table: "mails", column: "digest" })?,
            thread: row.thread_id,
            entry: MailEntry {
                id: row.id,
                received_at: row.received_at,
                source: row.source,
                message_id: row.message_id,
                sender: row.sender,
                subject: row.subject,
                size: row.size,
                outcome: row.detail.0,
                routed: Routed {
                    way: row.way,
                    token_person: row.token_person,
                    also_groups: row.also_groups,
                    group: row.group_id,
                },
                proof: row.proof.map(|proof| proof.0),
            },
        })
    }
}

/// Adds a line with the outcome "waiting". `false` if the very same bytes came before: nothing is added then.
pub async fn insert(tx: &mut Tx, mail: &NewMail) -> Result<bool> {
    let added = on!(tx, conn => sqlx::query(
        "INSERT INTO mails (id, received_at, source, digest, size, dated_at, outcome, detail)
         SELECT $1, $2, $3, $4, $5, $2, 'waiting', $6
         WHERE NOT EXISTS (SELECT 1 FROM forgotten_mails f WHERE f.digest = $4) ON CONFLICT (digest) DO NOTHING",
    )
    .bind(mail.id)
    .bind(mail.received_at)
    .bind(&mail.source)
    .bind(mail.digest.as_bytes())
    .bind(mail.size)
    .bind(Json(Outcome::Waiting))
    .execute(conn)
    .await.map(affected))?;
    Ok(added == 1)
}

pub async fn find(tx: &mut Tx, id: MailId) -> Result<Option<StoredMail>> {
    let text = format!("SELECT {COLUMNS} FROM mails WHERE id = $1");
    let row: Option<MailRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    row.map(StoredMail::try_from).transpose()
}

/// The thread of a mail that came before, byte for byte.
pub async fn find_thread_by_digest(tx: &mut Tx, digest: &Digest) -> Result<Option<ThreadId>> {
    let row: Option<(Option<ThreadId>,)> = on!(tx, conn => sqlx::query_as("SELECT thread_id FROM mails WHERE digest = $1")
        .bind(digest.as_bytes()).fetch_optional(conn).await)?;
    Ok(row.and_then(|(thread,)| thread))
}

/// Another mail with this Message-ID that was used for something before, and for what. One that became a message comes
/// first.
pub async fn find_twin(tx: &mut Tx, message_id: &str, except: MailId) -> Result<Option<(MailId, Outcome)>> {
    let found: Option<(MailId, Json<Outcome>)> = on!(tx, conn => sqlx::query_as(
        "SELECT id, detail FROM mails WHERE message_id = $1 AND id <> $2 AND outcome IN ('message', 'draft', 'thread_only')
         ORDER BY CASE WHEN outcome = 'message' THEN 0 ELSE 1 END, received_at, id LIMIT 1")
        .bind(message_id).bind(except).fetch_optional(conn).await)?;
    Ok(found.map(|(id, outcome)| (id, outcome.0)))
}

/// The subjects of the mails with these Message-IDs.
pub async fn subjects_of(tx: &mut Tx, message_ids: &[String]) -> Result<Vec<String>> {
    let text = format!("SELECT subject FROM mails WHERE message_id IN ({})", places(1, message_ids.len()));
    let rows: Vec<(String,)> = on!(tx, conn => message_ids.iter()
        .fold(sqlx::query_as(built(text)), |q, id| q.bind(id)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(subject,)| subject).collect())
}

/// Notes what the mail is, once it is parsed. Two statements.
pub async fn set_facts(tx: &mut Tx, id: MailId, facts: &MailFacts) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE mails SET message_id = $2, subject = $3, dated_at = $4, thread_id = $5, sender = $6, way = $7,
             token_person = $8, also_groups = $9, proof = $10, group_id = $11 WHERE id = $1",
    )
    .bind(id)
    .bind(&facts.message_id)
    .bind(&facts.subject)
    .bind(facts.dated_at)
    .bind(facts.thread)
    .bind(&facts.sender)
    .bind(facts.routed.way)
    .bind(facts.routed.token_person)
    .bind(facts.routed.also_groups)
    .bind(facts.proof.as_ref().map(Json))
    .bind(facts.routed.group)
    .execute(conn)
    .await.map(affected))?;
    super::ledger_addresses::add(tx, std::slice::from_ref(&facts.sender)).await
}

/// How many mails of a sender came since a time.
pub async fn count_from(tx: &mut Tx, sender: &str, since: Timestamp) -> Result<i64> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*) FROM mails WHERE sender = $1 AND received_at > $2").bind(sender).bind(since).fetch_one(conn).await)?;
    Ok(count)
}

/// When the mails of one sender came since then that were sorted, the newest last.
pub async fn came_from(tx: &mut Tx, sender: &str, since: Timestamp) -> Result<Vec<Timestamp>> {
    let rows: Vec<(Timestamp,)> = on!(tx, conn => sqlx::query_as(
        "SELECT received_at FROM mails WHERE sender = $1 AND received_at > $2 ORDER BY received_at")
        .bind(sender).bind(since).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// Mails of a source that its admin wants to be fetched once more.
pub async fn list_wanted(tx: &mut Tx, source: &str) -> Result<Vec<(MailId, SourcePlace)>> {
    let rows: Vec<(MailId, Json<Outcome>)> = on!(tx, conn => sqlx::query_as(
        "SELECT id, detail FROM mails WHERE outcome = 'waiting' AND source = $1 AND size = 0 ORDER BY received_at, id")
        .bind(source).fetch_all(conn).await)?;
    let wanted = rows.into_iter().filter_map(|(id, outcome)| match outcome.0 {
        Outcome::Unfetched { place, again: true, .. } => Some((id, place)),
        _ => None,
    });
    Ok(wanted.collect())
}

/// Notes the bytes of a mail that was fetched late. `false` if another line has them.
pub async fn set_bytes(tx: &mut Tx, id: MailId, digest: &Digest, size: i64) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query(
        "UPDATE mails SET digest = $2, size = $3 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM mails WHERE digest = $2)")
        .bind(id).bind(digest.as_bytes()).bind(size).execute(conn).await.map(affected))?;
    Ok(changed == 1)
}

/// Gives the mail its one outcome.
pub async fn set_outcome(tx: &mut Tx, id: MailId, outcome: &Outcome) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE mails SET outcome = $2, detail = $3, group_id = coalesce($4, group_id) WHERE id = $1")
        .bind(id).bind(outcome.name()).bind(Json(outcome)).bind(outcome.group()).execute(conn).await.map(affected))?;
    Ok(())
}

/// These lines, which nobody else may change until this transaction ends.
pub async fn list_for_change(tx: &mut Tx, ids: &[MailId]) -> Result<Vec<StoredMail>> {
    let held = held(tx);
    let text =
        format!("SELECT {COLUMNS} FROM mails WHERE id IN ({}) ORDER BY id{held}", places(1, ids.len()));
    let rows: Vec<MailRow> = on!(tx, conn =>
        ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(*id)).fetch_all(conn).await)?;
    rows.into_iter().map(StoredMail::try_from).collect()
}

/// Gives each of some mails its outcome. One statement.
pub async fn set_outcomes(tx: &mut Tx, outcomes: &[(MailId, Outcome)]) -> Result<()> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let text = format!(
        "WITH new (mail, outcome, detail) AS (VALUES {})
         UPDATE mails SET outcome = new.outcome, detail = new.detail FROM new WHERE id = new.mail",
        tuples(outcomes.len(), 3)
    );
    on!(tx, conn => outcomes.iter()
        .fold(sqlx::query(built(text)), |q, (id, outcome)| q.bind(*id).bind(outcome.name()).bind(Json(outcome)))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// The group that a draft became is that of its mail.
pub async fn set_group_of_draft(tx: &mut Tx, draft: DraftId, group: GroupId) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE mails SET group_id = $2 WHERE id = (SELECT mail_id FROM drafts WHERE id = $1)")
        .bind(draft).bind(group).execute(conn).await.map(affected))?;
    Ok(())
}

/// Mails from these addresses that were not used, since a time, the newest first; of one group, or all. Those whose From is
/// known to be false are left out.
pub async fn list_unused(
    tx: &mut Tx,
    senders: &[String],
    (group, since): (Option<GroupId>, Timestamp),
    limit: i64,
) -> Result<Vec<StoredMail>> {
    let of_group = if group.is_some() { "AND group_id = $3" } else { "AND $3 IS NULL" };
    let text = format!(
        "SELECT {COLUMNS} FROM mails
         WHERE sender IN ({}) AND received_at > $1 AND outcome IN ('ignored', 'quarantined', 'dropped') {of_group}
         ORDER BY received_at DESC, id DESC LIMIT $2",
        places(4, senders.len())
    );
    let rows: Vec<MailRow> = on!(tx, conn => senders.iter()
        .fold(sqlx::query_as(built(text)).bind(since).bind(limit).bind(group), |q, sender| q.bind(sender))
        .fetch_all(conn).await)?;
    rows.into_iter().map(StoredMail::try_from).collect()
}

/// Up to `limit` mails of a thread, the newest first.
pub async fn last_of_thread(tx: &mut Tx, thread: ThreadId, limit: i64) -> Result<Vec<StoredMail>> {
    let text =
        format!("SELECT {COLUMNS} FROM mails WHERE thread_id = $1 ORDER BY dated_at DESC, id DESC LIMIT $2");
    let rows: Vec<MailRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(thread).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(StoredMail::try_from).collect()
}

/// How many mails wait, and how many are quarantined.
pub async fn count_open(tx: &mut Tx) -> Result<(i64, i64)> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT count(CASE WHEN outcome = 'waiting' THEN 1 END), count(CASE WHEN outcome = 'quarantined' THEN 1 END)
         FROM mails WHERE outcome IN ('waiting', 'quarantined')").fetch_one(conn).await)?)
}
