//! The table of the audit log.

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::built;
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::audit::{AuditLine, Deed, Doer};
use crate::domain::ids::{AuditId, GroupId, PersonId};
use crate::domain::time::Timestamp;

/// A line with the topic of its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub line: AuditLine,
    /// Empty for what belongs to no group.
    pub topic: String,
}

#[derive(FromRow)]
struct Row {
    id: AuditId,
    at: Timestamp,
    person_id: Option<PersonId>,
    person_name: String,
    group_id: Option<GroupId>,
    what: String,
    details: Json<Value>,
    topic: String,
}

impl TryFrom<Row> for Shown {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        let json = serde_json::json!({ "what": row.what, "details": row.details.0 });
        let corrupt = |_| StoreError::Corrupt { table: "audit", column: "details" };
        Ok(Self {
            line: AuditLine {
                id: row.id,
                at: row.at,
                who: Doer { person_id: row.person_id, name: row.person_name },
                group_id: row.group_id,
                deed: serde_json::from_value::<Deed>(json).map_err(corrupt)?,
            },
            topic: row.topic,
        })
    }
}

/// Adds a line. One statement.
pub async fn insert(tx: &mut Tx, line: &AuditLine) -> Result<()> {
    let corrupt = |_| StoreError::Corrupt { table: "audit", column: "details" };
    let json = serde_json::to_value(&line.deed).map_err(corrupt)?;
    let what = json["what"].as_str().unwrap_or_default().to_owned();
    on!(tx, conn => sqlx::query(
        "INSERT INTO audit (id, at, person_id, person_name, group_id, what, details) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(line.id)
        .bind(line.at)
        .bind(line.who.person_id)
        .bind(&line.who.name)
        .bind(line.group_id)
        .bind(&what)
        .bind(Json(&json["details"]))
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// Up to `limit` lines before another one, the newest first; of one group, or all. One statement.
pub async fn list(
    tx: &mut Tx,
    group: Option<GroupId>,
    before: Option<AuditId>,
    limit: i64,
) -> Result<Vec<Shown>> {
    let before = before.unwrap_or(AuditId::from(uuid::Uuid::max()));
    let of_group = if group.is_some() { "AND a.group_id = $3" } else { "" };
    let text = format!(
        "SELECT a.id, a.at, a.person_id, a.person_name, a.group_id, a.what, a.details, coalesce(g.topic, '') AS topic
         FROM audit a LEFT JOIN groups g ON g.id = a.group_id WHERE a.id < $1 {of_group} ORDER BY a.id DESC LIMIT $2"
    );
    let rows: Vec<Row> = on!(tx, conn => {
        let query = sqlx::query_as(built(text)).bind(before).bind(limit);
        let query = if group.is_some() { query.bind(group) } else { query };
        query.fetch_all(conn).await
    })?;
    rows.into_iter().map(Shown::try_from).collect()
}
