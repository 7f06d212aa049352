//! The table of receipts. Everything is done for many receivers by one statement; which state may follow which is asked
//! of [`ReceiptState::may_follow`], and stands in no statement by itself.

use super::address_troubles::HELD_BACK;
use super::sql::{self, ROWS, built, places, tuples};
use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::{GroupId, MemberId, PersonId};
use crate::domain::message::MessagePlace;
use crate::domain::receipt::{ReceiptSource, ReceiptState, Step};
use crate::domain::time::Timestamp;

/// One receiver of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Told {
    pub place: MessagePlace,
    pub person: PersonId,
}

/// Whose evidence counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's: a delivery asks nobody, and who confirms means it.
    Everybodys,
    /// Of those who let it be their receipt that they have seen something.
    OfTheAutomatic,
}

/// Asks all who are members now, but the author, for a receipt. Those who refuse have declined with it; for those with
/// a page open it is on its way there; it is stored for others who use a browser. Of people who only have mail nothing
/// is known before it goes out, but that it does not, while mails to them come back. How many are asked. One statement.
pub async fn ask(
    tx: &mut Tx,
    place: MessagePlace,
    author: Option<PersonId>,
    present: &[PersonId],
    now: Timestamp,
) -> Result<u64> {
    let text = format!(
        "INSERT INTO receipts (group_id, seq, person_id, state, sent_at, sent_by, cached_at, cached_by, declined_at, declined_by,
                failed_at, failed_by, reason)
         SELECT group_id, $2, person_id, state,
                CASE WHEN state = 'sent' THEN $4 END, CASE WHEN state = 'sent' THEN 'browser' END,
                CASE WHEN state = 'cached' THEN $4 END, CASE WHEN state = 'cached' THEN 'browser' END,
                CASE WHEN state = 'declined' THEN $4 END, CASE WHEN state = 'declined' THEN 'browser' END,
                CASE WHEN state = 'failed' THEN $4 END, CASE WHEN state = 'failed' THEN 'dsn' END,
                CASE WHEN state = 'failed' THEN words ELSE '' END
         FROM (SELECT m.group_id, m.person_id,
                      CASE WHEN coalesce(m.receipt_policy, a.receipt_policy) = 'refuse' THEN 'declined'
                           WHEN m.person_id IN ({}) THEN 'sent'
                           WHEN a.person_id IS NOT NULL THEN 'cached'
                           WHEN {HELD_BACK} THEN 'failed' END AS state,
                      (SELECT x.words FROM address_troubles x JOIN person_addresses z ON z.address_key = x.address_key
                       WHERE z.person_id = m.person_id AND z.rank = 0) AS words
               FROM members m LEFT JOIN accounts a ON a.person_id = m.person_id
               WHERE m.group_id = $1 AND m.first_seq <= $2 AND ($3 IS NULL OR m.person_id <> $3)) AS asked",
        places(5, present.len())
    );
    Ok(on!(tx, conn => present.iter().fold(
        sqlx::query(built(text)).bind(place.group).bind(place.seq).bind(author).bind(now),
        |q, person| q.bind(*person),
    )
    .execute(conn)
    .await
    .map(affected))?)
}

/// Records a step of these receivers, where it may follow what is known of them, and only of members who may see the
/// message. Mail that goes out for what is stored leaves it stored; its time is kept beside. The messages whose receipts
/// changed. One statement for up to 2,000.
pub async fn record(tx: &mut Tx, step: Step, whose: Whose, told: &[Told]) -> Result<Vec<MessagePlace>> {
    let name = step.state.name();
    let follows = follows(step.state, step.source);
    let beside = match step.state {
        ReceiptState::Sent => " OR (state = 'cached' AND sent_at IS NULL)",
        _ => "",
    };
    let mut changed = Vec::new();
    for part in told.chunks(ROWS) {
        let (at, by) = (part.len() * 3 + 1, part.len() * 3 + 2);
        let text = format!(
            "WITH told (told_group, told_seq, told_person) AS (VALUES {})
             UPDATE receipts SET {name}_at = ${at}, {name}_by = ${by},
                 state = CASE WHEN {follows} THEN '{name}' ELSE state END
             FROM told
             WHERE group_id = told_group AND seq = told_seq AND person_id = told_person
               AND ({follows}{beside}) AND {}
             RETURNING group_id, seq",
            tuples(part.len(), 3),
            member_clause(whose)
        );
        let rows: Vec<PlaceRow> = on!(tx, conn => part.iter().fold(sqlx::query_as(built(text)), |q, told| {
            q.bind(told.place.group).bind(told.place.seq).bind(told.person)
        })
        .bind(step.at)
        .bind(step.source)
        .fetch_all(conn)
        .await)?;
        changed.extend(places_of(rows));
    }
    Ok(changed)
}

