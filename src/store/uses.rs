//! The table of what is limited by the hour.

use super::sql::{built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::time::Timestamp;

/// Notes one use of each bucket. One statement.
pub async fn insert(tx: &mut Tx, buckets: &[Digest], now: Timestamp) -> Result<()> {
    if buckets.is_empty() {
        return Ok(());
    }
    let text = format!("INSERT INTO uses (bucket, used_at) VALUES {}", tuples(buckets.len(), 2));
    on!(tx, conn => buckets.iter().fold(sqlx::query(built(text)), |q, bucket| {
        q.bind(bucket.as_bytes()).bind(now)
    })
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// Takes back what was used of each bucket at a time. One statement.
pub async fn delete(tx: &mut Tx, buckets: &[Digest], used_at: Timestamp) -> Result<()> {
    if buckets.is_empty() {
        return Ok(());
    }
    let text = format!("DELETE FROM uses WHERE used_at = $1 AND bucket IN ({})", places(2, buckets.len()));
    on!(tx, conn => buckets.iter().fold(sqlx::query(built(text)).bind(used_at), |q, bucket| {
        q.bind(bucket.as_bytes())
    })
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// When a bucket was used for the `n`th time, counted back from now; `None` if it was used less often since a time.
pub async fn nth_newest(tx: &mut Tx, bucket: &Digest, n: i64, since: Timestamp) -> Result<Option<Timestamp>> {
    let row: Option<(Timestamp,)> = on!(tx, conn => sqlx::query_as(
        "SELECT used_at FROM uses WHERE bucket = $1 AND used_at > $2 ORDER BY used_at DESC LIMIT 1 OFFSET $3")
        .bind(bucket.as_bytes()).bind(since).bind(n - 1).fetch_optional(conn).await)?;
    Ok(row.map(|(used_at,)| used_at))
}

/// Forgets what was used before a time.
pub async fn delete_before(tx: &mut Tx, time: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM uses WHERE used_at < $1").bind(time).execute(conn).await.map(affected))?;
    Ok(())
}
