//! The table of mails going out: one receiver each.

use std::collections::BTreeMap;

use sqlx::FromRow;
use sqlx::types::Json;

use super::afterwards::Edition;
use super::sql::{ROWS, built, tuples};
use super::{
    Result, StoreError, Tx,
    tx::{affected, on},
};
use crate::domain::digest::Digest;
use crate::domain::ids::{DeliveryId, GroupId, PersonId};
use crate::domain::ledger::{Delivery, DeliveryKind, DeliveryState};
use crate::domain::message::MessagePlace;
use crate::domain::time::Timestamp;

/// A composed mail to be sent.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    pub delivery: Delivery,
    /// What it is for; a second one for the same is not added.
    pub purpose: String,
    pub return_token: Digest,
    pub raw: Vec<u8>,
    /// The numbers of the group's messages in it.
    pub carried: Vec<i64>,
    /// Whose words stand in it, and as which editions: also of messages that it brings once more.
    pub stated: Vec<(i64, Edition)>,
    /// Whether the mail system is asked to say that it has arrived.
    pub wants_report: bool,
}

/// A mail while it waits.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Waiting {
    pub raw: Vec<u8>,
    pub wants_report: bool,
    /// Whether its receiver has departed: 1 or 0.
    pub departed: i64,
}

#[derive(FromRow)]
pub(super) struct DeliveryRow {
    id: DeliveryId,
    kind: DeliveryKind,
    person_id: Option<PersonId>,
    group_id: Option<GroupId>,
    address: String,
    message_id: String,
    state: DeliveryState,
    attempts: i64,
    last_reply: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    retried_at: Option<Timestamp>,
}

pub(super) const COLUMNS: &str = "id, kind, person_id, group_id, address, message_id, state, attempts, last_reply, created_at, \
     updated_at, retried_at";

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;
    fn try_from(row: DeliveryRow) -> Result<Self> {
        Ok(Self {
            address: row
                .address
                .parse()
                .map_err(|_| StoreError::Corrupt { table: "deliveries", column: "address" })?,
            id: row.id,
            kind: row.kind,
            person_id: row.person_id,
            group_id: row.group_id,
            message_id: row.message_id,
            state: row.state,
            attempts: row.attempts,
            last_reply: row.last_reply,
            created_at: row.created_at,
            updated_at: row.updated_at,
            retried_at: row.retried_at,
        })
    }
}

/// Adds mails to be sent; those whose purpose is served already are left out. The ids of those that were added. Two
/// statements.
pub async fn insert(tx: &mut Tx, deliveries: &[NewDelivery]) -> Result<Vec<DeliveryId>> {
    let mut added = Vec::new();
    for part in deliveries.chunks(ROWS) {
        let text = format!(
            "INSERT INTO deliveries (id, kind, person_id, group_id, purpose, address, return_token_digest, message_id, raw,
                carried, stated, wants_report, state, created_at, updated_at, address_key) VALUES {} ON CONFLICT (purpose) DO NOTHING RETURNING id",
            tuples(part.len(), 16)
        );
        let rows: Vec<(DeliveryId,)> = on!(tx, conn => part.iter().fold(sqlx::query_as(built(text)), |q, new| {
            let d = &new.delivery;
            q.bind(d.id)
                .bind(d.kind)
                .bind(d.person_id)
                .bind(d.group_id)
                .bind(&new.purpose)
                .bind(d.address.as_str())
                .bind(new.return_token.as_bytes())
                .bind(&d.message_id)
                .bind(new.raw.as_slice())
                .bind(Json(&new.carried))
                .bind(Json(&new.stated))
                .bind(new.wants_report)
                .bind(d.state)
                .bind(d.created_at)
                .bind(d.updated_at)
                .bind(d.address.key())
        })
        .fetch_all(conn)
        .await)?;
        added.extend(rows.into_iter().map(|(id,)| id));
    }
    let keys: Vec<String> = deliveries.iter().map(|new| new.delivery.address.key().to_owned()).collect();
    super::ledger_addresses::add(tx, &keys).await?;
    Ok(added)
}

