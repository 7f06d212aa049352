//! The tables of who somebody is at OpenID providers, of sign-ins on their way there, and of logout tokens.

use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::identity::{IdentityKey, ProviderVisit};
use crate::domain::ids::{PersonId, ProviderVisitId};
use crate::domain::time::Timestamp;

/// Who has an account of a provider, by its own name for it. Notes that it was used. One statement.
pub async fn find_person(tx: &mut Tx, key: &IdentityKey, now: Timestamp) -> Result<Option<PersonId>> {
    let row: Option<(PersonId,)> = on!(tx, conn => sqlx::query_as(
        "UPDATE identities SET used_at = $3 WHERE issuer = $1 AND subject = $2 RETURNING person_id")
        .bind(&key.issuer).bind(&key.subject).bind(now).fetch_optional(conn).await)?;
    Ok(row.map(|(person,)| person))
}

/// Remembers whose an account of a provider is. Whether it could: not if somebody has it, or the person has another one
/// there.
pub async fn insert(tx: &mut Tx, key: &IdentityKey, person: PersonId, now: Timestamp) -> Result<bool> {
    let made = on!(tx, conn => sqlx::query(
        "INSERT INTO identities (issuer, subject, person_id, created_at, used_at) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT DO NOTHING")
        .bind(&key.issuer).bind(&key.subject).bind(person).bind(now).execute(conn).await.map(affected))?;
    Ok(made > 0)
}

/// Forgets the accounts of a person. How many there were.
pub async fn delete_of(tx: &mut Tx, person: PersonId) -> Result<u64> {
    Ok(on!(tx, conn => sqlx::query("DELETE FROM identities WHERE person_id = $1")
        .bind(person).execute(conn).await.map(affected))?)
}

pub async fn insert_visit(tx: &mut Tx, visit: &ProviderVisit, state: &Digest) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO provider_visits (id, state_digest, provider, browser_digest, target, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(visit.id)
        .bind(state.as_bytes())
        .bind(&visit.provider)
        .bind(visit.browser.as_bytes())
        .bind(&visit.target)
        .bind(visit.created_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct VisitRow {
    id: ProviderVisitId,
    provider: String,
    browser_digest: Vec<u8>,
    target: String,
    created_at: Timestamp,
}

/// Takes the visit of a browser away: it comes back once.
pub async fn take_visit(
    tx: &mut Tx,
    state: &Digest,
    browser: &Digest,
    since: Timestamp,
) -> Result<Option<ProviderVisit>> {
    let row: Option<VisitRow> = on!(tx, conn => sqlx::query_as(
        "DELETE FROM provider_visits WHERE state_digest = $1 AND browser_digest = $2 AND created_at > $3
         RETURNING id, provider, browser_digest, target, created_at")
        .bind(state.as_bytes()).bind(browser.as_bytes()).bind(since).fetch_optional(conn).await)?;
    row.map(|row| {
        let corrupt = StoreError::Corrupt { table: "provider_visits", column: "browser_digest" };
        Ok(ProviderVisit {
            id: row.id,
            provider: row.provider,
            browser: Digest::from_bytes(&row.browser_digest).ok_or(corrupt)?,
            target: row.target,
            created_at: row.created_at,
        })
    })
    .transpose()
}

/// Notes that a logout token was used. Whether it was not before.
pub async fn use_logout_token(tx: &mut Tx, issuer: &str, jti: &Digest, now: Timestamp) -> Result<bool> {
    let made = on!(tx, conn => sqlx::query(
        "INSERT INTO logout_tokens (issuer, jti_digest, used_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(issuer).bind(jti.as_bytes()).bind(now).execute(conn).await.map(affected))?;
    Ok(made > 0)
}

/// Forgets visits and logout tokens of before a time.
pub async fn delete_before(tx: &mut Tx, time: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM provider_visits WHERE created_at < $1")
        .bind(time).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query("DELETE FROM logout_tokens WHERE used_at < $1")
        .bind(time).execute(conn).await.map(affected))?;
    Ok(())
}
