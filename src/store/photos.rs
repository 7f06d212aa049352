//! The table of photos: small square pictures, by the digest of what they were made of.

use std::collections::HashMap;

use super::sql::{ROWS, built, places};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;

/// A digest as a row has it.
pub(super) fn mark(bytes: Option<Vec<u8>>) -> Option<Digest> {
    bytes.and_then(|bytes| Digest::from_bytes(&bytes))
}

/// The same to be written.
pub(super) fn written(photo: Option<&Digest>) -> Option<Vec<u8>> {
    photo.map(|digest| digest.as_bytes().to_vec())
}

/// What was looked at already, and whether there is a picture of it. One statement.
pub async fn known(tx: &mut Tx) -> Result<HashMap<Digest, bool>> {
    let rows: Vec<(Vec<u8>, bool)> = on!(tx, conn => sqlx::query_as(
        "SELECT digest, picture IS NOT NULL FROM photos").fetch_all(conn).await)?;
    let corrupt = || StoreError::Corrupt { table: "photos", column: "digest" };
    rows.into_iter()
        .map(|(digest, usable)| Ok((Digest::from_bytes(&digest).ok_or_else(corrupt)?, usable)))
        .collect()
}

/// Keeps what was made of a photo, `None` if it is none. Twice is harmless. One statement.
pub async fn keep(tx: &mut Tx, digest: &Digest, picture: Option<&[u8]>, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO photos (digest, picture, kept_at) VALUES ($1, $2, $3)
         ON CONFLICT (digest) DO UPDATE SET picture = excluded.picture, kept_at = excluded.kept_at")
        .bind(digest.as_bytes().to_vec()).bind(picture.map(<[u8]>::to_vec)).bind(now)
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// Photos were given again: they are nobody's yet, and stay for another while. One statement for up to 2,000.
pub async fn touch(tx: &mut Tx, photos: &[Digest], now: Timestamp) -> Result<()> {
    for part in photos.chunks(ROWS) {
        let text = format!("UPDATE photos SET kept_at = $1 WHERE digest IN ({})", places(2, part.len()));
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)).bind(now), |q, photo| q.bind(photo.as_bytes().to_vec()))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The picture of somebody. One statement.
pub async fn find(tx: &mut Tx, person: PersonId) -> Result<Option<(Digest, Vec<u8>)>> {
    let row: Option<(Vec<u8>, Vec<u8>)> = on!(tx, conn => sqlx::query_as(
        "SELECT o.digest, o.picture FROM persons p JOIN photos o ON o.digest = p.photo
         WHERE p.id = $1 AND o.picture IS NOT NULL")
        .bind(person).fetch_optional(conn).await)?;
    Ok(row.and_then(|(digest, picture)| Some((Digest::from_bytes(&digest)?, picture))))
}

/// In place of `UNUSED`: nobody has it any more, and no source gives it.
const UNUSED: &str = "NOT EXISTS (SELECT 1 FROM persons p WHERE p.photo = photos.digest)
    AND NOT EXISTS (SELECT 1 FROM directory_entries e WHERE e.photo = photos.digest)";

/// Forgets photos that were kept before a time and are nobody's. What is no picture stays known while a source gives it only.
/// One statement.
pub async fn forget_unused(tx: &mut Tx, before: Timestamp) -> Result<()> {
    let text = format!("DELETE FROM photos WHERE kept_at < $1 AND {UNUSED}");
    on!(tx, conn => sqlx::query(built(text)).bind(before).execute(conn).await.map(affected))?;
    Ok(())
}

/// What sources gave of somebody, and what is shown of them. One statement.
pub async fn list_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Digest>> {
    let rows: Vec<(Vec<u8>,)> = on!(tx, conn => sqlx::query_as(
        "SELECT photo FROM directory_entries WHERE person_id = $1 AND photo IS NOT NULL
         UNION SELECT photo FROM persons WHERE id = $1 AND photo IS NOT NULL")
        .bind(person).fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(|(digest,)| Digest::from_bytes(&digest)).collect())
}

/// Forgets one photo at once, unless somebody else has it. One statement.
pub async fn forget(tx: &mut Tx, digest: &Digest) -> Result<()> {
    let text = format!("DELETE FROM photos WHERE digest = $1 AND {UNUSED}");
    on!(tx, conn => sqlx::query(built(text)).bind(digest.as_bytes().to_vec()).execute(conn).await.map(affected))?;
    Ok(())
}