/// Whether a mail for this purpose was made before.
pub async fn is_served(tx: &mut Tx, purpose: &str) -> Result<bool> {
    let found: Option<(DeliveryId,)> = on!(tx, conn => sqlx::query_as("SELECT id FROM deliveries WHERE purpose = $1")
        .bind(purpose).fetch_optional(conn).await)?;
    Ok(found.is_some())
}

pub async fn find(tx: &mut Tx, id: DeliveryId) -> Result<Option<Delivery>> {
    let text = format!("SELECT {COLUMNS} FROM deliveries WHERE id = $1");
    let row: Option<DeliveryRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    row.map(Delivery::try_from).transpose()
}

/// The delivery a bounce is about, by the token in its return path.
pub async fn find_by_return_tokens(tx: &mut Tx, tokens: &[Digest]) -> Result<Option<Delivery>> {
    if tokens.is_empty() {
        return Ok(None);
    }
    let text = format!(
        "SELECT {COLUMNS} FROM deliveries WHERE return_token_digest IN ({}) LIMIT 1",
        super::sql::places(1, tokens.len())
    );
    let row: Option<DeliveryRow> = on!(tx, conn => tokens.iter().fold(sqlx::query_as(built(text)), |q, t| q.bind(t.as_bytes())).fetch_optional(conn).await)?;
    row.map(Delivery::try_from).transpose()
}

/// The delivery that one of these Message-IDs is of.
pub async fn find_by_message_ids(tx: &mut Tx, ids: &[String]) -> Result<Option<Delivery>> {
    if ids.is_empty() {
        return Ok(None);
    }
    let text = format!(
        "SELECT {COLUMNS} FROM deliveries WHERE message_id IN ({}) ORDER BY created_at DESC LIMIT 1",
        super::sql::places(1, ids.len())
    );
    let row: Option<DeliveryRow> = on!(tx, conn =>
        ids.iter().fold(sqlx::query_as(built(text)), |q, id| q.bind(id)).fetch_optional(conn).await)?;
    row.map(Delivery::try_from).transpose()
}

/// The mail itself, while it waits.
pub async fn waiting(tx: &mut Tx, id: DeliveryId) -> Result<Option<Waiting>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT raw, wants_report,
            (SELECT COUNT(*) FROM persons p WHERE p.id = deliveries.person_id AND p.departed_at IS NOT NULL) AS departed
         FROM deliveries WHERE id = $1 AND state = 'waiting' AND raw IS NOT NULL")
        .bind(id).fetch_optional(conn).await)?)
}

/// Mails that still wait and have since before a time, with the server's last words; the oldest first.
pub async fn waiting_since(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<(DeliveryId, String)>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT id, last_reply FROM deliveries WHERE state = 'waiting' AND coalesce(retried_at, created_at) <= $1
         ORDER BY created_at LIMIT $2")
        .bind(before).bind(limit).fetch_all(conn).await)?)
}

/// A mail of a group that still waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delayed {
    pub person: PersonId,
    pub since: Timestamp,
    /// The server's last words; empty if it was not its turn yet.
    pub words: String,
}

/// The mails that still wait with a message of a group.
pub async fn delayed(tx: &mut Tx, place: MessagePlace) -> Result<Vec<Delayed>> {
    type Row = (Option<PersonId>, Json<Vec<i64>>, Timestamp, String);
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(
        "SELECT person_id, carried, created_at, last_reply FROM deliveries
         WHERE group_id = $1 AND state = 'waiting' ORDER BY created_at")
        .bind(place.group).fetch_all(conn).await)?;
    let carries = |row: &Row| row.1.contains(&place.seq);
    let delayed = |(person, _, since, words): Row| Some(Delayed { person: person?, since, words });
    Ok(rows.into_iter().filter(carries).filter_map(delayed).collect())
}