/// Those of these receivers of whom a state would be news: looking costs no write. One statement for up to 2,000.
pub async fn news(tx: &mut Tx, state: ReceiptState, whose: Whose, told: &[Told]) -> Result<Vec<Told>> {
    let mut news = Vec::new();
    for part in told.chunks(ROWS) {
        let text = format!(
            "WITH told (told_group, told_seq, told_person) AS (VALUES {})
             SELECT group_id, seq, person_id FROM told
             JOIN receipts ON group_id = told_group AND seq = told_seq AND person_id = told_person
             WHERE {} AND {}",
            tuples(part.len(), 3),
            follows(state, ReceiptSource::Browser),
            member_clause(whose)
        );
        let rows: Vec<(GroupId, i64, PersonId)> = on!(tx, conn => part.iter().fold(sqlx::query_as(built(text)), |q, told| {
            q.bind(told.place.group).bind(told.place.seq).bind(told.person)
        })
        .fetch_all(conn)
        .await)?;
        news.extend(
            rows.into_iter().map(|(group, seq, person)| Told { place: MessagePlace { group, seq }, person }),
        );
    }
    Ok(news)
}

/// Records that a member answered by mail, and so has read what mails had brought up to a number. The messages whose
/// receipts changed. One statement.
pub async fn record_answer(
    tx: &mut Tx,
    (group, person): (GroupId, PersonId),
    up_to: i64,
    at: Timestamp,
) -> Result<Vec<MessagePlace>> {
    let text = format!(
        "UPDATE receipts SET state = 'read', read_at = $4, read_by = $5
         WHERE group_id = $1 AND person_id = $2 AND seq <= $3 AND sent_at IS NOT NULL AND {} AND {}
         RETURNING group_id, seq",
        follows(ReceiptState::Read, ReceiptSource::Reply),
        member_clause(Whose::OfTheAutomatic)
    );
    let rows = on!(tx, conn => sqlx::query_as(built(text))
        .bind(group).bind(person).bind(up_to).bind(at).bind(ReceiptSource::Reply).fetch_all(conn).await)?;
    Ok(places_of(rows))
}

/// Notes which server handed messages on to a receiver. One statement, none for none.
pub async fn note_via(tx: &mut Tx, places: &[MessagePlace], person: PersonId, via: &str) -> Result<()> {
    let Some(MessagePlace { group, .. }) = places.first() else { return Ok(()) };
    let text = format!(
        "UPDATE receipts SET via = $3 WHERE group_id = $1 AND person_id = $2 AND seq IN ({})",
        sql::places(4, places.len())
    );
    on!(tx, conn => places.iter()
        .fold(sqlx::query(built(text)).bind(*group).bind(person).bind(via), |q, place| q.bind(place.seq))
        .execute(conn).await.map(affected))?;
    Ok(())
}

/// What did not reach a member, and why.
#[derive(Clone, Debug)]
pub struct Failure<'a> {
    pub group: GroupId,
    pub person: PersonId,
    /// The numbers of the messages.
    pub seqs: &'a [i64],
    pub reason: &'a str,
    pub source: ReceiptSource,
}

/// Records that messages did not reach a member, whether they asked for receipts or not. Those whose receipts changed.
/// One statement.
pub async fn record_failure(tx: &mut Tx, failure: &Failure<'_>, now: Timestamp) -> Result<Vec<MessagePlace>> {
    if failure.seqs.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "INSERT INTO receipts (group_id, seq, person_id, state, reason, failed_at, failed_by)
         SELECT m.group_id, n.seq, m.person_id, 'failed', $3, $4, $5
         FROM members m JOIN messages n ON n.group_id = m.group_id
         WHERE m.group_id = $1 AND m.person_id = $2 AND n.seq >= m.first_seq AND n.removed_at IS NULL
           AND n.seq IN ({})
         ON CONFLICT (group_id, seq, person_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
             failed_at = excluded.failed_at, failed_by = excluded.failed_by
         WHERE {}
         RETURNING group_id, seq",
        places(6, failure.seqs.len()),
        follows_in("receipts", ReceiptState::Failed, failure.source)
    );
    let rows = on!(tx, conn => failure.seqs.iter().fold(
        sqlx::query_as(built(text))
            .bind(failure.group)
            .bind(failure.person)
            .bind(failure.reason)
            .bind(now)
            .bind(failure.source),
        |q, seq| q.bind(*seq),
    )
    .fetch_all(conn)
    .await)?;
    Ok(places_of(rows))
}

