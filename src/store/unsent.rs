//! The table of unsent texts: what somebody has typed in a group and not sent yet.

use sqlx::FromRow;

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MessageId, PersonId};
use crate::domain::time::Timestamp;

/// The newest text of a person in a group, from whichever device.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Unsent {
    pub markdown: String,
    /// The message it answers.
    pub answers: Option<MessageId>,
    pub updated_at: Timestamp,
}

pub async fn find(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<Option<Unsent>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT markdown, answers, updated_at FROM unsent_texts WHERE person_id = $1 AND group_id = $2")
        .bind(person).bind(group).fetch_optional(conn).await)?)
}

/// Keeps a text in the place of the one before.
pub async fn keep(tx: &mut Tx, group: GroupId, person: PersonId, text: &Unsent) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO unsent_texts (person_id, group_id, markdown, answers, updated_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (person_id, group_id) DO UPDATE
           SET markdown = excluded.markdown, answers = excluded.answers, updated_at = excluded.updated_at")
        .bind(person).bind(group).bind(&text.markdown).bind(text.answers).bind(text.updated_at).execute(conn).await.map(affected))?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, group: GroupId, person: PersonId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM unsent_texts WHERE person_id = $1 AND group_id = $2")
        .bind(person).bind(group).execute(conn).await.map(affected))?;
    Ok(())
}
