//! The table of refresh tokens that a provider gave out in place of the one that was set.

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::time::Timestamp;

/// The newest of a client, sealed. One statement.
pub async fn find(tx: &mut Tx, client: Digest) -> Result<Option<String>> {
    Ok(on!(tx, conn => sqlx::query_scalar("SELECT sealed FROM refresh_tokens WHERE client = $1")
        .bind(client.as_bytes()).fetch_optional(conn).await)?)
}

/// Keeps it in place of the one before. One statement.
pub async fn put(tx: &mut Tx, client: Digest, sealed: &str, at: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO refresh_tokens (client, sealed, kept_at) VALUES ($1, $2, $3)
         ON CONFLICT (client) DO UPDATE SET sealed = excluded.sealed, kept_at = excluded.kept_at")
        .bind(client.as_bytes()).bind(sealed).bind(at).execute(conn).await.map(affected))?;
    Ok(())
}
