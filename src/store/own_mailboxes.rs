//! The table of mailboxes that people opened for a session, and what mailmoot knows of the mails in them.

use sqlx::FromRow;

use super::sql::{ROWS, built, held, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::draft::DraftState;
use crate::domain::identity::IdentityKey;
use crate::domain::ids::{DraftId, GroupId, PersonId, SessionId, ThreadId};

/// Keeps what opens a mailbox, in place of what was kept before. One statement.
pub async fn put(tx: &mut Tx, session: SessionId, sealed: &str) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO session_mailboxes (session_id, sealed) VALUES ($1, $2)
         ON CONFLICT (session_id) DO UPDATE SET sealed = excluded.sealed",
    )
    .bind(session)
    .bind(sealed)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// Keeps a newer one in place of `old`. Whether that was still there: the session may have ended, or somebody was quicker. One
/// statement.
pub async fn replace(tx: &mut Tx, session: SessionId, (old, new): (&str, &str)) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query(
        "UPDATE session_mailboxes SET sealed = $3 WHERE session_id = $1 AND sealed = $2")
        .bind(session).bind(old).bind(new).execute(conn).await.map(affected))?;
    Ok(changed > 0)
}

/// What opens a mailbox, while the session lasts. One statement.
pub async fn find(tx: &mut Tx, session: SessionId) -> Result<Option<String>> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT sealed FROM session_mailboxes WHERE session_id = $1").bind(session).fetch_optional(conn).await)?;
    Ok(row.map(|(sealed,)| sealed))
}

/// What opens the mailboxes of the sessions that [`super::sessions::delete_of_identity`] ends. One statement.
pub async fn of_identity(
    tx: &mut Tx,
    key: &IdentityKey,
    sid: Option<&str>,
) -> Result<Vec<(SessionId, String)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT m.session_id, m.sealed FROM session_mailboxes m JOIN sessions s ON s.id = m.session_id
         WHERE s.issuer = $1 AND s.subject = $2 AND ($3 IS NULL OR s.sid IS NULL OR s.sid = $3)",
    )
    .bind(&key.issuer)
    .bind(&key.subject)
    .bind(sid)
    .fetch_all(conn)
    .await)?)
}

/// Forgets what is kept, if it is still `sealed`: a newer one stays. One statement.
pub async fn forget(tx: &mut Tx, session: SessionId, sealed: Option<&str>) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM session_mailboxes WHERE session_id = $1 AND ($2 IS NULL OR sealed = $2)")
        .bind(session).bind(sealed).execute(conn).await.map(affected))?;
    Ok(())
}

/// Nobody else begins a draft from this session's mailbox until this transaction ends (PostgreSQL; on SQLite there is one
/// writer). One statement.
pub async fn hold(tx: &mut Tx, session: SessionId) -> Result<()> {
    let text = format!("SELECT session_id FROM session_mailboxes WHERE session_id = $1{}", held(tx));
    let _: Option<(SessionId,)> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(session).fetch_optional(conn).await)?;
    Ok(())
}

/// What a thread has become already.
#[derive(Clone, Copy, Debug, FromRow, PartialEq, Eq)]
pub struct Became {
    pub draft_id: DraftId,
    pub group_id: Option<GroupId>,
    pub state: DraftState,
}

/// What this person sees of what a thread became, an open draft of their own first. One statement.
pub async fn became(tx: &mut Tx, person: PersonId, thread: ThreadId) -> Result<Option<Became>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT d.id AS draft_id, d.group_id, d.state FROM drafts d
         WHERE d.thread_id = $2 AND ((d.state = 'open' AND d.owner_id = $1) OR (d.state = 'confirmed'
            AND EXISTS (SELECT 1 FROM members m WHERE m.group_id = d.group_id AND m.person_id = $1)))
         ORDER BY CASE WHEN d.state = 'open' THEN 0 ELSE 1 END, d.created_at DESC, d.id LIMIT 1",
    )
    .bind(person)
    .bind(thread)
    .fetch_optional(conn)
    .await)?)
}

/// The same for all threads that have one of these keys, beside the keys; groups last. One statement for up to 2,000 keys.
pub async fn became_by_keys(tx: &mut Tx, person: PersonId, keys: &[String]) -> Result<Vec<(String, Became)>> {
    #[derive(FromRow)]
    struct Row {
        thread_key: String,
        #[sqlx(flatten)]
        became: Became,
    }
    let mut all = Vec::new();
    for part in keys.chunks(ROWS) {
        let text = format!(
            "SELECT k.thread_key, d.id AS draft_id, d.group_id, d.state FROM thread_keys k
             JOIN drafts d ON d.thread_id = k.thread_id
             WHERE k.thread_key IN ({}) AND ((d.state = 'open' AND d.owner_id = $1) OR (d.state = 'confirmed'
                AND EXISTS (SELECT 1 FROM members m WHERE m.group_id = d.group_id AND m.person_id = $1)))
             ORDER BY CASE WHEN d.state = 'open' THEN 0 ELSE 1 END, d.created_at, d.id",
            places(2, part.len())
        );
        let rows: Vec<Row> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)).bind(person), |q, key| q.bind(key)).fetch_all(conn).await)?;
        all.extend(rows.into_iter().map(|row| (row.thread_key, row.became)));
    }
    Ok(all)
}
