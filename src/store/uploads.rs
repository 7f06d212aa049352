//! The table of files that come in parts.

use sqlx::FromRow;

use super::sql::built;
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::file::{FileName, Upload};
use crate::domain::ids::{GroupId, PersonId, UploadId};
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct UploadRow {
    id: UploadId,
    group_id: GroupId,
    person_id: PersonId,
    name: FileName,
    size: i64,
    received: i64,
    created_at: Timestamp,
}

const COLUMNS: &str = "id, group_id, person_id, name, size, received, created_at";

impl From<UploadRow> for Upload {
    fn from(row: UploadRow) -> Self {
        Self {
            id: row.id,
            group_id: row.group_id,
            person_id: row.person_id,
            name: row.name,
            size: row.size,
            received: row.received,
            created_at: row.created_at,
        }
    }
}

pub async fn insert(tx: &mut Tx, upload: &Upload) -> Result<()> {
    let text = format!("INSERT INTO uploads ({COLUMNS}) VALUES {}", super::sql::tuples(1, 7));
    on!(tx, conn => sqlx::query(built(text))
        .bind(upload.id)
        .bind(upload.group_id)
        .bind(upload.person_id)
        .bind(&upload.name)
        .bind(upload.size)
        .bind(upload.received)
        .bind(upload.created_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: UploadId) -> Result<Option<Upload>> {
    let text = format!("SELECT {COLUMNS} FROM uploads WHERE id = $1");
    let row: Option<UploadRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Upload::from))
}

/// Notes that a part is on disk. Whether it is this one that goes on where the last one ended.
pub async fn advance(tx: &mut Tx, id: UploadId, from: i64, to: i64) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query("UPDATE uploads SET received = $3 WHERE id = $1 AND received = $2")
        .bind(id).bind(from).bind(to).execute(conn).await.map(affected))?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, id: UploadId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM uploads WHERE id = $1").bind(id).execute(conn).await.map(affected))?;
    Ok(())
}

/// How many uploads of a person are under way, and how many bytes they will have together.
pub async fn under_way(tx: &mut Tx, person: PersonId) -> Result<(i64, i64)> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM uploads WHERE person_id = $1")
        .bind(person).fetch_one(conn).await)?)
}

/// Uploads that were begun before a time, the oldest first.
pub async fn list_old(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<UploadId>> {
    let rows: Vec<(UploadId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT id FROM uploads WHERE created_at < $1 ORDER BY created_at, id LIMIT $2")
        .bind(before).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
