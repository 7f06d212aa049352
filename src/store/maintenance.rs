//! The table of the quiet time, which has one line at the most.

use sqlx::FromRow;

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::maintenance::Maintenance;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct Row {
    begun_at: Timestamp,
    ends_at: Option<Timestamp>,
    why: String,
}

/// Begins one, or says another end and other words of the one that there is.
pub async fn set(tx: &mut Tx, quiet: &Maintenance) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO maintenance (name, begun_at, ends_at, why) VALUES ('house', $1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET ends_at = excluded.ends_at, why = excluded.why",
    )
    .bind(quiet.begun_at)
    .bind(quiet.ends_at)
    .bind(&quiet.why)
    .execute(conn)
    .await.map(affected))?;
    Ok(())
}

/// Whether there was one to end.
pub async fn delete(tx: &mut Tx) -> Result<bool> {
    let gone = on!(tx, conn => sqlx::query("DELETE FROM maintenance").execute(conn).await.map(affected))?;
    Ok(gone > 0)
}

/// The one that there is, even if its time is over. One statement.
pub async fn find(tx: &mut Tx) -> Result<Option<Maintenance>> {
    let row: Option<Row> = on!(tx, conn => sqlx::query_as("SELECT begun_at, ends_at, why FROM maintenance")
        .fetch_optional(conn).await)?;
    Ok(row.map(|row| Maintenance { begun_at: row.begun_at, ends_at: row.ends_at, why: row.why }))
}
