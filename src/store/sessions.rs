//! The tables of accounts and sessions.

use std::collections::HashMap;

use sqlx::FromRow;

use super::sql::{ROWS, built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::audit::Whence;
use crate::domain::digest::Digest;
use crate::domain::identity::{ByProvider, IdentityKey, Right, Righted, Rights};
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::language::Language;
use crate::domain::person::{Session, Viewer};
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct ViewerRow {
    person_id: PersonId,
    session_id: SessionId,
    expires_at: Timestamp,
    full_name: String,
    photo: Option<Vec<u8>>,
    is_admin: bool,
    is_auditor: bool,
    language: Option<Language>,
    last_seen_at: Timestamp,
}

#[derive(FromRow)]
struct SessionRow {
    id: SessionId,
    person_id: PersonId,
    user_agent: String,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
}

/// Who is signed in by this cookie, and when it was last seen; nobody who has departed. One statement.
pub async fn find_viewer(tx: &mut Tx, token: &Digest, now: Timestamp) -> Result<Option<(Viewer, Timestamp)>> {
    let row: Option<ViewerRow> = on!(tx, conn => sqlx::query_as(
        "SELECT s.person_id, s.id AS session_id, s.expires_at, p.full_name, p.photo, a.language, s.last_seen_at,
            (a.is_admin OR s.gives_admin) AS is_admin, (a.is_auditor OR s.gives_auditor) AS is_auditor
         FROM sessions s JOIN persons p ON p.id = s.person_id JOIN accounts a ON a.person_id = s.person_id
         WHERE s.token_digest = $1 AND s.expires_at > $2 AND p.departed_at IS NULL",
    )
    .bind(token.as_bytes())
    .bind(now)
    .fetch_optional(conn)
    .await)?;
    Ok(row.map(|row| {
        let viewer = Viewer {
            person_id: row.person_id,
            session_id: row.session_id,
            until: row.expires_at,
            full_name: row.full_name,
            photo: super::photos::mark(row.photo),
            rights: Rights { admin: row.is_admin, auditor: row.is_auditor },
            language: row.language,
            // The door knows.
            whence: Whence::default(),
        };
        (viewer, row.last_seen_at)
    }))
}

/// Makes the account if it is the first sign-in, and never takes anything from one that is there.
pub async fn ensure_account(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO accounts (person_id, is_admin, created_at) VALUES ($1, $2, $3) ON CONFLICT (person_id) DO NOTHING",
    )
    .bind(person)
    .bind(false)
    .bind(now)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// Gives a right to an account or takes it away. Whether that changed anything.
pub async fn set_right(tx: &mut Tx, person: PersonId, (right, given): (Right, bool)) -> Result<bool> {
    let text = match right {
        Right::Admin => "UPDATE accounts SET is_admin = $2 WHERE person_id = $1 AND is_admin <> $2",
        Right::Auditor => "UPDATE accounts SET is_auditor = $2 WHERE person_id = $1 AND is_auditor <> $2",
    };
    let changed =
        on!(tx, conn => sqlx::query(text).bind(person).bind(given).execute(conn).await.map(affected))?;
    Ok(changed > 0)
}

/// Whether a right was given to an account here; those that a provider gives for a session are not asked for.
pub async fn has_right(tx: &mut Tx, person: PersonId, right: Right) -> Result<bool> {
    let text = match right {
        Right::Admin => "SELECT COUNT(*) FROM accounts WHERE person_id = $1 AND is_admin",
        Right::Auditor => "SELECT COUNT(*) FROM accounts WHERE person_id = $1 AND is_auditor",
    };
    let count: i64 = on!(tx, conn => sqlx::query_scalar(text).bind(person).fetch_one(conn).await)?;
    Ok(count > 0)
}

#[derive(FromRow)]
struct RightedRow {
    person_id: PersonId,
    full_name: String,
    is_admin: bool,
    is_auditor: bool,
    gives_admin: i64,
    gives_auditor: i64,
}

/// Everybody who is an admin or an auditor now, by name. One statement.
pub async fn list_righted(tx: &mut Tx, now: Timestamp) -> Result<Vec<Righted>> {
    let rows: Vec<RightedRow> = on!(tx, conn => sqlx::query_as(
        "SELECT a.person_id, p.full_name, a.is_admin, a.is_auditor,
            (SELECT COUNT(*) FROM sessions s WHERE s.person_id = a.person_id AND s.gives_admin AND s.expires_at > $1) AS gives_admin,
            (SELECT COUNT(*) FROM sessions s WHERE s.person_id = a.person_id AND s.gives_auditor AND s.expires_at > $1) AS gives_auditor
         FROM accounts a JOIN persons p ON p.id = a.person_id
         WHERE a.is_admin OR a.is_auditor
            OR EXISTS (SELECT 1 FROM sessions s WHERE s.person_id = a.person_id AND (s.gives_admin OR s.gives_auditor) AND s.expires_at > $1)
         ORDER BY p.full_name, a.person_id")
        .bind(now).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Righted::from).collect())
}

impl From<RightedRow> for Righted {
    fn from(row: RightedRow) -> Self {
        Self {
            person_id: row.person_id,
            full_name: row.full_name,
            given: Rights { admin: row.is_admin, auditor: row.is_auditor },
            by_provider: Rights { admin: row.gives_admin > 0, auditor: row.gives_auditor > 0 },
        }
    }
}

/// Everybody who is an admin, and has not departed.
pub async fn admins(tx: &mut Tx) -> Result<Vec<PersonId>> {
    let rows: Vec<(PersonId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT a.person_id FROM accounts a JOIN persons p ON p.id = a.person_id
         WHERE a.is_admin AND p.departed_at IS NULL ORDER BY a.person_id").fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

pub async fn set_language(tx: &mut Tx, person: PersonId, language: Language) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE accounts SET language = $2 WHERE person_id = $1")
        .bind(person).bind(language).execute(conn).await.map(affected))?;
    Ok(())
}

/// The language somebody chose.
pub async fn language_of(tx: &mut Tx, person: PersonId) -> Result<Option<Language>> {
    let row: Option<(Option<Language>,)> = on!(tx, conn => sqlx::query_as(
        "SELECT language FROM accounts WHERE person_id = $1").bind(person).fetch_optional(conn).await)?;
    Ok(row.and_then(|(language,)| language))
}

/// The languages people chose; those who never did are left out. One statement for up to 2,000.
pub async fn languages_of(tx: &mut Tx, persons: &[PersonId]) -> Result<HashMap<PersonId, Language>> {
    let mut chosen = HashMap::new();
    for part in persons.chunks(ROWS) {
        let text = format!(
            "SELECT person_id, language FROM accounts WHERE language IS NOT NULL AND person_id IN ({})",
            places(1, part.len())
        );
        let rows: Vec<(PersonId, Language)> = on!(tx, conn => part.iter().fold(sqlx::query_as(built(text)), |q, p| q.bind(*p)).fetch_all(conn).await)?;
        chosen.extend(rows);
    }
    Ok(chosen)
}

/// A new session, and how it began if that was at a provider. One statement.
pub async fn insert(tx: &mut Tx, session: &Session, token: &Digest, by: Option<&ByProvider>) -> Result<()> {
    let rights = by.map(|by| by.rights).unwrap_or_default();
    on!(tx, conn => sqlx::query(
        "INSERT INTO sessions (id, token_digest, person_id, user_agent, created_at, last_seen_at, expires_at,
             issuer, subject, sid, id_token, gives_admin, gives_auditor, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(session.id)
    .bind(token.as_bytes())
    .bind(session.person_id)
    .bind(&session.user_agent)
    .bind(session.created_at)
    .bind(session.last_seen_at)
    .bind(session.expires_at)
    .bind(by.map(|by| &by.key.issuer))
    .bind(by.map(|by| &by.key.subject))
    .bind(by.and_then(|by| by.sid.as_ref()))
    .bind(by.and_then(|by| by.id_token.as_ref()))
    .bind(rights.admin)
    .bind(rights.auditor)
    .bind(by.map(|by| by.ends_at))
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// Notes a sign of life and lets the session last longer, as far as it may.
pub async fn touch(tx: &mut Tx, id: SessionId, now: Timestamp, expires_at: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE sessions SET last_seen_at = $2, expires_at = CASE WHEN ends_at < $3 THEN ends_at ELSE $3 END WHERE id = $1")
        .bind(id).bind(now).bind(expires_at).execute(conn).await.map(affected))?;
    Ok(())
}

/// The live sessions of a person, newest first.
pub async fn list(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<Vec<Session>> {
    let rows: Vec<SessionRow> = on!(tx, conn => sqlx::query_as(
        "SELECT id, person_id, user_agent, created_at, last_seen_at, expires_at FROM sessions
         WHERE person_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id DESC",
    )
    .bind(person)
    .bind(now)
    .fetch_all(conn)
    .await)?;
    Ok(rows.into_iter().map(Session::from).collect())
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
        }
    }
}

/// Ends a session of this person. Whether there was one.
pub async fn delete(tx: &mut Tx, person: PersonId, id: SessionId) -> Result<bool> {
    let gone = on!(tx, conn => sqlx::query("DELETE FROM sessions WHERE id = $1 AND person_id = $2")
        .bind(id).bind(person).execute(conn).await.map(affected))?;
    Ok(gone > 0)
}

/// At which provider a session began, and its ID token. One statement.
pub async fn find_provider(tx: &mut Tx, id: SessionId) -> Result<Option<(String, Option<String>)>> {
    let row: Option<(Option<String>, Option<String>)> = on!(tx, conn => sqlx::query_as(
        "SELECT issuer, id_token FROM sessions WHERE id = $1").bind(id).fetch_optional(conn).await)?;
    Ok(row.and_then(|(issuer, id_token)| Some((issuer?, id_token))))
}

/// Ends the sessions of an account at a provider, or those that belong to one session there or to none that is known. Whose
/// they were.
pub async fn delete_of_identity(
    tx: &mut Tx,
    key: &IdentityKey,
    sid: Option<&str>,
) -> Result<Vec<(PersonId, SessionId)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "DELETE FROM sessions WHERE issuer = $1 AND subject = $2 AND ($3 IS NULL OR sid IS NULL OR sid = $3) RETURNING person_id, id")
        .bind(&key.issuer).bind(&key.subject).bind(sid).fetch_all(conn).await)?)
}

/// Ends the sessions of a person that began at providers.
pub async fn delete_by_providers(tx: &mut Tx, person: PersonId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM sessions WHERE person_id = $1 AND issuer IS NOT NULL")
        .bind(person).execute(conn).await.map(affected))?;
    Ok(())
}

/// Ends all sessions of some people, with what lives as long as they do: notices to their browsers, and what opens their
/// mailboxes. Whose they were. One statement for up to 2,000.
pub async fn delete_all_of(tx: &mut Tx, persons: &[PersonId]) -> Result<Vec<(PersonId, SessionId)>> {
    let mut ended = Vec::new();
    for part in persons.chunks(ROWS) {
        let text = format!(
            "DELETE FROM sessions WHERE person_id IN ({}) RETURNING person_id, id",
            places(1, part.len())
        );
        let rows: Vec<(PersonId, SessionId)> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)), |q, person| q.bind(*person)).fetch_all(conn).await)?;
        ended.extend(rows);
    }
    Ok(ended)
}

/// Forgets what ran out.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(conn).await.map(affected))?;
    Ok(())
}