/// The same of several mails, for one reason. One statement, none for none.
pub async fn record_failures(
    tx: &mut Tx,
    told: &[Told],
    (reason, source): (&str, ReceiptSource),
    now: Timestamp,
) -> Result<Vec<MessagePlace>> {
    let mut rows = Vec::new();
    for part in told.chunks(ROWS) {
        let text = format!(
            "WITH lost (of_group, of_seq, of_person) AS (VALUES {})
             INSERT INTO receipts (group_id, seq, person_id, state, reason, failed_at, failed_by)
             SELECT DISTINCT m.group_id, n.seq, m.person_id, 'failed', CAST(${} AS TEXT), CAST(${} AS BIGINT), CAST(${} AS TEXT)
             FROM lost JOIN members m ON m.group_id = of_group AND m.person_id = of_person
             JOIN messages n ON n.group_id = of_group AND n.seq = of_seq
             WHERE n.seq >= m.first_seq AND n.removed_at IS NULL
             ON CONFLICT (group_id, seq, person_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
                 failed_at = excluded.failed_at, failed_by = excluded.failed_by
             WHERE {}
             RETURNING group_id, seq",
            tuples(part.len(), 3),
            part.len() * 3 + 1,
            part.len() * 3 + 2,
            part.len() * 3 + 3,
            follows_in("receipts", ReceiptState::Failed, source)
        );
        let changed: Vec<(GroupId, i64)> = on!(tx, conn => part.iter()
            .fold(sqlx::query_as(built(text)), |q, one| {
                q.bind(one.place.group).bind(one.place.seq).bind(one.person)
            })
            .bind(reason).bind(now).bind(source).fetch_all(conn).await)?;
        rows.extend(changed);
    }
    Ok(places_of(rows))
}

/// Records that what waits to be mailed to somebody does not reach them: mails to their address come back. The messages
/// whose receipts changed. One statement.
pub async fn fail_unsent(
    tx: &mut Tx,
    person: PersonId,
    reason: &str,
    now: Timestamp,
) -> Result<Vec<MessagePlace>> {
    let rows = on!(tx, conn => sqlx::query_as(
        "UPDATE receipts SET state = 'failed', reason = $2, failed_at = $3, failed_by = 'dsn'
         WHERE person_id = $1 AND state IS NULL RETURNING group_id, seq")
        .bind(person).bind(reason).bind(now).fetch_all(conn).await)?;
    Ok(places_of(rows))
}

/// Of a removed message there is nothing to be read, and nothing to be told.
pub async fn remove_all(tx: &mut Tx, place: MessagePlace) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM receipts WHERE group_id = $1 AND seq = $2")
        .bind(place.group).bind(place.seq).execute(conn).await.map(affected))?;
    Ok(())
}

/// Nobody is asked any more whether this person has read the message.
pub async fn remove_one(tx: &mut Tx, place: MessagePlace, person: PersonId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM receipts WHERE group_id = $1 AND seq = $2 AND person_id = $3")
        .bind(place.group).bind(place.seq).bind(person).execute(conn).await.map(affected))?;
    Ok(())
}

