//! Rows that are a person's, and lines that name an address of theirs.

use super::text;
use crate::domain::erasure::{FORMER, NO_ADDRESS};
use crate::domain::ids::{PersonId, ShareReceiverId};
use crate::domain::time::Timestamp;
use crate::store::sql::built;
use crate::store::tx::{affected, on};
use crate::store::{Result, Tx, photos};

/// What the ledger says of a mail that was to go to somebody who is not there any more.
const WITHDRAWN: &str = "The receiver was erased before this was sent.";

/// What is theirs alone, and what ties others' things to them. The person's own row is last.
const OWN: &[&str] = &[
    "DELETE FROM push_subscriptions WHERE person_id = $1",
    "DELETE FROM sessions WHERE person_id = $1",
    "DELETE FROM accounts WHERE person_id = $1",
    "DELETE FROM identities WHERE person_id = $1",
    "DELETE FROM browsers WHERE person_id = $1",
    "DELETE FROM links WHERE person_id = $1",
    "DELETE FROM cadence_links WHERE person_id = $1",
    "DELETE FROM statuses WHERE person_id = $1",
    "DELETE FROM unsent_texts WHERE person_id = $1",
    "DELETE FROM saved_views WHERE person_id = $1",
    "DELETE FROM uploads WHERE person_id = $1",
    "DELETE FROM exports WHERE person_id = $1",
    "DELETE FROM person_exports WHERE person_id = $1 OR asked_by = $1",
    "DELETE FROM directory_imports WHERE person_id = $1",
    "DELETE FROM directory_entries WHERE person_id = $1",
    "DELETE FROM receipts WHERE person_id = $1",
    "DELETE FROM reactions WHERE person_id = $1",
    "DELETE FROM message_mentions WHERE person_id = $1",
    "DELETE FROM share_views WHERE person_id = $1",
    "DELETE FROM draft_members WHERE person_id = $1",
    "DELETE FROM members WHERE person_id = $1",
    "DELETE FROM former_members WHERE person_id = $1",
    "UPDATE drafts SET state = 'discarded', opening = '' WHERE owner_id = $1 AND state = 'open'",
    "UPDATE drafts SET lease_holder = NULL, lease_page = NULL, lease_until = NULL WHERE lease_holder = $1",
    "UPDATE drafts SET lease_wanted_by = NULL WHERE lease_wanted_by = $1",
    "UPDATE mails SET token_person = NULL WHERE token_person = $1",
    "DELETE FROM address_claims WHERE person_id = $1",
    "DELETE FROM person_phones WHERE person_id = $1",
    "DELETE FROM person_addresses WHERE person_id = $1",
];

/// What is found by an address of theirs; before the addresses go.
const BY_ADDRESS: &[&str] = &[
    "DELETE FROM address_troubles WHERE address_key IN MINE",
    "DELETE FROM asks WHERE lower(address) IN MINE",
    "DELETE FROM proposals WHERE address IN MINE",
    "DELETE FROM thread_participants WHERE address_key IN MINE",
    "DELETE FROM ledger_addresses WHERE address_key IN MINE",
    // Servers' words about their mails name them.
    "DELETE FROM ledger_steps WHERE delivery_id IN (SELECT id FROM deliveries WHERE person_id = $1 OR lower(address) IN MINE)",
];

