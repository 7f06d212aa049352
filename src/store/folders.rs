//! The table of mail sources: how far each was read (UIDVALIDITY + UID), and how it is.

use sqlx::FromRow;

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::time::Timestamp;

/// How far a source was read, and its last success and failure for the admin.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct FolderPosition {
    pub source: String,
    pub uid_validity: i64,
    pub last_uid: i64,
    pub last_success_at: Option<Timestamp>,
    pub last_error: String,
    pub last_error_at: Option<Timestamp>,
}

pub async fn find(tx: &mut Tx, source: &str) -> Result<Option<FolderPosition>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT source, uid_validity, last_uid, last_success_at, last_error, last_error_at FROM folders WHERE source = $1")
        .bind(source).fetch_optional(conn).await)?)
}

pub async fn list(tx: &mut Tx) -> Result<Vec<FolderPosition>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT source, uid_validity, last_uid, last_success_at, last_error, last_error_at FROM folders ORDER BY source")
        .fetch_all(conn).await)?)
}

/// Saves how far a source was read; in the transaction of the mail that was read.
pub async fn advance(tx: &mut Tx, source: &str, uid_validity: i64, last_uid: i64) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO folders (source, uid_validity, last_uid) VALUES ($1, $2, $3)
         ON CONFLICT (source) DO UPDATE SET uid_validity = excluded.uid_validity, last_uid = excluded.last_uid",
    )
    .bind(source)
    .bind(uid_validity)
    .bind(last_uid)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// Notes that the source answered.
pub async fn succeeded(tx: &mut Tx, source: &str, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO folders (source, last_success_at) VALUES ($1, $2)
         ON CONFLICT (source) DO UPDATE SET last_success_at = excluded.last_success_at, last_error = ''")
        .bind(source).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// Notes why the source did not answer.
pub async fn failed(tx: &mut Tx, source: &str, error: &str, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO folders (source, last_error, last_error_at) VALUES ($1, $2, $3)
         ON CONFLICT (source) DO UPDATE SET last_error = excluded.last_error, last_error_at = excluded.last_error_at")
        .bind(source).bind(error).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}
