//! How often groups write to their members: a column of members, the hours of accounts, and the links in mails that say
//! whose choice it is.

use std::collections::HashMap;

use sqlx::FromRow;

use super::address_troubles::HELD_BACK;
use super::sql::{ROWS, built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::cadence::{Cadence, MailHours};
use crate::domain::digest::Digest;
use crate::domain::group::Member;
use crate::domain::ids::{GroupId, MemberId, PersonId};
use crate::domain::notices::{ClockTime, QuietHours};
use crate::domain::quoted::Quoted;
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;

/// A member for whom something waits.
#[derive(Clone, Copy, Debug)]
pub struct Behind {
    pub member: MemberId,
    pub person: PersonId,
    pub cadence: Cadence,
    /// When the oldest was said that they have not seen.
    pub since: Timestamp,
    pub hours: MailHours,
}

#[derive(FromRow)]
struct BehindRow {
    id: MemberId,
    person_id: PersonId,
    cadence: Cadence,
    /// None if nothing is left of what they have not seen.
    since: Option<Timestamp>,
    #[sqlx(flatten)]
    hours: HoursRow,
}

#[derive(FromRow)]
struct HoursRow {
    quiet_from: Option<i64>,
    quiet_until: Option<i64>,
    zone: Option<String>,
}

impl HoursRow {
    fn hours(self, house: Zone) -> MailHours {
        let time = |minutes: Option<i64>| minutes.and_then(ClockTime::from_minutes);
        let times = time(self.quiet_from).zip(time(self.quiet_until));
        MailHours {
            quiet: times.map(|(from, until)| QuietHours { from, until }),
            zone: self.zone.and_then(|name| name.parse().ok()).unwrap_or(house),
        }
    }
}

/// The hours of the account `a`, which need not be there.
const HOURS: &str = "CASE WHEN a.quiet_mails THEN a.quiet_from END AS quiet_from,
                     CASE WHEN a.quiet_mails THEN a.quiet_until END AS quiet_until, a.zone";

/// The oldest message that the member `m` has not seen and that is for them; without those of their own, removed ones and
/// notices, which start no mail.
const SINCE: &str = "(SELECT t.posted_at FROM messages t
    WHERE t.group_id = m.group_id AND t.seq > m.read_seq AND t.seq > m.mailed_seq AND t.seq >= m.first_seq
      AND t.notice IS NULL AND t.removed_at IS NULL AND (t.author_id IS NULL OR t.author_id <> m.person_id)
    ORDER BY t.seq LIMIT 1)";

/// That the message `t` names the member `m`, or asks them for a receipt.
const MEANT: &str =
    "(EXISTS (SELECT 1 FROM message_mentions x WHERE x.message_id = t.id AND x.person_id = m.person_id)
    OR (t.receipt_request = 'wanted' AND EXISTS (
      SELECT 1 FROM receipts r WHERE r.group_id = t.group_id AND r.seq = t.seq AND r.person_id = m.person_id
        AND coalesce(r.state, '') NOT IN ('read', 'declined'))))";

/// The members who have neither read nor been mailed everything that was said and is for them, by what they chose: all of
/// it, or only what is meant for them. Notices alone start none. `house` is the clock of those who never told theirs. One
/// statement.
pub async fn list_behind(
    tx: &mut Tx,
    group: GroupId,
    at_once_alone: bool,
    house: Zone,
) -> Result<Vec<Behind>> {
    let whose = match at_once_alone {
        true => "m.cadence = 'at_once'".to_owned(),
        false => format!(
            "(m.cadence IN ('at_once', 'bundled', 'daily') OR (m.cadence = 'mentions' AND EXISTS (
                SELECT 1 FROM messages t WHERE t.group_id = m.group_id AND t.seq > m.read_seq AND t.seq > m.mailed_seq
                  AND {MEANT})))"
        ),
    };
    let text = format!(
        "SELECT m.id, m.person_id, m.cadence, {SINCE} AS since, {HOURS}
         FROM members m JOIN groups g ON g.id = m.group_id LEFT JOIN accounts a ON a.person_id = m.person_id
         WHERE m.group_id = $1 AND m.read_seq < g.said_seq AND m.mailed_seq < g.said_seq AND {whose}
           AND NOT {HELD_BACK}
         ORDER BY m.id"
    );
    let rows: Vec<BehindRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(group).fetch_all(conn).await)?;
    let behind = |row: BehindRow| {
        Some(Behind {
            member: row.id,
            person: row.person_id,
            cadence: row.cadence,
            since: row.since?,
            hours: row.hours.hours(house),
        })
    };
    Ok(rows.into_iter().filter_map(behind).collect())
}

/// When the oldest was said that a member has not seen and that is for them.
pub async fn waiting_since(tx: &mut Tx, member: MemberId) -> Result<Option<Timestamp>> {
    let text = format!("SELECT {SINCE} FROM members m WHERE m.id = $1");
    let row: Option<(Option<Timestamp>,)> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(member).fetch_optional(conn).await)?;
    Ok(row.and_then(|(since,)| since))
}

/// The numbers of the messages after another one that name a member or wait for their receipt, the first ones.
pub async fn list_meant(tx: &mut Tx, member: &Member, after: i64, limit: i64) -> Result<Vec<i64>> {
    let text = format!(
        "SELECT t.seq FROM members m JOIN messages t ON t.group_id = m.group_id
         WHERE m.id = $1 AND t.seq > $2 AND t.seq >= m.first_seq AND {MEANT} ORDER BY t.seq LIMIT $3"
    );
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(member.id).bind(after).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(seq,)| seq).collect())
}

