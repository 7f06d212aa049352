//! How long a group's messages are kept, which are too old, and what goes with them.

use sqlx::FromRow;

use super::sql::{built, places};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MessageId, PersonId};
use crate::domain::retention::{DAY, Hold, Keeping};
use crate::domain::time::Timestamp;

#[derive(FromRow)]
struct Row {
    held_at: Option<Timestamp>,
    held_why: String,
    keep_days: Option<i64>,
}

/// What a group has; what the house wants is not in it. One statement.
pub async fn find(tx: &mut Tx, group: GroupId) -> Result<Keeping> {
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT held_at, held_why, keep_days FROM groups WHERE id = $1").bind(group).fetch_optional(conn).await)?;
    Ok(row.map_or_else(Keeping::default, |row| Keeping {
        hold: row.held_at.map(|since| Hold { since, why: row.held_why }),
        own: row.keep_days,
        house: None,
    }))
}

/// Whether a hold keeps everything of a group. One statement.
pub async fn is_held(tx: &mut Tx, group: GroupId) -> Result<bool> {
    Ok(find(tx, group).await?.hold.is_some())
}

pub async fn set_days(tx: &mut Tx, group: GroupId, days: Option<i64>) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE groups SET keep_days = $2 WHERE id = $1")
        .bind(group).bind(days).execute(conn).await.map(affected))?;
    Ok(())
}

/// Sets a hold, or lifts it. Whether that changed anything.
pub async fn set_hold(
    tx: &mut Tx,
    group: GroupId,
    (hold, by): (Option<&Hold>, Option<PersonId>),
) -> Result<bool> {
    let changed = on!(tx, conn => sqlx::query(
        "UPDATE groups SET held_at = $2, held_why = $3, held_by = $4 WHERE id = $1 AND (held_at IS NULL) = ($5 = 1)")
        .bind(group)
        .bind(hold.map(|hold| hold.since))
        .bind(hold.map_or("", |hold| hold.why.as_str()))
        .bind(by)
        .bind(i64::from(hold.is_some()))
        .execute(conn)
        .await.map(affected))?;
    Ok(changed == 1)
}

/// A group as those see it who set holds.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Holdable {
    pub id: GroupId,
    pub topic: String,
    pub created_at: Timestamp,
    pub held_at: Option<Timestamp>,
    pub held_why: String,
}

/// Groups with a hold, and others whose topic has these words; up to `limit`. One statement.
pub async fn list(tx: &mut Tx, topic: &str, limit: i64) -> Result<Vec<Holdable>> {
    // SQLite knows capital letters of ASCII only.
    let pattern = super::sql::containing(topic);
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT id, topic, created_at, held_at, held_why FROM groups
         WHERE held_at IS NOT NULL OR ($1 <> '%%' AND (lower(topic) LIKE $1 ESCAPE '\\' OR topic LIKE $2 ESCAPE '\\'))
         ORDER BY CASE WHEN held_at IS NULL THEN 1 ELSE 0 END, last_at DESC, id LIMIT $3")
        .bind(&pattern).bind(format!("%{topic}%").replace('\0', "")).bind(limit).fetch_all(conn).await)?)
}

/// In place of `KEPT`: for how many milliseconds a group keeps messages; NULL for ever. `$1` is the house's word in days.
const KEPT: &str =
    "(CASE WHEN g.keep_days IS NULL OR g.keep_days > $1 THEN $1 ELSE g.keep_days END * 86400000)";

/// Days beforehand that owners are told.
pub const NOTICE: i64 = 7;

