//! Who looked at a share, and how often.

use crate::domain::ids::{PersonId, ShareId};
use crate::domain::time::Timestamp;
use crate::store::tx::{affected, on};
use crate::store::{Result, Tx};

/// Counts one more look.
pub async fn count(tx: &mut Tx, share: ShareId) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE shares SET views = views + 1 WHERE id = $1")
        .bind(share).execute(conn).await.map(affected))?;
    Ok(())
}

/// Notes a look of somebody who is known. When they looked before, if they did. Two statements.
pub async fn note(
    tx: &mut Tx,
    (share, person): (ShareId, PersonId),
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let before: Option<(Timestamp,)> = on!(tx, conn => sqlx::query_as(
        "SELECT last_at FROM share_views WHERE share_id = $1 AND person_id = $2")
        .bind(share).bind(person).fetch_optional(conn).await)?;
    on!(tx, conn => sqlx::query(
        "INSERT INTO share_views (share_id, person_id, first_at, last_at, views) VALUES ($1, $2, $3, $3, 1)
         ON CONFLICT (share_id, person_id) DO UPDATE SET last_at = excluded.last_at, views = share_views.views + 1")
        .bind(share).bind(person).bind(now).execute(conn).await.map(affected))?;
    Ok(before.map(|(at,)| at))
}

/// Somebody who looked at it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Viewed {
    pub person_id: PersonId,
    pub name: String,
    pub last_at: Timestamp,
    pub views: i64,
}

/// Up to `limit` of those who looked, the last one first.
pub async fn list(tx: &mut Tx, share: ShareId, limit: i64) -> Result<Vec<Viewed>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT v.person_id, p.full_name AS name, v.last_at, v.views FROM share_views v JOIN persons p ON p.id = v.person_id
         WHERE v.share_id = $1 ORDER BY v.last_at DESC, v.person_id LIMIT $2")
        .bind(share).bind(limit).fetch_all(conn).await)?)
}