/// When these people want no mails of groups, and their clocks. One statement for up to 2,000.
pub async fn hours_of(tx: &mut Tx, people: &[PersonId], house: Zone) -> Result<HashMap<PersonId, MailHours>> {
    #[derive(FromRow)]
    struct Row {
        person_id: PersonId,
        #[sqlx(flatten)]
        hours: HoursRow,
    }
    let nobodys = MailHours { quiet: None, zone: house };
    let mut hours: HashMap<PersonId, MailHours> = people.iter().map(|person| (*person, nobodys)).collect();
    for part in people.chunks(ROWS) {
        let text = format!(
            "SELECT a.person_id, {HOURS} FROM accounts a WHERE a.person_id IN ({})",
            places(1, part.len())
        );
        let rows: Vec<Row> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)), |q, person| q.bind(*person)).fetch_all(conn).await)?;
        hours.extend(rows.into_iter().map(|row| (row.person_id, row.hours.hours(house))));
    }
    Ok(hours)
}

/// Whether anybody in a group wants each message as soon as it was said.
pub async fn has_at_once(tx: &mut Tx, group: GroupId) -> Result<bool> {
    let found: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "SELECT CAST(1 AS BIGINT) FROM members WHERE group_id = $1 AND cadence = 'at_once' LIMIT 1")
        .bind(group).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Remembers a member's choice; nothing up to `mailed_seq` is mailed any more.
pub async fn set(tx: &mut Tx, member: MemberId, cadence: Cadence, mailed_seq: i64) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE members SET cadence = $2, mailed_seq = CASE WHEN mailed_seq < $3 THEN $3 ELSE mailed_seq END
         WHERE id = $1")
        .bind(member).bind(cadence).bind(mailed_seq).execute(conn).await.map(affected))?;
    Ok(())
}

/// Remembers whether a member writes by a messenger.
pub async fn set_chats(tx: &mut Tx, member: MemberId, chats: bool) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE members SET chats = $2 WHERE id = $1")
        .bind(member).bind(chats).execute(conn).await.map(affected))?;
    Ok(())
}

/// Remembers how many messages from before what is new the mails to a member quote.
pub async fn set_quoted(tx: &mut Tx, member: MemberId, quoted: Quoted) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE members SET quoted = $2 WHERE id = $1")
        .bind(member).bind(i64::from(quoted.count())).execute(conn).await.map(affected))?;
    Ok(())
}

/// Up to which message a member got mails, though it was further; what those mails told of older ones was not told.
pub async fn set_mailed(tx: &mut Tx, member: MemberId, seq: i64) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE members SET mailed_seq = $2, told_change = 0 WHERE id = $1 AND mailed_seq > $2")
        .bind(member).bind(seq).execute(conn).await.map(affected))?;
    Ok(())
}

/// What groups begin with that a person comes into; the usual for who has no account.
pub async fn default_of(tx: &mut Tx, person: PersonId) -> Result<Cadence> {
    let row: Option<(Cadence,)> = on!(tx, conn => sqlx::query_as("SELECT cadence FROM accounts WHERE person_id = $1")
        .bind(person).fetch_optional(conn).await)?;
    Ok(row.map(|(cadence,)| cadence).unwrap_or_default())
}

pub async fn set_default(tx: &mut Tx, person: PersonId, cadence: Cadence) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE accounts SET cadence = $2 WHERE person_id = $1")
        .bind(person).bind(cadence).execute(conn).await.map(affected))?;
    Ok(())
}

/// The memberships of a person in groups where something may wait for them.
pub async fn memberships(tx: &mut Tx, person: PersonId) -> Result<Vec<MemberId>> {
    let rows: Vec<(MemberId,)> = on!(tx, conn => sqlx::query_as(
        "SELECT m.id FROM members m JOIN groups g ON g.id = m.group_id
         WHERE m.person_id = $1 AND m.cadence <> 'none' AND m.read_seq < g.said_seq AND m.mailed_seq < g.said_seq
         ORDER BY m.id")
        .bind(person).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(member,)| member).collect())
}

/// A link in a mail: whose choice in which group it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CadenceLink {
    pub token: Digest,
    pub group: GroupId,
    pub person: PersonId,
}

/// Makes links good that stand in mails; those that are stay so. One statement for up to 2,000, none for none.
pub async fn add_links(tx: &mut Tx, links: &[CadenceLink]) -> Result<()> {
    for part in links.chunks(ROWS) {
        let text = format!(
            "INSERT INTO cadence_links (token_digest, group_id, person_id) VALUES {}
             ON CONFLICT (token_digest) DO NOTHING",
            tuples(part.len(), 3)
        );
        on!(tx, conn => part.iter().fold(sqlx::query(built(text)), |q, link| {
            q.bind(link.token.as_bytes()).bind(link.group).bind(link.person)
        })
        .execute(conn)
        .await
        .map(affected))?;
    }
    Ok(())
}

/// Whose choice in which group a link changes.
pub async fn find_link(tx: &mut Tx, token: &Digest) -> Result<Option<(GroupId, PersonId)>> {
    Ok(
        on!(tx, conn => sqlx::query_as("SELECT group_id, person_id FROM cadence_links WHERE token_digest = $1")
        .bind(token.as_bytes()).fetch_optional(conn).await)?,
    )
}
