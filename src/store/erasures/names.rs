//! Names that were written down where something was done: in columns of their own, and in JSON beside the id.

use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::erasure::FORMER;
use crate::domain::ids::{MessageId, PersonId};
use crate::store::sql::built;
use crate::store::tx::{affected, on};
use crate::store::{Result, Tx};

/// Names beside the id of who did it. Messages of a group with a legal hold stay as they are.
const BESIDE: &[&str] = &[
    "UPDATE marks SET marker_name = $2 WHERE marked_by = $1 AND marker_name <> $2",
    "UPDATE marks SET assignee_name = $2 WHERE assignee_id = $1 AND assignee_name <> $2",
    "UPDATE marks SET doer_name = $2 WHERE done_by = $1 AND doer_name <> $2",
    "UPDATE messages SET remover_name = $2 WHERE removed_by = $1 AND remover_name <> '' AND group_id NOT IN HELD",
    "UPDATE messages SET mover_name = $2 WHERE moved_by = $1 AND group_id NOT IN HELD",
];

/// Texts that quote somebody by name or address: what mail programs add to answers, hidden below a message.
const QUOTED: &str = "UPDATE messages SET quotation = '' WHERE quotation <> '' AND group_id NOT IN HELD
    AND group_id IN (SELECT group_id FROM messages WHERE author_id = $1 UNION SELECT group_id FROM members WHERE person_id = $1)
    AND lower(quotation) LIKE $2 ESCAPE '\\'";

/// Tables with JSON that may hold the id with a name beside it: table, key, column.
const JSON: &[(&str, &str, &str)] =
    &[("messages", "id", "notice"), ("messages", "id", "moved_kept"), ("mails", "id", "detail")];

/// Puts "former member" in the place of what somebody was called. `words` are their name and addresses. To be done before
/// their memberships go.
pub async fn rename(tx: &mut Tx, person: PersonId, (name, words): (&str, &[String])) -> Result<()> {
    for statement in BESIDE {
        let statement = super::text(statement);
        on!(tx, conn => sqlx::query(built(statement)).bind(person).bind(FORMER).execute(conn).await.map(affected))?;
    }
    for word in words.iter().filter(|word| word.chars().count() > 1) {
        let pattern = crate::store::sql::containing(word);
        let quoted = super::text(QUOTED);
        on!(tx, conn => sqlx::query(built(quoted)).bind(person).bind(&pattern).execute(conn).await.map(affected))?;
    }
    for place in JSON {
        rename_in(tx, person, place).await?;
    }
    rename_whole(tx, person, name).await
}

/// Where others addressed them by name (`@Name`), their name goes as well. The messages that say something else now. Three
/// statements.
pub async fn forget_mentions(tx: &mut Tx, person: PersonId, name: &str) -> Result<Vec<MessageId>> {
    const THESE: &str =
        "id IN (SELECT message_id FROM message_mentions WHERE person_id = $1) AND group_id NOT IN HELD";
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let chosen = super::text(&format!("SELECT id FROM messages WHERE {THESE}"));
    let rows: Vec<(MessageId,)> =
        on!(tx, conn => sqlx::query_as(built(chosen)).bind(person).fetch_all(conn).await)?;
    let change = super::text(&format!(
        "UPDATE messages SET markdown = replace(markdown, $2, $3), html = replace(html, $4, $5) WHERE {THESE}"
    ));
    let escaped = name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    on!(tx, conn => sqlx::query(built(change))
        .bind(person)
        .bind(format!("@{name}"))
        .bind(format!("@{FORMER}"))
        .bind(format!("\"{person}\">@<bdi>{escaped}</bdi>"))
        .bind(format!("\"{person}\">@<bdi>{FORMER}</bdi>"))
        .execute(conn).await.map(affected))?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

async fn rename_in(tx: &mut Tx, person: PersonId, (table, key, column): &(&str, &str, &str)) -> Result<()> {
    let held = if *table == "messages" { "AND group_id NOT IN HELD" } else { "" };
    let found = super::text(&format!(
        "SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL AND CAST({column} AS TEXT) LIKE $1 {held}"
    ));
    let pattern = format!("%{person}%");
    let rows: Vec<(Uuid, Json<Value>)> =
        on!(tx, conn => sqlx::query_as(built(found)).bind(&pattern).fetch_all(conn).await)?;
    let id = person.to_string();
    for (row, Json(mut json)) in rows {
        if forget(&mut json, &id) {
            let change = format!("UPDATE {table} SET {column} = $2 WHERE {key} = $1");
            on!(tx, conn => sqlx::query(built(change)).bind(row).bind(Json(&json)).execute(conn).await.map(affected))?;
        }
    }
    Ok(())
}

/// Tables with JSON that holds names alone: table, column, which rows.
const WHOLE: &[(&str, &str, &str)] = &[
    ("directory_syncs", "outcome", "TRUE"),
    ("ledger_steps", "step", "TRUE"),
    ("mails", "detail", "outcome = 'dropped'"),
];

/// Documents of shares, steps of mails and the reports of directories hold names without ids: the whole name, where it stands alone.
async fn rename_whole(tx: &mut Tx, person: PersonId, name: &str) -> Result<()> {
    let (before, after) = (quoted(name), quoted(FORMER));
    if name.is_empty() {
        return Ok(());
    }
    let kind = if tx.is_postgres() { "JSONB" } else { "TEXT" };
    let shares = super::text(&format!(
        "UPDATE share_versions SET document = CAST(replace(CAST(document AS TEXT), $2, $3) AS {kind})
         WHERE share_id IN (SELECT s.share_id FROM share_messages s JOIN messages m ON m.id = s.message_id
             WHERE m.author_id = $1 AND m.group_id NOT IN HELD)"
    ));
    on!(tx, conn => sqlx::query(built(shares)).bind(person).bind(&before).bind(&after).execute(conn).await.map(affected))?;
    let pattern = crate::store::sql::containing(name);
    let pattern = if tx.is_postgres() { "%".to_owned() } else { pattern };
    for (table, column, those) in WHOLE {
        let change = format!(
            "UPDATE {table} SET {column} = CAST(replace(CAST({column} AS TEXT), $1, $2) AS {kind})
             WHERE {those} AND CAST({column} AS TEXT) LIKE $3 ESCAPE '\\'"
        );
        on!(tx, conn => sqlx::query(built(change)).bind(&before).bind(&after).bind(&pattern).execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// As a text stands in JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Replaces the name in each object that has this id. Whether there was one.
pub(super) fn forget(json: &mut Value, id: &str) -> bool {
    match json {
        Value::Object(fields) => {
            let is_theirs = fields.values().any(|value| value.as_str() == Some(id));
            let mut changed = false;
            if is_theirs
                && let Some(name) = fields.get_mut("name").filter(|name| name.as_str() != Some(FORMER))
            {
                *name = FORMER.into();
                changed = true;
            }
            for value in fields.values_mut() {
                changed |= forget(value, id);
            }
            changed
        }
        Value::Array(all) => {
            let mut changed = false;
            for value in all {
                changed |= forget(value, id);
            }
            changed
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_where_the_id_stands_beside_it() {
        let mut json = serde_json::json!({
            "people": [{ "id": "a", "name": "Anna" }, { "id": "b", "name": "Wang" }],
            "by": "a",
        });
        assert!(forget(&mut json, "b"));
        assert_eq!(json["people"][0]["name"], "Anna");
        assert_eq!(json["people"][1]["name"], FORMER);
        assert!(!forget(&mut json, "b"), "twice is once");
    }
}
