//! The table of browsers that take notices.

use sqlx::FromRow;

use super::notices::SettingsRow;
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::group::Muting;
use crate::domain::ids::{GroupId, PersonId, SessionId, SubscriptionId};
use crate::domain::job::PushJob;
use crate::domain::language::Language;
use crate::domain::notices::{Level, NoticeSettings};
use crate::domain::push::{Receiver, Subscription};
use crate::domain::time::Timestamp;

/// A browser of a member's that may get a notice.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub subscription: SubscriptionId,
    pub person: PersonId,
    pub wish: Wish,
}

/// What somebody wants to hear of a group.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub level: Level,
    pub settings: NoticeSettings,
}

/// A browser and everything a notice to it needs.
#[derive(Clone, Debug)]
pub struct Addressed {
    pub receiver: Receiver,
    pub person: PersonId,
    pub language: Option<Language>,
    pub topic: String,
    /// How far the person has read the group.
    pub read_seq: i64,
    pub wish: Wish,
}

/// A browser in the list of one's own.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Device {
    pub id: SubscriptionId,
    pub session_id: SessionId,
    pub user_agent: String,
    pub created_at: Timestamp,
}

#[derive(FromRow)]
struct TargetRow {
    id: SubscriptionId,
    person_id: PersonId,
    notices: Option<Level>,
    muting: Muting,
    members: i64,
    #[sqlx(flatten)]
    settings: SettingsRow,
}

#[derive(FromRow)]
struct AddressedRow {
    endpoint: String,
    p256dh: Vec<u8>,
    auth: Vec<u8>,
    person_id: PersonId,
    language: Option<Language>,
    topic: String,
    read_seq: i64,
    notices: Option<Level>,
    muting: Muting,
    members: i64,
    #[sqlx(flatten)]
    settings: SettingsRow,
}

/// How many members the group `$1` has, and what a member `m` with the account `a` wants.
const WISH: &str = "m.notices, m.muting, (SELECT count(*) FROM members WHERE group_id = $1) AS members,
                    a.quiet_from, a.quiet_until, a.quiet_mails, a.zone, a.notices_show_contents";

/// Nothing pops up of a muted group but what names its reader.
fn wish((notices, muting): (Option<Level>, Muting), members: i64, settings: SettingsRow) -> Wish {
    let level = match notices.unwrap_or(Level::usual(members)) {
        Level::All if muting != Muting::Off => Level::Mentions,
        level => level,
    };
    Wish { level, settings: settings.into() }
}

/// Adds a browser, instead of what its session or its endpoint had before. Two statements.
pub async fn replace(tx: &mut Tx, new: &Subscription, browser: &Digest) -> Result<()> {
    let endpoint = Digest::of(new.receiver.endpoint.as_bytes());
    on!(tx, conn => sqlx::query("DELETE FROM push_subscriptions WHERE session_id = $1 OR endpoint_digest = $2")
        .bind(new.session_id).bind(endpoint.as_bytes()).execute(conn).await.map(affected))?;
    on!(tx, conn => sqlx::query(
        "INSERT INTO push_subscriptions
           (id, person_id, session_id, browser_digest, endpoint_digest, endpoint, p256dh, auth, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(new.id)
        .bind(new.person_id)
        .bind(new.session_id)
        .bind(browser.as_bytes())
        .bind(endpoint.as_bytes())
        .bind(&new.receiver.endpoint)
        .bind(new.receiver.p256dh.as_slice())
        .bind(new.receiver.auth.as_slice())
        .bind(new.created_at)
        .execute(conn)
        .await.map(affected))?;
    Ok(())
}

/// Somebody signs in by a browser: what it takes goes with their new session, and what was somebody else's is
/// forgotten. Two statements.
pub async fn hand_over(tx: &mut Tx, browser: &Digest, person: PersonId, session: SessionId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM push_subscriptions WHERE browser_digest = $1 AND person_id <> $2")
        .bind(browser.as_bytes()).bind(person).execute(conn).await.map(affected))?;
    // One browser has one; should it ever have two, the newer is the one that lives.
    on!(tx, conn => sqlx::query(
        "UPDATE push_subscriptions SET session_id = $2 WHERE id =
           (SELECT id FROM push_subscriptions WHERE browser_digest = $1 ORDER BY created_at DESC, id DESC LIMIT 1)")
        .bind(browser.as_bytes()).bind(session).execute(conn).await.map(affected))?;
    Ok(())
}

/// A person's browsers that take notices, the newest first.
pub async fn list(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<Vec<Device>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT p.id, p.session_id, s.user_agent, p.created_at
         FROM push_subscriptions p JOIN sessions s ON s.id = p.session_id
         WHERE p.person_id = $1 AND s.expires_at > $2 ORDER BY p.created_at DESC, p.id DESC")
        .bind(person).bind(now).fetch_all(conn).await)?)
}