/// What a mail brought, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cargo {
    pub group: GroupId,
    pub person: PersonId,
    /// The numbers of the messages.
    pub seqs: Vec<i64>,
}

#[derive(FromRow)]
struct CargoRow {
    group_id: Option<GroupId>,
    person_id: Option<PersonId>,
    carried: Json<Vec<i64>>,
}

impl CargoRow {
    fn cargo(self) -> Option<Cargo> {
        let (group, person) = self.group_id.zip(self.person_id)?;
        let seqs = self.carried.0;
        (!seqs.is_empty()).then_some(Cargo { group, person, seqs })
    }
}

/// Notes how an attempt ended. A mail that is sent is not kept; one that is given up is, for a while, so that an admin can
/// have it tried again. A delay does not bring back what was given up or dropped meanwhile. What it carried, if any messages.
pub async fn record(
    tx: &mut Tx,
    id: DeliveryId,
    state: DeliveryState,
    reply: &str,
    now: Timestamp,
) -> Result<Option<Cargo>> {
    let row: Option<CargoRow> = on!(tx, conn => sqlx::query_as(
        "UPDATE deliveries SET state = $2, attempts = attempts + 1, last_reply = $3, updated_at = $4,
            raw = CASE WHEN $2 = 'sent' THEN NULL ELSE raw END
         WHERE id = $1 AND (state = 'waiting' OR $2 <> 'waiting') RETURNING group_id, person_id, carried",
    )
    .bind(id)
    .bind(state)
    .bind(reply)
    .bind(now)
    .fetch_optional(conn)
    .await)?;
    Ok(row.and_then(CargoRow::cargo))
}

/// Gives up what still waits to be sent to somebody from a group.
pub async fn withdraw(
    tx: &mut Tx,
    (group, person): (GroupId, PersonId),
    why: &str,
    now: Timestamp,
) -> Result<()> {
    give_up(tx, (group, person), "'group_link', 'messages'", (why, now)).await
}

