//! Figures of directories and of jobs that go wrong.

use sqlx::types::Json;

use super::{Result, Tx, tx::on};
use crate::domain::directory_sync::SyncOutcome;
use crate::domain::failure::DirectoryAge;
use crate::domain::time::Timestamp;

/// When each directory was read well last, and what came of the last time. Two statements.
pub async fn directories(tx: &mut Tx) -> Result<Vec<DirectoryAge>> {
    let well: Vec<(String, Option<Timestamp>)> = on!(tx, conn => sqlx::query_as(
        "SELECT source, max(CASE WHEN well THEN begun_at END) FROM directory_syncs GROUP BY source ORDER BY source")
        .fetch_all(conn).await)?;
    let last: Vec<(String, Json<SyncOutcome>)> = on!(tx, conn => sqlx::query_as(
        "SELECT s.source, s.outcome FROM directory_syncs s
         WHERE s.id = (SELECT l.id FROM directory_syncs l WHERE l.source = s.source ORDER BY l.begun_at DESC, l.id DESC LIMIT 1)")
        .fetch_all(conn).await)?;
    let trouble = |name: &str| match last.iter().find(|(source, _)| source == name) {
        Some((_, Json(SyncOutcome::Stopped(trouble)))) => Some(trouble.clone()),
        _ => None,
    };
    let age = |(name, well_at): (String, _)| DirectoryAge { well_at, trouble: trouble(&name), name };
    Ok(well.into_iter().map(age).collect())
}

/// How often a directory could not be read since a time.
pub async fn directory_stops(tx: &mut Tx, since: Timestamp) -> Result<i64> {
    let row: (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*) FROM directory_syncs WHERE NOT well AND begun_at >= $1").bind(since).fetch_one(conn).await)?;
    Ok(row.0)
}

/// Jobs of each lane that went wrong and are tried again.
pub async fn jobs(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT lane, count(*) FROM jobs WHERE last_error <> '' GROUP BY lane ORDER BY lane")
        .fetch_all(conn).await)?)
}
