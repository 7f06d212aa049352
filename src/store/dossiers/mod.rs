//! The table of files with all that is known of one person; what goes into them is in `sections`.

mod sections;

use sqlx::FromRow;

pub use sections::{NAMES, columns, files, section};

use super::sql::{built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::dossier::Dossier;
use crate::domain::export::{ExportProblem, ExportState};
use crate::domain::ids::{ExportId, PersonId};
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct Row {
    id: ExportId,
    person_id: PersonId,
    asked_by: PersonId,
    language: Language,
    state: ExportState,
    size: Option<i64>,
    problem: Option<ExportProblem>,
    asked_at: Timestamp,
    finished_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "id, person_id, asked_by, language, state, size, problem, asked_at, finished_at, expires_at";

impl From<Row> for Dossier {
    fn from(row: Row) -> Self {
        let Row {
            id,
            person_id,
            asked_by,
            language,
            state,
            size,
            problem,
            asked_at,
            finished_at,
            expires_at,
        } = row;
        Self { id, person_id, asked_by, language, state, size, problem, asked_at, finished_at, expires_at }
    }
}

/// One statement.
pub async fn insert(tx: &mut Tx, dossier: &Dossier) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO person_exports (id, person_id, asked_by, language, state, asked_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(dossier.id)
        .bind(dossier.person_id)
        .bind(dossier.asked_by)
        .bind(dossier.language)
        .bind(dossier.state)
        .bind(dossier.asked_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// One statement.
pub async fn find(tx: &mut Tx, id: ExportId) -> Result<Option<Dossier>> {
    let text = format!("SELECT {COLUMNS} FROM person_exports WHERE id = $1");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(Dossier::from))
}

/// What somebody asked to have of a person, the newest first. One statement.
pub async fn list(tx: &mut Tx, person: PersonId, asked_by: PersonId) -> Result<Vec<Dossier>> {
    let text = format!(
        "SELECT {COLUMNS} FROM person_exports WHERE person_id = $1 AND asked_by = $2 ORDER BY asked_at DESC, id DESC"
    );
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(person).bind(asked_by).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Dossier::from).collect())
}

/// Writes back how it ended. Whether it is still there.
pub async fn update(tx: &mut Tx, dossier: &Dossier) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query(
        "UPDATE person_exports SET state = $2, size = $3, problem = $4, finished_at = $5, expires_at = $6 WHERE id = $1")
        .bind(dossier.id)
        .bind(dossier.state)
        .bind(dossier.size)
        .bind(dossier.problem)
        .bind(dossier.finished_at)
        .bind(dossier.expires_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(changed == 1)
}

pub async fn delete(tx: &mut Tx, ids: &[ExportId]) -> Result<()> {
    let text = format!("DELETE FROM person_exports WHERE id IN ({})", places(1, ids.len()));
    on!(tx, conn => ids.iter().fold(sqlx::query(built(text)), |q, id| q.bind(*id)).execute(conn).await.map(affected))?;
    Ok(())
}

/// Up to `limit` whose time is over.
pub async fn list_expired(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<ExportId>> {
    let rows: Vec<(ExportId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT id FROM person_exports WHERE expires_at IS NOT NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2")
        .bind(now).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