/// Gives up mails of all groups that still wait to be sent to somebody.
pub async fn withdraw_of_groups(tx: &mut Tx, person: PersonId, why: &str, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE deliveries SET state = 'failed', last_reply = $2, updated_at = $3, raw = NULL
         WHERE person_id = $1 AND state = 'waiting' AND kind IN ('group_link', 'messages', 'reminder')")
        .bind(person).bind(why).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// Lets be mailed once more what whoever has an address did not get since a time: members begin again before the first of
/// those messages, and the purposes of the mails that failed are served no longer. Mails of a single message that was known
/// before are left out. Two statements.
pub async fn free_missed(tx: &mut Tx, key: &str, since: Timestamp, now: Timestamp) -> Result<()> {
    let rows: Vec<CargoRow> = on!(tx, conn => sqlx::query_as(
        "UPDATE deliveries SET purpose = purpose || $3, raw = NULL
         WHERE person_id = (SELECT person_id FROM person_addresses WHERE address_key = $1) AND created_at >= $2
           AND state = 'failed' AND kind IN ('group_link', 'messages')
           AND purpose NOT LIKE 'mention:%' AND purpose NOT LIKE '%:missed:%'
         RETURNING group_id, person_id, carried")
        .bind(key).bind(since).bind(format!(":missed:{}", now.millis())).fetch_all(conn).await)?;
    let mut first: BTreeMap<GroupId, i64> = BTreeMap::new();
    let mut whose = None;
    for Cargo { group, person, seqs } in rows.into_iter().filter_map(CargoRow::cargo) {
        let least = seqs.into_iter().min().unwrap_or(i64::MAX);
        first.entry(group).and_modify(|known| *known = least.min(*known)).or_insert(least);
        whose = Some(person);
    }
    let Some(person) = whose else { return Ok(()) };
    let first: Vec<(GroupId, i64)> = first.into_iter().take(ROWS).collect();
    let text = format!(
        "WITH missed (of_group, first) AS (VALUES {})
         UPDATE members SET mailed_seq = first - 1, told_change = 0 FROM missed
         WHERE group_id = of_group AND person_id = ${} AND mailed_seq >= first",
        tuples(first.len(), 2),
        first.len() * 2 + 1
    );
    on!(tx, conn => first.iter()
        .fold(sqlx::query(built(text)), |q, (group, seq)| q.bind(*group).bind(*seq))
        .bind(person).execute(conn).await.map(affected))?;
    Ok(())
}

/// Gives up messages that still wait to be sent to somebody from a group.
pub async fn withdraw_messages(
    tx: &mut Tx,
    (group, person): (GroupId, PersonId),
    why: &str,
    now: Timestamp,
) -> Result<()> {
    give_up(tx, (group, person), "'messages'", (why, now)).await
}

/// Gives up messages that still wait to be sent to somebody from a group, so that others can bring them. Their numbers.
pub async fn take_back_messages(
    tx: &mut Tx,
    (group, person): (GroupId, PersonId),
    why: &str,
    now: Timestamp,
) -> Result<Vec<i64>> {
    let rows: Vec<(Json<Vec<i64>>,)> = on!(tx, conn => sqlx::query_as(
        "UPDATE deliveries SET state = 'failed', last_reply = $3, updated_at = $4, raw = NULL,
             purpose = purpose || ':taken back:' || message_id
         WHERE group_id = $1 AND person_id = $2 AND state = 'waiting' AND kind = 'messages' RETURNING carried")
        .bind(group).bind(person).bind(why).bind(now).fetch_all(conn).await)?;
    Ok(rows.into_iter().flat_map(|(carried,)| carried.0).collect())
}

/// `kinds` as SQL has them in a list.
async fn give_up(
    tx: &mut Tx,
    (group, person): (GroupId, PersonId),
    kinds: &'static str,
    (why, now): (&str, Timestamp),
) -> Result<()> {
    let text = format!(
        "UPDATE deliveries SET state = 'failed', last_reply = $3, updated_at = $4, raw = NULL
         WHERE group_id = $1 AND person_id = $2 AND state = 'waiting' AND kind IN ({kinds})"
    );
    on!(tx, conn => sqlx::query(built(text))
        .bind(group).bind(person).bind(why).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// A mail that was taken for sent came back: what it carried, if any messages. `None` for one that is known to have failed,
/// or to have been delivered: what fails after that is none of ours, an address that forwards it for example (RFC 3464
/// 2.3.3).
pub async fn bounced(
    tx: &mut Tx,
    id: DeliveryId,
    reply: &str,
    now: Timestamp,
) -> Result<Option<Option<Cargo>>> {
    let row: Option<CargoRow> = on!(tx, conn => sqlx::query_as(
        "UPDATE deliveries SET state = 'failed', last_reply = $2, updated_at = $3, raw = NULL
         WHERE id = $1 AND delivered_at IS NULL AND state <> 'failed' RETURNING group_id, person_id, carried")
        .bind(id).bind(reply).bind(now).fetch_optional(conn).await)?;
    Ok(row.map(CargoRow::cargo))
}

/// The receiver's mail system has it. What it carried, if any messages.
pub async fn delivered(tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<Option<Cargo>> {
    let row: Option<CargoRow> = on!(tx, conn => sqlx::query_as(
        "UPDATE deliveries SET delivered_at = coalesce(delivered_at, $2) WHERE id = $1
         RETURNING group_id, person_id, carried")
        .bind(id).bind(now).fetch_optional(conn).await)?;
    Ok(row.and_then(CargoRow::cargo))
}

/// A server handed it on; that it fails may follow. What it carried, if any messages; nothing of one that has failed
/// meanwhile.
pub async fn handed_on(tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<Option<Cargo>> {
    let row: Option<CargoRow> = on!(tx, conn => sqlx::query_as(
        "UPDATE deliveries SET handed_on_at = coalesce(handed_on_at, $2) WHERE id = $1 AND state <> 'failed'
         RETURNING group_id, person_id, carried")
        .bind(id).bind(now).fetch_optional(conn).await)?;
    Ok(row.and_then(CargoRow::cargo))
}

/// When mails to these people were queued, and when they went out, that are younger than `since`.
pub async fn sent_since(
    tx: &mut Tx,
    persons: &[PersonId],
    since: Timestamp,
) -> Result<Vec<(Timestamp, Timestamp)>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT created_at, updated_at FROM deliveries
         WHERE created_at > $1 AND state IN ('waiting', 'sent') AND person_id IN ({})",
        super::sql::places(2, persons.len())
    );
    Ok(on!(tx, conn => persons.iter()
        .fold(sqlx::query_as(built(text)).bind(since), |q, id| q.bind(*id)).fetch_all(conn).await)?)
}

/// The numbers of the messages that mails of a group with these Message-IDs carried, mails to one person alone if given: of each
/// mail that we know, in the order of the ids.
pub async fn carried(
    tx: &mut Tx,
    (group, person): (GroupId, Option<PersonId>),
    message_ids: &[String],
) -> Result<Vec<Vec<i64>>> {
    if message_ids.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT message_id, carried FROM deliveries
         WHERE group_id = $1 AND ($2 IS NULL OR person_id = $2) AND message_id IN ({})",
        super::sql::places(3, message_ids.len())
    );
    let mut rows: Vec<(String, Json<Vec<i64>>)> = on!(tx, conn => message_ids.iter()
        .fold(sqlx::query_as(built(text)).bind(group).bind(person), |q, id| q.bind(id)).fetch_all(conn).await)?;
    rows.sort_by_key(|(id, _)| message_ids.iter().position(|known| known == id));
    Ok(rows.into_iter().map(|(_, carried)| carried.0).collect())
}

/// What is known of one mail beside its line.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Beside {
    pub delivered_at: Option<Timestamp>,
    pub handed_on_at: Option<Timestamp>,
    /// Whether its bytes are kept.
    pub is_kept: bool,
    /// The numbers of the group's messages in it.
    #[sqlx(json)]
    pub carried: Vec<i64>,
}

pub async fn beside(tx: &mut Tx, id: DeliveryId) -> Result<Option<Beside>> {
    Ok(on!(tx, conn => sqlx::query_as(
        "SELECT delivered_at, handed_on_at, raw IS NOT NULL AS is_kept, carried FROM deliveries WHERE id = $1")
        .bind(id).fetch_optional(conn).await)?)
}

/// The bytes of a mail as long as they are kept.
pub async fn bytes(tx: &mut Tx, id: DeliveryId) -> Result<Option<Vec<u8>>> {
    let row: Option<(Option<Vec<u8>>,)> = on!(tx, conn => sqlx::query_as("SELECT raw FROM deliveries WHERE id = $1")
        .bind(id).fetch_optional(conn).await)?;
    Ok(row.and_then(|(raw,)| raw))
}

/// The first mails of a group that brought a message, among those that were made from a time on.
pub async fn bringing(
    tx: &mut Tx,
    place: MessagePlace,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Delivery>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        delivery: DeliveryRow,
        carried: Json<Vec<i64>>,
    }
    let text = format!(
        "SELECT {COLUMNS}, carried FROM deliveries WHERE group_id = $1 AND created_at >= $2
         ORDER BY created_at, id LIMIT $3"
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(place.group).bind(since).bind(limit).fetch_all(conn).await)?;
    let brings = |row: &Row| row.carried.contains(&place.seq);
    rows.into_iter().filter(brings).map(|row| Delivery::try_from(row.delivery)).collect()
}

/// The mail that was made for a purpose.
pub async fn find_by_purpose(tx: &mut Tx, purpose: &str) -> Result<Option<Delivery>> {
    let text = format!("SELECT {COLUMNS} FROM deliveries WHERE purpose = $1");
    let row: Option<DeliveryRow> =
        on!(tx, conn => sqlx::query_as(built(text)).bind(purpose).fetch_optional(conn).await)?;
    row.map(Delivery::try_from).transpose()
}

/// Lets these mails wait from now on: those that wait, and those that were given up and are still kept. Which, with their
/// addresses.
pub async fn wait_again(
    tx: &mut Tx,
    ids: &[DeliveryId],
    now: Timestamp,
) -> Result<Vec<(DeliveryId, String)>> {
    let text = format!(
        "UPDATE deliveries SET state = 'waiting', retried_at = $1, updated_at = $1
         WHERE state IN ('waiting', 'failed') AND raw IS NOT NULL AND id IN ({}) RETURNING id, address",
        super::sql::places(2, ids.len())
    );
    Ok(on!(tx, conn => ids.iter().fold(sqlx::query_as(built(text)).bind(now), |q, id| q.bind(*id))
        .fetch_all(conn).await)?)
}

/// Drops those of these mails that wait. Which, and what they carried, if any messages.
pub async fn drop_waiting(
    tx: &mut Tx,
    ids: &[DeliveryId],
    now: Timestamp,
) -> Result<Vec<(DeliveryId, Option<Cargo>)>> {
    #[derive(FromRow)]
    struct Row {
        id: DeliveryId,
        #[sqlx(flatten)]
        cargo: CargoRow,
    }
    let text = format!(
        "UPDATE deliveries SET state = 'dropped', updated_at = $1, raw = NULL
         WHERE state = 'waiting' AND id IN ({}) RETURNING id, group_id, person_id, carried",
        super::sql::places(2, ids.len())
    );
    let rows: Vec<Row> = on!(tx, conn => ids.iter().fold(sqlx::query_as(built(text)).bind(now), |q, id| q.bind(*id))
        .fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| (row.id, row.cargo.cargo())).collect())
}

/// Forgets the bytes of mails that were given up before a time.
pub async fn forget_bytes_before(tx: &mut Tx, before: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE deliveries SET raw = NULL WHERE state = 'failed' AND raw IS NOT NULL AND updated_at < $1")
        .bind(before).execute(conn).await.map(affected))?;
    Ok(())
}

/// Mails to somebody that did not go out, made since a time, the newest first; of one group, or all.
pub async fn list_lost(
    tx: &mut Tx,
    person: PersonId,
    (group, since): (Option<GroupId>, Timestamp),
    limit: i64,
) -> Result<Vec<Delivery>> {
    let of_group = if group.is_some() { "AND group_id = $4" } else { "AND $4 IS NULL" };
    let text = format!(
        "SELECT {COLUMNS} FROM deliveries
         WHERE person_id = $1 AND created_at > $2 AND state IN ('failed', 'dropped') {of_group}
         ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    let rows: Vec<DeliveryRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(person).bind(since).bind(limit).bind(group).fetch_all(conn).await)?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// How many sign-in mails a person was sent since a time.
pub async fn count_sign_in(tx: &mut Tx, person: PersonId, since: Timestamp) -> Result<i64> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*) FROM deliveries WHERE person_id = $1 AND kind = 'sign_in' AND created_at > $2")
        .bind(person).bind(since).fetch_one(conn).await)?;
    Ok(count)
}

/// How many "answer" mails an address got since a time: strangers are not to be flooded.
pub async fn count_answers(tx: &mut Tx, address: &str, since: Timestamp) -> Result<i64> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "SELECT count(*) FROM deliveries WHERE kind = 'answer' AND address = $1 AND created_at > $2")
        .bind(address).bind(since).fetch_one(conn).await)?;
    Ok(count)
}
