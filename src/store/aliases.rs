//! Other names of our mails: Message-IDs that relays gave them.

use super::sql::{built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{DeliveryId, GroupId};
use crate::mail::aliases::canonical;

/// Notes that mails which answer this id belong to a group, and of which mail of ours it is another name, if that is
/// known. Known ids stay what they are.
pub async fn add(tx: &mut Tx, group: GroupId, (alias, of): (&str, Option<&str>)) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO group_message_ids (message_id, group_id, alias_of) VALUES ($1, $2, $3) ON CONFLICT (message_id) DO NOTHING")
        .bind(canonical(alias)).bind(group).bind(of).execute(conn).await.map(affected))?;
    Ok(())
}

/// The same for a mail that goes out. Nothing if it has no group, or if this is its own id.
pub async fn add_of_delivery(tx: &mut Tx, delivery: DeliveryId, alias: &str) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO group_message_ids (message_id, group_id, alias_of)
         SELECT CAST($2 AS TEXT), group_id, message_id FROM deliveries
         WHERE id = $1 AND group_id IS NOT NULL AND message_id <> $2
         ON CONFLICT (message_id) DO NOTHING")
        .bind(delivery).bind(canonical(alias)).execute(conn).await.map(affected))?;
    Ok(())
}

/// These ids, those that are other names of our mails by the names that we gave them.
pub async fn our_names(tx: &mut Tx, message_ids: &[String]) -> Result<Vec<String>> {
    if message_ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT message_id, alias_of FROM group_message_ids WHERE alias_of IS NOT NULL AND message_id IN ({})",
        places(1, message_ids.len())
    );
    let rows: Vec<(String, String)> = on!(tx, conn => message_ids.iter()
        .fold(sqlx::query_as(built(text)), |q, id| q.bind(canonical(id))).fetch_all(conn).await)?;
    let named = message_ids.iter().map(|id| {
        let found = rows.iter().find(|(alias, _)| *alias == canonical(id));
        found.map_or(id, |(_, name)| name).clone()
    });
    Ok(named.collect())
}
