//! The table of steps: what happened to the mails of the ledger.

use sqlx::FromRow;
use sqlx::types::Json;

use super::sql::{ROWS, built, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{DeliveryId, MailId, StepId};
use crate::domain::ledger_step::{LedgerStep, StepAt};
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct Row {
    at: Timestamp,
    mail_id: Option<MailId>,
    delivery_id: Option<DeliveryId>,
    step: Json<LedgerStep>,
}

/// Adds steps. One statement, none for none.
pub async fn add(tx: &mut Tx, steps: &[(StepId, StepAt)]) -> Result<()> {
    for part in steps.chunks(ROWS) {
        let text = format!(
            "INSERT INTO ledger_steps (id, at, mail_id, delivery_id, step) VALUES {}",
            tuples(part.len(), 5)
        );
        on!(tx, conn => part.iter()
            .fold(sqlx::query(built(text)), |q, (id, new)| {
                q.bind(*id).bind(new.at).bind(new.mail).bind(new.delivery).bind(Json(&new.step))
            })
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The first `limit` steps of a mail in.
pub async fn of_mail(tx: &mut Tx, mail: MailId, limit: i64) -> Result<Vec<StepAt>> {
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT at, mail_id, delivery_id, step FROM ledger_steps WHERE mail_id = $1 ORDER BY at, id LIMIT $2")
        .bind(mail).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(step).collect())
}

/// The first `limit` steps of a mail out.
pub async fn of_delivery(tx: &mut Tx, delivery: DeliveryId, limit: i64) -> Result<Vec<StepAt>> {
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT at, mail_id, delivery_id, step FROM ledger_steps WHERE delivery_id = $1 ORDER BY at, id LIMIT $2")
        .bind(delivery).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(step).collect())
}

fn step(row: Row) -> StepAt {
    StepAt { at: row.at, mail: row.mail_id, delivery: row.delivery_id, step: row.step.0 }
}
