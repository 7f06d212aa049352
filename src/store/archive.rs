//! The table of how far groups are archived.

use sqlx::FromRow;

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::GroupId;

/// How far a group is archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Archived {
    pub group_id: GroupId,
    /// The last message that is there.
    pub last_seq: i64,
    /// The last change that was looked at.
    pub last_change: i64,
    /// The last message that was begun with; never below `last_seq`.
    pub tried_seq: i64,
}

/// Up to `limit` groups in which something was said or changed since. One statement.
pub async fn list_behind(tx: &mut Tx, limit: i64) -> Result<Vec<Archived>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT g.id AS group_id, COALESCE(a.last_seq, 0) AS last_seq, COALESCE(a.last_change, 0) AS last_change,
                COALESCE(a.tried_seq, 0) AS tried_seq
         FROM groups g LEFT JOIN archived_groups a ON a.group_id = g.id
         WHERE g.last_seq > COALESCE(a.last_seq, 0) OR g.last_change > COALESCE(a.last_change, 0)
         ORDER BY g.id LIMIT $1")
        .bind(limit).fetch_all(conn).await)?)
}

/// Notes how far a group is.
pub async fn put(tx: &mut Tx, archived: &Archived) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO archived_groups (group_id, last_seq, last_change, tried_seq) VALUES ($1, $2, $3, $4)
         ON CONFLICT (group_id) DO UPDATE SET last_seq = excluded.last_seq,
            last_change = excluded.last_change, tried_seq = excluded.tried_seq")
        .bind(archived.group_id)
        .bind(archived.last_seq)
        .bind(archived.last_change)
        .bind(archived.tried_seq)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}
