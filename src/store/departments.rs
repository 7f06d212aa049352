//! Departments: there is no table of them, they are what people's entries say.

use super::sql::{built, places};
use super::{Result, Tx, tx::on};
use crate::domain::ids::PersonId;

/// So many departments are looked through; nobody has more.
const MOST: i64 = 5_000;

/// The departments of those who are here, each once. Goes through the index from one to the next: it costs as many steps as
/// there are departments, however many people they have.
pub async fn list(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "WITH RECURSIVE found (name) AS (
           SELECT (SELECT department FROM persons WHERE departed_at IS NULL AND department <> ''
                   ORDER BY department LIMIT 1)
           UNION ALL
           SELECT (SELECT department FROM persons
                   WHERE departed_at IS NULL AND department <> '' AND department > found.name
                   ORDER BY department LIMIT 1)
           FROM found WHERE found.name IS NOT NULL)
         SELECT name FROM found WHERE name IS NOT NULL LIMIT $1")
        .bind(MOST).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// How many people are in each of some departments.
pub async fn counts(tx: &mut Tx, names: &[String]) -> Result<Vec<(String, i64)>> {
    let text = format!(
        "SELECT department, count(*) FROM persons
         WHERE departed_at IS NULL AND department <> '' AND department IN ({}) GROUP BY department",
        places(1, names.len())
    );
    Ok(on!(tx, conn => names.iter().fold(sqlx::query_as(built(text)), |q, name| q.bind(name))
        .fetch_all(conn).await)?)
}

/// Who is in any of some departments, `limit` of them at most.
pub async fn people(tx: &mut Tx, names: &[String], limit: i64) -> Result<Vec<PersonId>> {
    let text = format!(
        "SELECT id FROM persons WHERE departed_at IS NULL AND department <> '' AND department IN ({}) LIMIT ${}",
        places(1, names.len()),
        names.len() + 1
    );
    let rows: Vec<(PersonId,)> = on!(tx, conn => names.iter()
        .fold(sqlx::query_as(built(text)), |q, name| q.bind(name)).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