/// Distribution lists name somebody by an address or by their place in the directory: neither stays. One statement, and one for each
/// name of theirs.
async fn leave_lists(tx: &mut Tx, person: PersonId) -> Result<()> {
    let names: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT address_key FROM person_addresses WHERE person_id = $1
         UNION SELECT address FROM person_addresses WHERE person_id = $1
         UNION SELECT locator_key FROM directory_entries WHERE person_id = $1 AND locator_key <> ''")
        .bind(person).fetch_all(conn).await)?;
    let kind = if tx.is_postgres() { "JSONB" } else { "TEXT" };
    let change = format!(
        "UPDATE directory_lists SET members = CAST(replace(CAST(members AS TEXT), $1, $2) AS {kind})"
    );
    for (name,) in names {
        let named = serde_json::Value::from(name).to_string();
        on!(tx, conn => sqlx::query(built(change.clone()))
            .bind(&named).bind(format!("\"{NO_ADDRESS}\"")).execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// Takes everything out that is a person's own, and leaves a row that says nothing. One statement for each table, and one for each
/// photo, which stays only where somebody else has it.
pub async fn erase_person(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<()> {
    leave_lists(tx, person).await?;
    let photos = photos::list_of(tx, person).await?;
    for statement in OWN {
        on!(tx, conn => sqlx::query(*statement).bind(person).execute(conn).await.map(affected))?;
    }
    on!(tx, conn => sqlx::query(
        "UPDATE persons SET full_name = $2, department = '', position = '', origin = 'learnt', search_text = '', photo = NULL,
             departed_at = $3, updated_at = $3 WHERE id = $1")
        .bind(person).bind(FORMER).bind(now).execute(conn).await.map(affected))?;
    for photo in &photos {
        photos::forget(tx, photo).await?;
    }
    Ok(())
}

/// Lines that name an address of theirs keep their place without it; mails that wait for them are given up. `name` is what
/// they were called. To be done before their addresses go.
pub async fn erase_addresses(tx: &mut Tx, person: PersonId, name: &str, now: Timestamp) -> Result<()> {
    forget_in_threads(tx, person, name).await?;
    for statement in BY_ADDRESS {
        on!(tx, conn => sqlx::query(built(text(statement))).bind(person).execute(conn).await.map(affected))?;
    }
    // What a server said may name the address.
    let deliveries = text(
        "UPDATE deliveries SET address = $2, address_key = '', raw = NULL, updated_at = $3,
             last_reply = CASE WHEN state = 'waiting' THEN $4 ELSE '' END,
             state = CASE WHEN state = 'waiting' THEN 'failed' ELSE state END
         WHERE person_id = $1 OR lower(address) IN MINE",
    );
    on!(tx, conn => sqlx::query(built(deliveries))
        .bind(person).bind(NO_ADDRESS).bind(now).bind(WITHDRAWN).execute(conn).await.map(affected))?;
    let answers = text("UPDATE share_answers SET writer = $2, address = $3 WHERE lower(address) IN MINE");
    on!(tx, conn => sqlx::query(built(answers))
        .bind(person).bind(FORMER).bind(NO_ADDRESS).execute(conn).await.map(affected))?;
    let receivers = text("SELECT id FROM share_receivers WHERE person_id = $1 OR lower(address) IN MINE");
    let receivers: Vec<(ShareReceiverId,)> =
        on!(tx, conn => sqlx::query_as(built(receivers)).bind(person).fetch_all(conn).await)?;
    for (receiver,) in receivers {
        // One share has an address once.
        on!(tx, conn => sqlx::query("UPDATE share_receivers SET name = $2, address = $3 WHERE id = $1")
            .bind(receiver).bind(FORMER).bind(format!("erased.{receiver}@erased.invalid"))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The search text of a thread has the names and addresses of who is in it.
async fn forget_in_threads(tx: &mut Tx, person: PersonId, name: &str) -> Result<()> {
    let addresses = text("SELECT address_key FROM person_addresses WHERE address_key IN MINE");
    let rows: Vec<(String,)> =
        on!(tx, conn => sqlx::query_as(built(addresses)).bind(person).fetch_all(conn).await)?;
    let words = rows.into_iter().map(|(address,)| address).chain([name.to_lowercase()]);
    for word in words.filter(|word| !word.is_empty()) {
        let change = text(
            "UPDATE threads SET search_text = replace(search_text, $2, '')
             WHERE id IN (SELECT thread_id FROM thread_participants WHERE address_key IN MINE)",
        );
        on!(tx, conn => sqlx::query(built(change)).bind(person).bind(&word).execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The bytes of the mails they sent go; the lines stay without sender and subject. Those that became messages of a group
/// with a legal hold stay. Three statements.
pub async fn erase_mails(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<()> {
    const THEIRS: &str = "erased_at IS NULL
        AND (sender IN MINE OR id IN (SELECT mail_id FROM messages WHERE author_id = $1 AND mail_id IS NOT NULL))
        AND id NOT IN (SELECT mail_id FROM messages WHERE mail_id IS NOT NULL AND group_id IN HELD)";
    let noted = text(&format!(
        "INSERT INTO removed_contents (digest, removed_at) SELECT digest, $2 FROM mails WHERE {THEIRS}
         ON CONFLICT (digest) DO UPDATE SET removed_at = excluded.removed_at"
    ));
    on!(tx, conn => sqlx::query(built(noted)).bind(person).bind(now).execute(conn).await.map(affected))?;
    let lines = text(&format!("UPDATE mails SET sender = '', subject = '', erased_at = $2 WHERE {THEIRS}"));
    on!(tx, conn => sqlx::query(built(lines)).bind(person).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}
