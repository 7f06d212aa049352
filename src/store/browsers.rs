//! The table of browsers by which people signed in.

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// Notes that a person signed in by a browser.
pub async fn note(tx: &mut Tx, browser: &Digest, person: PersonId, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO browsers (browser_digest, person_id, used_at) VALUES ($1, $2, $3)
         ON CONFLICT (browser_digest, person_id) DO UPDATE SET used_at = excluded.used_at",
    )
    .bind(browser.as_bytes())
    .bind(person)
    .bind(now)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// The addresses, in lower case, of everybody who signed in by a browser.
pub async fn address_keys(tx: &mut Tx, browser: &Digest) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT a.address_key FROM browsers b JOIN person_addresses a ON a.person_id = b.person_id
         WHERE b.browser_digest = $1")
        .bind(browser.as_bytes()).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// Forgets those that were not used since a time.
pub async fn delete_before(tx: &mut Tx, time: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM browsers WHERE used_at < $1").bind(time).execute(conn).await.map(affected))?;
    Ok(())
}
