//! The table of those who asked for sign-in mails.

use sqlx::FromRow;

use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::ask::Ask;
use crate::domain::digest::Digest;
use crate::domain::ids::AskId;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct AskRow {
    id: AskId,
    address: String,
    browser_digest: Vec<u8>,
    own: bool,
    target: String,
    language: Language,
    created_at: Timestamp,
}

impl TryFrom<AskRow> for Ask {
    type Error = StoreError;
    fn try_from(row: AskRow) -> Result<Self> {
        let corrupt = |column| StoreError::Corrupt { table: "asks", column };
        Ok(Self {
            id: row.id,
            address: row.address.parse().map_err(|_| corrupt("address"))?,
            browser: Digest::from_bytes(&row.browser_digest).ok_or(corrupt("browser_digest"))?,
            own: row.own,
            target: row.target,
            language: row.language,
            created_at: row.created_at,
        })
    }
}

pub async fn insert(tx: &mut Tx, ask: &Ask) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO asks (id, address, browser_digest, own, target, language, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(ask.id)
    .bind(ask.address.as_str())
    .bind(ask.browser.as_bytes())
    .bind(ask.own)
    .bind(&ask.target)
    .bind(ask.language)
    .bind(ask.created_at)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: AskId) -> Result<Option<Ask>> {
    let row: Option<AskRow> = on!(tx, conn => sqlx::query_as(
        "SELECT id, address, browser_digest, own, target, language, created_at FROM asks WHERE id = $1")
        .bind(id).fetch_optional(conn).await)?;
    row.map(Ask::try_from).transpose()
}

/// Forgets those that were made before a time.
pub async fn delete_before(tx: &mut Tx, time: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM asks WHERE created_at < $1").bind(time).execute(conn).await.map(affected))?;
    Ok(())
}