/// Forgets a person's browser. Whether it was there.
pub async fn delete_own(tx: &mut Tx, person: PersonId, id: SubscriptionId) -> Result<bool> {
    let gone = on!(tx, conn => sqlx::query("DELETE FROM push_subscriptions WHERE id = $1 AND person_id = $2")
        .bind(id).bind(person).execute(conn).await.map(affected))?;
    Ok(gone > 0)
}

/// Forgets a browser that its push service does not know any more.
pub async fn delete(tx: &mut Tx, id: SubscriptionId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM push_subscriptions WHERE id = $1")
        .bind(id).execute(conn).await.map(affected))?;
    Ok(())
}

/// The browsers of a group's members, with what each of them wants. One statement.
pub async fn targets(tx: &mut Tx, group: GroupId, now: Timestamp) -> Result<Vec<Target>> {
    let text = format!(
        "SELECT p.id, p.person_id, {WISH}
         FROM members m
         JOIN push_subscriptions p ON p.person_id = m.person_id
         JOIN sessions s ON s.id = p.session_id AND s.expires_at > $2
         JOIN accounts a ON a.person_id = m.person_id
         WHERE m.group_id = $1"
    );
    let rows: Vec<TargetRow> = on!(tx, conn => sqlx::query_as(super::sql::built(text))
        .bind(group).bind(now).fetch_all(conn).await)?;
    let target = |row: TargetRow| Target {
        subscription: row.id,
        person: row.person_id,
        wish: wish((row.notices, row.muting), row.members, row.settings),
    };
    Ok(rows.into_iter().map(target).collect())
}

/// A browser with everything a notice of a message needs; `None` if it is signed out, or its person has left or may not
/// see the message. One statement.
pub async fn find_addressed(tx: &mut Tx, job: PushJob, now: Timestamp) -> Result<Option<Addressed>> {
    let text = format!(
        "SELECT p.endpoint, p.p256dh, p.auth, p.person_id, a.language, g.topic, m.read_seq, {WISH}
         FROM push_subscriptions p
         JOIN sessions s ON s.id = p.session_id AND s.expires_at > $3
         JOIN accounts a ON a.person_id = p.person_id
         JOIN members m ON m.person_id = p.person_id AND m.group_id = $1 AND m.first_seq <= $4
         JOIN groups g ON g.id = m.group_id
         WHERE p.id = $2"
    );
    let row: Option<AddressedRow> = on!(tx, conn => sqlx::query_as(super::sql::built(text))
        .bind(job.group).bind(job.subscription).bind(now).bind(job.seq).fetch_optional(conn).await)?;
    Ok(row.and_then(|row| {
        Some(Addressed {
            receiver: Receiver {
                endpoint: row.endpoint,
                p256dh: row.p256dh.try_into().ok()?,
                auth: row.auth.try_into().ok()?,
            },
            person: row.person_id,
            language: row.language,
            topic: row.topic,
            read_seq: row.read_seq,
            wish: wish((row.notices, row.muting), row.members, row.settings),
        })
    }))
}
