//! The table of the audit log.

use serde_json::Value;
use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::built;
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::audit::{AuditLine, Deed, Doer, Whence};
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
    whence: String,
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
                who: Doer {
                    person_id: row.person_id,
                    name: row.person_name,
                    whence: Whence::of_text(&row.whence),
                },
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
        "INSERT INTO audit (id, at, person_id, person_name, group_id, what, details, whence)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(line.id)
        .bind(line.at)
        .bind(line.who.person_id)
        .bind(&line.who.name)
        .bind(line.group_id)
        .bind(&what)
        .bind(Json(&json["details"]))
        .bind(line.who.whence.as_text())
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
        "SELECT a.id, a.at, a.person_id, a.person_name, a.group_id, a.what, a.details, a.whence, coalesce(g.topic, '') AS topic
         FROM audit a LEFT JOIN groups g ON g.id = a.group_id WHERE a.id < $1 {of_group} ORDER BY a.id DESC LIMIT $2"
    );
    let rows: Vec<Row> = on!(tx, conn => {
        let query = sqlx::query_as(built(text)).bind(before).bind(limit);
        let query = if group.is_some() { query.bind(group) } else { query };
        query.fetch_all(conn).await
    })?;
    rows.into_iter().map(Shown::try_from).collect()
}

/// Up to `limit` lines after another one, the oldest first. One statement.
pub async fn list_after(tx: &mut Tx, after: Option<AuditId>, limit: i64) -> Result<Vec<Shown>> {
    let after = after.unwrap_or(AuditId::from(uuid::Uuid::nil()));
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT a.id, a.at, a.person_id, a.person_name, a.group_id, a.what, a.details, a.whence, coalesce(g.topic, '') AS topic
         FROM audit a LEFT JOIN groups g ON g.id = a.group_id WHERE a.id > $1 ORDER BY a.id LIMIT $2")
        .bind(after).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(Shown::try_from).collect()
}

/// Lets the database take out of the log what it keeps otherwise, until [`shut`] in the same transaction.
async fn open(tx: &mut Tx, what_for: &'static str, before: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("INSERT INTO audit_gate (opened_for, before) VALUES ($1, $2)")
        .bind(what_for).bind(before).execute(conn).await.map(affected))?;
    Ok(())
}

async fn shut(tx: &mut Tx) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM audit_gate").execute(conn).await.map(affected))?;
    Ok(())
}

/// Forgets up to `limit` lines from before a time. How many. Three statements.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    open(tx, "retention", before).await?;
    let gone = on!(tx, conn => sqlx::query(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY id LIMIT $2)")
        .bind(before).bind(limit).execute(conn).await.map(affected))?;
    shut(tx).await?;
    Ok(gone)
}

/// Takes somebody's name, and from where they came, out of the log: what they did stays with their id. Three statements, and
/// one for each line that names them as the one it was done to.
pub async fn forget_name(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<()> {
    open(tx, "erasure", now).await?;
    on!(tx, conn => sqlx::query("UPDATE audit SET person_name = '', whence = '' WHERE person_id = $1")
        .bind(person).execute(conn).await.map(affected))?;
    let named: Vec<(AuditId, Json<Value>)> = on!(tx, conn => sqlx::query_as(
        "SELECT id, details FROM audit WHERE what IN ('right_given', 'right_withdrawn', 'identities_forgotten')
           AND CAST(details AS TEXT) LIKE $1")
        .bind(format!("%{person}%")).fetch_all(conn).await)?;
    for (id, Json(mut details)) in named {
        details["name"] = "".into();
        on!(tx, conn => sqlx::query("UPDATE audit SET details = $2 WHERE id = $1")
            .bind(id).bind(Json(&details)).execute(conn).await.map(affected))?;
    }
    shut(tx).await
}
