//! Each address of the ledger once, so that a part of one is looked for among the addresses and not among the mails.

use std::collections::BTreeSet;

use super::sql::{ROWS, built, containing, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};

/// Adds addresses, as their keys; those that are known stay. One statement.
pub async fn add(tx: &mut Tx, keys: &[String]) -> Result<()> {
    // In one order, or two that add the same would wait for each other.
    let keys: BTreeSet<&String> = keys.iter().filter(|key| !key.is_empty()).collect();
    let keys: Vec<&String> = keys.into_iter().collect();
    for part in keys.chunks(ROWS) {
        let text = format!(
            "INSERT INTO ledger_addresses (address_key) VALUES {} ON CONFLICT (address_key) DO NOTHING",
            tuples(part.len(), 1)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, key| q.bind(key.as_str()))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// Up to `limit` addresses with this part. One statement, which looks at each address once.
pub async fn containing_part(tx: &mut Tx, part: &str, limit: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT address_key FROM ledger_addresses WHERE address_key LIKE $1 ESCAPE '\\' LIMIT $2")
        .bind(containing(part)).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}
