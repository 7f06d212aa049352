//! What is taken away of somebody who is erased, table by table.

mod names;
mod rows;

pub use names::{forget_mentions, rename};
pub use rows::{erase_addresses, erase_mails, erase_person};

use crate::domain::digest::Digest;
use crate::domain::erasure::{Counts, Erasure, FORMER};
use crate::domain::ids::{GroupId, MessageId, PersonId};
use crate::domain::time::Timestamp;
use crate::store::sql::{ROWS, built, places, tuples};
use crate::store::tx::{affected, on};
use crate::store::{Result, Tx};

/// In place of `MINE`: the addresses that are this person's, as they are compared.
const MINE: &str = "(SELECT address_key FROM person_addresses WHERE person_id = $1
    UNION SELECT address_key FROM address_claims WHERE person_id = $1 AND state = 'accepted')";

/// In place of `HELD`: groups whose messages stay.
const HELD: &str = "(SELECT id FROM groups WHERE held_at IS NOT NULL)";

fn text(sql: &str) -> String {
    sql.replace("MINE", MINE).replace("HELD", HELD)
}

/// What is known of somebody. One statement.
pub async fn counts(tx: &mut Tx, person: PersonId) -> Result<Counts> {
    let text = text(
        "SELECT (SELECT count(*) FROM sessions WHERE person_id = $1) AS sessions,
            (SELECT count(*) FROM members WHERE person_id = $1) AS groups,
            (SELECT count(*) FROM messages WHERE author_id = $1 AND notice IS NULL AND removed_at IS NULL) AS messages,
            (SELECT count(*) FROM message_files u JOIN messages m ON m.id = u.message_id WHERE m.author_id = $1) AS files,
            (SELECT count(*) FROM mails WHERE sender IN MINE) AS mails_in,
            (SELECT count(*) FROM deliveries WHERE person_id = $1) AS mails_out,
            (SELECT count(*) FROM deliveries WHERE person_id = $1 AND state = 'waiting') AS waiting,
            (SELECT count(*) FROM messages WHERE author_id = $1 AND notice IS NULL AND removed_at IS NULL
                AND group_id IN HELD) AS held",
    );
    Ok(on!(tx, conn => sqlx::query_as(built(text)).bind(person).fetch_one(conn).await)?)
}

/// The topics of groups with a legal hold in which somebody wrote. One statement.
pub async fn held_topics(tx: &mut Tx, person: PersonId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "SELECT topic FROM groups WHERE held_at IS NOT NULL AND id IN (SELECT group_id FROM messages WHERE author_id = $1)
         ORDER BY topic LIMIT 100").bind(person).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(topic,)| topic).collect())
}

/// Whether somebody was erased, and how. One statement.
pub async fn find(tx: &mut Tx, person: PersonId) -> Result<Option<Erasure>> {
    let row: Option<(bool,)> = on!(tx, conn => sqlx::query_as("SELECT texts FROM erasures WHERE person_id = $1")
        .bind(person).fetch_optional(conn).await)?;
    Ok(row.map(|(texts,)| Erasure { person, texts }))
}

/// Notes that somebody is to be erased; what was wanted before is never taken back. One statement.
pub async fn note(tx: &mut Tx, erasure: Erasure, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "INSERT INTO erasures (person_id, texts, asked_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET texts = erasures.texts OR excluded.texts, done_at = NULL")
        .bind(erasure.person).bind(erasure.texts).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

pub async fn done(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE erasures SET done_at = $2 WHERE person_id = $1")
        .bind(person).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// Who was erased and has messages in a group with their name still: a hold had kept them. One statement.
pub async fn list_kept(tx: &mut Tx, group: GroupId) -> Result<Vec<PersonId>> {
    let rows: Vec<(PersonId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT e.person_id FROM erasures e
         WHERE EXISTS (SELECT 1 FROM messages m WHERE m.author_id = e.person_id AND m.group_id = $1)")
        .bind(group).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// Up to `limit` messages and notices of somebody with something to be taken out: their name or, with `texts`, what they
/// say. What a hold keeps is left out. One statement.
pub async fn list_messages(tx: &mut Tx, erasure: Erasure, limit: i64) -> Result<Vec<MessageId>> {
    let text = text(
        "SELECT id FROM messages WHERE author_id = $1 AND group_id NOT IN HELD
           AND (author_name <> $2 OR signature <> '' OR ($3 AND removed_at IS NULL AND notice IS NULL))
         ORDER BY id LIMIT $4",
    );
    let rows: Vec<(MessageId,)> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(erasure.person).bind(FORMER).bind(erasure.texts).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Messages say no more who wrote them. One statement.
pub async fn forget_author(tx: &mut Tx, messages: &[MessageId]) -> Result<()> {
    for part in messages.chunks(ROWS) {
        let text = format!(
            "UPDATE messages SET author_name = $1, signature = '' WHERE id IN ({})",
            places(2, part.len())
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)).bind(FORMER), |q, id| q.bind(*id))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// Directories must not bring these back. One statement.
pub async fn keep_out(tx: &mut Tx, fingerprints: &[Digest], now: Timestamp) -> Result<()> {
    if fingerprints.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO erased_addresses (fingerprint, erased_at) VALUES {} ON CONFLICT (fingerprint) DO NOTHING",
        tuples(fingerprints.len(), 2)
    );
    on!(tx, conn => fingerprints.iter().fold(sqlx::query(built(text)), |q, one| q.bind(one.as_bytes()).bind(now))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// Which of these must not come back. One statement for up to 2,000.
pub async fn kept_out(tx: &mut Tx, fingerprints: &[Digest]) -> Result<Vec<Digest>> {
    let mut found = Vec::new();
    for part in fingerprints.chunks(ROWS) {
        let text = format!(
            "SELECT fingerprint FROM erased_addresses WHERE fingerprint IN ({})",
            places(1, part.len())
        );
        let rows: Vec<(Vec<u8>,)> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)), |q, one| q.bind(one.as_bytes())).fetch_all(conn).await)?;
        found.extend(rows.into_iter().filter_map(|(bytes,)| Digest::from_bytes(&bytes)));
    }
    Ok(found)
}

/// They may come back. Whether they were kept out. One statement.
pub async fn let_in(tx: &mut Tx, fingerprint: &Digest) -> Result<bool> {
    let gone = on!(tx, conn => sqlx::query("DELETE FROM erased_addresses WHERE fingerprint = $1")
        .bind(fingerprint.as_bytes()).execute(conn).await.map(affected))?;
    Ok(gone > 0)
}