/// Declines what a member has not answered, where they refuse now. The messages whose receipts changed. One statement.
pub async fn decline_open(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<Vec<MessagePlace>> {
    let text = format!(
        "UPDATE receipts SET state = 'declined', declined_at = $2, declined_by = 'browser'
         WHERE person_id = $1 AND {} AND EXISTS (
             SELECT 1 FROM members m LEFT JOIN accounts a ON a.person_id = m.person_id
             WHERE m.group_id = receipts.group_id AND m.person_id = $1
               AND coalesce(m.receipt_policy, a.receipt_policy) = 'refuse')
         RETURNING group_id, seq",
        follows(ReceiptState::Declined, ReceiptSource::Browser)
    );
    let rows = on!(tx, conn => sqlx::query_as(built(text)).bind(person).bind(now).fetch_all(conn).await)?;
    Ok(places_of(rows))
}

/// Who has neither read nor declined a message that asked for it, and wants mails of the group.
pub async fn unread(tx: &mut Tx, place: MessagePlace) -> Result<Vec<(MemberId, PersonId)>> {
    let text = format!(
        "SELECT m.id, m.person_id FROM receipts r {STILL_HERE}
         WHERE r.group_id = $1 AND r.seq = $2 AND m.cadence <> 'none' AND {} AND NOT {HELD_BACK} ORDER BY m.id",
        follows_in("r", ReceiptState::Read, ReceiptSource::Browser)
    );
    Ok(on!(tx, conn => sqlx::query_as(built(text)).bind(place.group).bind(place.seq).fetch_all(conn).await)?)
}

/// Notes that these receivers are asked once more. One statement for up to 2,000.
pub async fn note_reminded(
    tx: &mut Tx,
    place: MessagePlace,
    people: &[PersonId],
    now: Timestamp,
) -> Result<()> {
    for part in people.chunks(ROWS) {
        let text = format!(
            "UPDATE receipts SET reminded_at = $3 WHERE group_id = $1 AND seq = $2 AND person_id IN ({})",
            places(4, part.len())
        );
        on!(tx, conn => part.iter()
            .fold(sqlx::query(built(text)).bind(place.group).bind(place.seq).bind(now), |q, person| q.bind(*person))
            .execute(conn).await.map(affected))?;
    }
    Ok(())
}

/// The numbers of the newest messages of a group that wait for this member's own word; none if they do not confirm by
/// hand.
pub async fn to_confirm(tx: &mut Tx, group: GroupId, person: PersonId, limit: i64) -> Result<Vec<i64>> {
    let text = format!(
        "SELECT r.seq FROM receipts r {STILL_HERE} LEFT JOIN accounts a ON a.person_id = m.person_id
         WHERE r.group_id = $1 AND r.person_id = $2 AND {}
           AND coalesce(m.receipt_policy, a.receipt_policy) = 'manual'
         ORDER BY r.seq DESC LIMIT $3",
        follows_in("r", ReceiptState::Read, ReceiptSource::Browser)
    );
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(built(text)).bind(group).bind(person).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(seq,)| seq).collect())
}

/// Only of members who are here and may see the message: whoever left is counted out.
pub(super) const STILL_HERE: &str =
    "JOIN members m ON m.group_id = r.group_id AND m.person_id = r.person_id AND m.first_seq <= r.seq";

/// That a state may follow the one that a row has.
fn follows(new: ReceiptState, by: ReceiptSource) -> String {
    follows_in("receipts", new, by)
}

fn follows_in(table: &str, new: ReceiptState, by: ReceiptSource) -> String {
    let settled = |known: &ReceiptState| new.may_follow(by, Some((*known, ReceiptSource::Dsn)));
    let known = ReceiptState::ALL.into_iter().filter(settled);
    let known: Vec<String> = known.map(|known| format!("'{}'", known.name())).collect();
    let passing = |source: &ReceiptSource| new.may_follow(by, Some((ReceiptState::Delivered, *source)));
    let passing = ReceiptSource::HANDING_ON.into_iter().filter(passing);
    let passing: Vec<String> = passing.map(|source| format!("'{}'", source.name())).collect();
    let known = if known.is_empty() { "NULL".to_owned() } else { known.join(", ") };
    let passing = if passing.is_empty() { "NULL".to_owned() } else { passing.join(", ") };
    format!(
        "({table}.state IS NULL OR {table}.state IN ({known})
          OR ({table}.state = 'delivered' AND {table}.delivered_by IN ({passing})))"
    )
}

/// That the receiver is a member who may see the message, and gives such receipts.
fn member_clause(whose: Whose) -> String {
    let policy = match whose {
        Whose::Everybodys => "",
        Whose::OfTheAutomatic => {
            " AND coalesce(m.receipt_policy, a.receipt_policy, 'automatic') = 'automatic'"
        }
    };
    format!(
        "EXISTS (SELECT 1 FROM members m LEFT JOIN accounts a ON a.person_id = m.person_id
             WHERE m.group_id = receipts.group_id AND m.person_id = receipts.person_id
               AND m.first_seq <= receipts.seq{policy})"
    )
}

type PlaceRow = (GroupId, i64);

fn places_of(rows: Vec<PlaceRow>) -> Vec<MessagePlace> {
    rows.into_iter().map(|(group, seq)| MessagePlace { group, seq }).collect()
}
