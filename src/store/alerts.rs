//! The table of alerts: what is wrong, as long as it lasts, and what was.

use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::built;
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::health::{Alert, Concern};
use crate::domain::ids::AlertId;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct Row {
    id: AlertId,
    concern: Json<Concern>,
    begun_at: Timestamp,
    seen_at: Timestamp,
    told_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

impl From<Row> for Alert {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            concern: row.concern.0,
            begun_at: row.begun_at,
            seen_at: row.seen_at,
            told_at: row.told_at,
            ended_at: row.ended_at,
        }
    }
}

const COLUMNS: &str = "id, concern, begun_at, seen_at, told_at, ended_at";

/// Those that last, the oldest first.
pub async fn open(tx: &mut Tx) -> Result<Vec<Alert>> {
    let text = format!("SELECT {COLUMNS} FROM alerts WHERE ended_at IS NULL ORDER BY begun_at, id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(built(text)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Alert::from).collect())
}

/// Up to so many that are over, the newest first.
pub async fn ended(tx: &mut Tx, limit: i64) -> Result<Vec<Alert>> {
    let text = format!(
        "SELECT {COLUMNS} FROM alerts WHERE ended_at IS NOT NULL ORDER BY begun_at DESC, id DESC LIMIT $1"
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(built(text)).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Alert::from).collect())
}

pub async fn find(tx: &mut Tx, id: AlertId) -> Result<Option<Alert>> {
    let text = format!("SELECT {COLUMNS} FROM alerts WHERE id = $1");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Alert::from))
}

/// Adds one, or changes it. Of those that last there is one with a key: adding another fails.
pub async fn put(tx: &mut Tx, alert: &Alert) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO alerts (id, alert_key, concern, begun_at, seen_at, told_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET concern = excluded.concern, seen_at = excluded.seen_at, told_at = excluded.told_at,
                                        ended_at = excluded.ended_at")
        .bind(alert.id)
        .bind(alert.concern.key())
        .bind(Json(&alert.concern))
        .bind(alert.begun_at)
        .bind(alert.seen_at)
        .bind(alert.told_at)
        .bind(alert.ended_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// Forgets one that was over before anybody was told.
pub async fn delete(tx: &mut Tx, id: AlertId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM alerts WHERE id = $1").bind(id).execute(conn).await.map(affected))?;
    Ok(())
}

/// Forgets those that ended before a time.
pub async fn delete_before(tx: &mut Tx, time: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM alerts WHERE ended_at < $1")
        .bind(time).execute(conn).await.map(affected))?;
    Ok(())
}
