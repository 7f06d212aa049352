//! The table of links that let their receiver in.

use sqlx::FromRow;

use super::sql::{ROWS, built, tuples};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::ids::PersonId;
use crate::domain::link::{Link, Purpose};
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct LinkRow {
    token_digest: Vec<u8>,
    purpose: Purpose,
    person_id: PersonId,
    target: String,
    browser_digest: Option<Vec<u8>>,
    code_digest: Option<Vec<u8>>,
    failures: i64,
    created_at: Timestamp,
    expires_at: Timestamp,
}

const COLUMNS: &str =
    "token_digest, purpose, person_id, target, browser_digest, code_digest, failures, created_at, expires_at";

impl TryFrom<LinkRow> for Link {
    type Error = StoreError;
    fn try_from(row: LinkRow) -> Result<Self> {
        let corrupt = |column| move || StoreError::Corrupt { table: "links", column };
        let optional = |bytes: Option<Vec<u8>>| bytes.and_then(|b| Digest::from_bytes(&b));
        Ok(Self {
            token: Digest::from_bytes(&row.token_digest).ok_or_else(corrupt("token_digest"))?,
            purpose: row.purpose,
            person_id: row.person_id,
            target: row.target,
            browser: optional(row.browser_digest),
            code: optional(row.code_digest),
            failures: row.failures,
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    }
}

/// Adds links. One statement for up to 2,000.
pub async fn insert_many(tx: &mut Tx, links: &[Link]) -> Result<()> {
    for part in links.chunks(ROWS) {
        let text = format!("INSERT INTO links ({COLUMNS}) VALUES {}", tuples(part.len(), 9));
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, link| {
            q.bind(link.token.as_bytes())
                .bind(link.purpose)
                .bind(link.person_id)
                .bind(&link.target)
                .bind(link.browser.as_ref().map(Digest::as_bytes))
                .bind(link.code.as_ref().map(Digest::as_bytes))
                .bind(link.failures)
                .bind(link.created_at)
                .bind(link.expires_at)
        })
        .execute(conn)
        .await
        .map(affected))?;
    }
    Ok(())
}

pub async fn insert(tx: &mut Tx, link: &Link) -> Result<()> {
    insert_many(tx, std::slice::from_ref(link)).await
}

/// A link that has not run out or been taken back.
pub async fn find(tx: &mut Tx, token: &Digest, now: Timestamp) -> Result<Option<Link>> {
    let text = format!(
        "SELECT {COLUMNS} FROM links WHERE token_digest = $1 AND expires_at > $2 AND taken_back_by IS NULL"
    );
    let row: Option<LinkRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(token.as_bytes()).bind(now).fetch_optional(conn).await)?;
    row.map(Link::try_from).transpose()
}

/// A link that was taken back because its person had been added to a group by mistake: whose it is, where it led, and what
/// the one is called who took it back. Nothing once it has run out. One statement.
pub async fn find_taken_back(
    tx: &mut Tx,
    token: &Digest,
    now: Timestamp,
) -> Result<Option<(PersonId, String, String)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT l.person_id, l.target, who.full_name FROM links l JOIN persons who ON who.id = l.taken_back_by
         WHERE l.token_digest = $1 AND l.expires_at > $2")
        .bind(token.as_bytes()).bind(now).fetch_optional(conn).await)?)
}

/// The newest sign-in that this browser asked for and that has not run out.
pub async fn find_asked_by(tx: &mut Tx, browser: &Digest, now: Timestamp) -> Result<Option<Link>> {
    let text = format!(
        "SELECT {COLUMNS} FROM links WHERE browser_digest = $1 AND purpose = 'sign_in' AND expires_at > $2
         ORDER BY created_at DESC LIMIT 1"
    );
    let row: Option<LinkRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(browser.as_bytes()).bind(now).fetch_optional(conn).await)?;
    row.map(Link::try_from).transpose()
}

/// Ties a link to the browser that used it first. Whether it is this browser's now.
pub async fn bind_to(tx: &mut Tx, token: &Digest, browser: &Digest) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query(
        "UPDATE links SET browser_digest = $2 WHERE token_digest = $1 AND (browser_digest IS NULL OR browser_digest = $2)")
        .bind(token.as_bytes()).bind(browser.as_bytes()).execute(conn).await.map(affected))?;
    Ok(changed == 1)
}

pub async fn count_failure(tx: &mut Tx, token: &Digest) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE links SET failures = failures + 1 WHERE token_digest = $1")
        .bind(token.as_bytes()).execute(conn).await.map(affected))?;
    Ok(())
}

/// Takes a link back.
pub async fn delete(tx: &mut Tx, token: &Digest) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM links WHERE token_digest = $1")
        .bind(token.as_bytes()).execute(conn).await.map(affected))?;
    Ok(())
}

/// Forgets what ran out.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM links WHERE expires_at <= $1").bind(now).execute(conn).await.map(affected))?;
    Ok(())
}