/// Up to `limit` messages that are too old and whose owners were told in time, of one group, the oldest first. One statement.
pub async fn list_old(tx: &mut Tx, (house, now): (i64, Timestamp), limit: i64) -> Result<Vec<MessageId>> {
    let text = "SELECT m.id FROM messages m JOIN groups g ON g.id = m.group_id
         WHERE m.removed_at IS NULL AND m.notice IS NULL AND g.held_at IS NULL AND m.posted_at < $2 - KEPT
           AND m.posted_at < CASE WHEN g.warned_at <= $3 THEN g.warned_until ELSE coalesce(g.told_until, 0) END
         ORDER BY m.posted_at, m.id LIMIT $4"
        .replace("KEPT", KEPT);
    let told = Timestamp::from_millis(now.millis() - NOTICE * DAY);
    let rows: Vec<(MessageId,)> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(house).bind(now).bind(told).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A group that loses messages soon.
#[derive(Clone, Debug, FromRow)]
pub struct Losing {
    pub id: GroupId,
    pub topic: String,
    /// How many, by the end of the time that is told of.
    pub messages: i64,
    /// Messages from before are meant.
    pub until: Timestamp,
    pub days: i64,
}

/// Groups that lose messages within two weeks and whose owners were not told within the last one. One statement.
pub async fn list_losing(tx: &mut Tx, (house, now): (i64, Timestamp), limit: i64) -> Result<Vec<Losing>> {
    let text = "SELECT g.id, g.topic, count(*) AS messages, $2 - KEPT AS until, KEPT / 86400000 AS days
         FROM groups g JOIN messages m ON m.group_id = g.id
         WHERE m.removed_at IS NULL AND m.notice IS NULL AND g.held_at IS NULL AND m.posted_at < $2 - KEPT
           AND m.posted_at >= coalesce(g.warned_until, 0) AND (g.warned_at IS NULL OR g.warned_at <= $3)
         GROUP BY g.id, g.topic, g.keep_days ORDER BY g.id LIMIT $4"
        .replace("KEPT", KEPT);
    let (soon, told) = (now.millis() + 2 * NOTICE * DAY, now.millis() - NOTICE * DAY);
    Ok(on!(tx, conn => sqlx::query_as(built(text))
        .bind(house).bind(soon).bind(told).bind(limit).fetch_all(conn).await)?)
}

/// The owners of a group are told. What they were told of the last time holds from now on. `false` if another node has just
/// told them.
pub async fn told(tx: &mut Tx, group: GroupId, until: Timestamp, now: Timestamp) -> Result<bool> {
    let told = Timestamp::from_millis(now.millis() - NOTICE * DAY);
    let changed = on!(tx, conn => sqlx::query(
        "UPDATE groups SET told_until = warned_until, warned_until = $2, warned_at = $3
         WHERE id = $1 AND (warned_at IS NULL OR warned_at <= $4)")
        .bind(group).bind(until).bind(now).bind(told).execute(conn).await.map(affected))?;
    Ok(changed == 1)
}

/// The bytes of the mails that messages came by go. Two statements.
pub async fn forget_mails(tx: &mut Tx, messages: &[MessageId], now: Timestamp) -> Result<()> {
    let these = format!(
        "erased_at IS NULL AND id IN (SELECT mail_id FROM messages WHERE id IN ({}))",
        places(2, messages.len())
    );
    for text in [
        format!(
            "INSERT INTO removed_contents (digest, removed_at) SELECT digest, $1 FROM mails WHERE {these}
             ON CONFLICT (digest) DO UPDATE SET removed_at = excluded.removed_at"
        ),
        format!("UPDATE mails SET erased_at = $1 WHERE {these}"),
    ] {
        on!(tx, conn => messages.iter().fold(sqlx::query(built(text)).bind(now), |q, id| q.bind(*id))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// Forgets up to `limit` lines of mails in from before a time, and their bytes; those that something was made of keep their
/// line without sender and subject. How many. A mail that comes again is known by its digest. Six statements.
pub async fn forget_lines_in(tx: &mut Tx, (before, now): (Timestamp, Timestamp), limit: i64) -> Result<u64> {
    const OLD: &str =
        "received_at < $1 AND outcome <> 'waiting' AND NOT (erased_at IS NOT NULL AND sender = '')
         AND id NOT IN (SELECT mail_id FROM messages WHERE mail_id IS NOT NULL AND group_id IN
             (SELECT id FROM groups WHERE held_at IS NOT NULL))";
    let some = format!("SELECT id FROM mails WHERE {OLD} ORDER BY received_at, id LIMIT $2");
    let rows: Vec<(uuid::Uuid,)> =
        on!(tx, conn => sqlx::query_as(built(some)).bind(before).bind(limit).fetch_all(conn).await)?;
    if rows.is_empty() {
        return Ok(0);
    }
    let these = places(2, rows.len());
    for text in [
        format!(
            "INSERT INTO removed_contents (digest, removed_at) SELECT digest, $1 FROM mails WHERE id IN ({these})
             ON CONFLICT (digest) DO UPDATE SET removed_at = excluded.removed_at"
        ),
        format!("UPDATE mails SET erased_at = $1, sender = '', subject = '' WHERE id IN ({these})"),
        format!(
            "INSERT INTO forgotten_mails (digest, forgotten_at) SELECT digest, $1 FROM mails WHERE id IN ({these})
             ON CONFLICT (digest) DO NOTHING"
        ),
    ] {
        on!(tx, conn => rows.iter().fold(sqlx::query(built(text)).bind(now), |q, (id,)| q.bind(*id))
            .execute(conn).await.map(affected))?;
    }
    let steps = format!("DELETE FROM ledger_steps WHERE mail_id IN ({})", places(1, rows.len()));
    on!(tx, conn => rows.iter().fold(sqlx::query(built(steps)), |q, (id,)| q.bind(*id)).execute(conn).await.map(affected))?;
    let text = format!(
        "DELETE FROM mails WHERE id IN ({}) AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.mail_id = mails.id)
           AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.mail_id = mails.id)
           AND NOT EXISTS (SELECT 1 FROM share_answers a WHERE a.mail_id = mails.id)",
        places(1, rows.len())
    );
    on!(tx, conn => rows.iter().fold(sqlx::query(built(text)), |q, (id,)| q.bind(*id)).execute(conn).await.map(affected))?;
    Ok(rows.len() as u64)
}

/// Forgets up to `limit` lines of mails out from before a time. How many. Three statements.
pub async fn forget_lines_out(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    const OLD: &str = "SELECT id FROM deliveries WHERE created_at < $1 AND state <> 'waiting' ORDER BY created_at, id LIMIT $2";
    let text = format!("UPDATE share_receivers SET delivery_id = NULL WHERE delivery_id IN ({OLD})");
    on!(tx, conn => sqlx::query(built(text)).bind(before).bind(limit).execute(conn).await.map(affected))?;
    let text = format!("DELETE FROM ledger_steps WHERE delivery_id IN ({OLD})");
    on!(tx, conn => sqlx::query(built(text)).bind(before).bind(limit).execute(conn).await.map(affected))?;
    let text = format!("DELETE FROM deliveries WHERE id IN ({OLD})");
    Ok(on!(tx, conn => sqlx::query(built(text)).bind(before).bind(limit).execute(conn).await.map(affected))?)
}

/// Addresses that no line of the ledger names any more. One statement.
pub async fn forget_unused_addresses(tx: &mut Tx) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "DELETE FROM ledger_addresses WHERE NOT EXISTS (SELECT 1 FROM mails m WHERE m.sender = ledger_addresses.address_key)
           AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.address_key = ledger_addresses.address_key)")
        .execute(conn).await.map(affected))?;
    Ok(())
}
