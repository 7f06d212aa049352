//! The tables of accounts and sessions.

use std::collections::HashMap;

use sqlx::FromRow;

use super::sql::{ROWS, built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::language::Language;
use crate::domain::person::{Session, Viewer};
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct ViewerRow {
    person_id: PersonId,
    session_id: SessionId,
    full_name: String,
    is_admin: bool,
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

/// Who is signed in by this cookie, and when it was last seen. One statement.
pub async fn find_viewer(tx: &mut Tx, token: &Digest, now: Timestamp) -> Result<Option<(Viewer, Timestamp)>> {
    let row: Option<ViewerRow> = on!(tx, conn => sqlx::query_as(
        "SELECT s.person_id, s.id AS session_id, p.full_name, a.is_admin, a.language, s.last_seen_at
         FROM sessions s JOIN persons p ON p.id = s.person_id JOIN accounts a ON a.person_id = s.person_id
         WHERE s.token_digest = $1 AND s.expires_at > $2",
    )
    .bind(token.as_bytes())
    .bind(now)
    .fetch_optional(conn)
    .await)?;
    Ok(row.map(|row| {
        let viewer = Viewer {
            person_id: row.person_id,
            session_id: row.session_id,
            full_name: row.full_name,
            is_admin: row.is_admin,
            language: row.language,
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

pub async fn set_admin(tx: &mut Tx, person: PersonId, is_admin: bool) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE accounts SET is_admin = $2 WHERE person_id = $1")
        .bind(person).bind(is_admin).execute(conn).await.map(affected))?;
    Ok(())
}

/// Everybody who is an admin.
pub async fn admins(tx: &mut Tx) -> Result<Vec<PersonId>> {
    let rows: Vec<(PersonId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT person_id FROM accounts WHERE is_admin ORDER BY person_id").fetch_all(conn).await)?;
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

pub async fn insert(tx: &mut Tx, session: &Session, token: &Digest) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO sessions (id, token_digest, person_id, user_agent, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(session.id)
    .bind(token.as_bytes())
    .bind(session.person_id)
    .bind(&session.user_agent)
    .bind(session.created_at)
    .bind(session.last_seen_at)
    .bind(session.expires_at)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// Notes a sign of life and lets the session last longer.
pub async fn touch(tx: &mut Tx, id: SessionId, now: Timestamp, expires_at: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id = $1")
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

/// Forgets what ran out.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(conn).await.map(affected))?;
    Ok(())
}
