//! The table of saved views: choices of marks that somebody comes back to.

use sqlx::FromRow;

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, PersonId, SavedViewId};
use crate::domain::saved_view::SavedView;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct Row {
    id: SavedViewId,
    group_id: Option<GroupId>,
    name: String,
    query: String,
}

impl From<Row> for SavedView {
    fn from(row: Row) -> Self {
        Self { id: row.id, group: row.group_id, name: row.name, query: row.query }
    }
}

/// Keeps a view.
pub async fn insert(tx: &mut Tx, person: PersonId, view: &SavedView, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO saved_views (id, person_id, group_id, name, query, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(view.id)
        .bind(person)
        .bind(view.group)
        .bind(&view.name)
        .bind(&view.query)
        .bind(now)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// What somebody keeps for a group, or for all groups, the oldest first.
pub async fn list(tx: &mut Tx, person: PersonId, group: Option<GroupId>) -> Result<Vec<SavedView>> {
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT id, group_id, name, query FROM saved_views
         WHERE person_id = $1 AND (group_id = $2 OR (group_id IS NULL AND $2 IS NULL)) ORDER BY created_at, id")
        .bind(person).bind(group).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(SavedView::from).collect())
}

/// How many views somebody keeps, of all groups.
pub async fn count(tx: &mut Tx, person: PersonId) -> Result<i64> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as("SELECT count(*) FROM saved_views WHERE person_id = $1")
        .bind(person).fetch_one(conn).await)?;
    Ok(count)
}

/// Forgets a view of somebody's. `None` if it is not there, or another's.
pub async fn delete(tx: &mut Tx, person: PersonId, id: SavedViewId) -> Result<Option<SavedView>> {
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(
        "DELETE FROM saved_views WHERE id = $1 AND person_id = $2 RETURNING id, group_id, name, query")
        .bind(id).bind(person).fetch_optional(conn).await)?;
    Ok(row.map(SavedView::from))
}
