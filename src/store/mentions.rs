//! The table of mentions: whom a message names.

use super::sql::{built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MemberId, MessageId, PersonId};

/// What the members of a group are called.
pub async fn names(tx: &mut Tx, group: GroupId) -> Result<Vec<(PersonId, String)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT p.id, p.full_name FROM members m JOIN persons p ON p.id = m.person_id WHERE m.group_id = $1
         ORDER BY p.id")
        .bind(group).fetch_all(conn).await)?)
}

/// Notes whom a message mentions. One statement, none for nobody.
pub async fn insert(tx: &mut Tx, message: MessageId, people: &[PersonId]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let text =
        format!("INSERT INTO message_mentions (message_id, person_id) VALUES {}", tuples(people.len(), 2));
    on!(tx, conn => people.iter().fold(sqlx::query(built(text)), |q, person| q.bind(message).bind(*person))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// After an edit, or when nothing is left of the message. Two statements at the most.
pub async fn replace(tx: &mut Tx, message: MessageId, people: &[PersonId]) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM message_mentions WHERE message_id = $1")
        .bind(message).execute(conn).await.map(affected))?;
    insert(tx, message, people).await
}

/// Whom a message mentions, in no order.
pub async fn list(tx: &mut Tx, message: MessageId) -> Result<Vec<PersonId>> {
    let rows: Vec<(PersonId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT person_id FROM message_mentions WHERE message_id = $1 ORDER BY person_id")
        .bind(message).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// The members among these people who may see a message and have read it or were mailed it.
pub async fn list_who_know(
    tx: &mut Tx,
    (group, seq): (GroupId, i64),
    people: &[PersonId],
) -> Result<Vec<MemberId>> {
    let text = format!(
        "SELECT id FROM members WHERE group_id = $1 AND first_seq <= $2 AND (read_seq >= $2 OR mailed_seq >= $2)
           AND person_id IN ({}) ORDER BY id",
        places(3, people.len())
    );
    let rows: Vec<(MemberId,)> = on!(tx, conn => people.iter()
        .fold(sqlx::query_as(built(text)).bind(group).bind(seq), |q, person| q.bind(*person))
        .fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(member,)| member).collect())
}
