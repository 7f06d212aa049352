//! Who gets a share by mail, and how far it came.

use sqlx::FromRow;

use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;
use crate::domain::ids::{DeliveryId, PersonId, ShareId, ShareReceiverId};
use crate::domain::ledger::DeliveryState;
use crate::domain::share_receiver::{Progress, ShareReceiver, Told};
use crate::domain::time::Timestamp;
use crate::store::sql::{built, places, tuples};
use crate::store::tx::{affected, on};
use crate::store::{Result, StoreError, Tx};

#[derive(FromRow)]
struct Row {
    id: ShareReceiverId,
    share_id: ShareId,
    person_id: Option<PersonId>,
    name: String,
    address: String,
    version: i64,
    wants_receipt: bool,
    read_at: Option<Timestamp>,
    delivery: Option<DeliveryState>,
    delivered_at: Option<Timestamp>,
    last_reply: Option<String>,
    updated_at: Option<Timestamp>,
}

impl TryFrom<Row> for ShareReceiver {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        let corrupt = |_| StoreError::Corrupt { table: "share_receivers", column: "address" };
        let told = Told {
            state: row.delivery,
            at: row.updated_at.unwrap_or_default(),
            delivered_at: row.delivered_at,
            read_at: row.read_at,
            reply: row.last_reply.unwrap_or_default(),
        };
        Ok(Self {
            id: row.id,
            share: row.share_id,
            person: row.person_id,
            name: row.name,
            address: row.address.parse::<EmailAddress>().map_err(corrupt)?,
            version: row.version,
            wants_receipt: row.wants_receipt,
            progress: Progress::of(row.version, told),
        })
    }
}

const SELECT: &str = "SELECT r.id, r.share_id, r.person_id, r.name, r.address, r.version, r.wants_receipt, r.read_at, \
     d.state AS delivery, coalesce(d.delivered_at, d.handed_on_at) AS delivered_at, d.last_reply, d.updated_at \
     FROM share_receivers r LEFT JOIN deliveries d ON d.id = r.delivery_id";

/// Somebody new.
#[derive(Clone, Debug)]
pub struct NewReceiver {
    pub id: ShareReceiverId,
    pub person: Option<PersonId>,
    pub name: String,
    pub address: EmailAddress,
    /// Of the token in the address they answer to.
    pub token: Digest,
}

/// Adds receivers; an address that is there already stays as it is. One statement.
pub async fn insert(tx: &mut Tx, share: ShareId, new: &[NewReceiver], now: Timestamp) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO share_receivers (id, share_id, person_id, name, address, reply_token_digest, added_at)
         VALUES {} ON CONFLICT (share_id, address) DO NOTHING",
        tuples(new.len(), 7)
    );
    on!(tx, conn => new.iter().fold(sqlx::query(built(text)), |q, one| {
        q.bind(one.id)
            .bind(share)
            .bind(one.person)
            .bind(&one.name)
            .bind(one.address.key())
            .bind(one.token.as_bytes())
            .bind(now)
    }).execute(conn).await.map(affected))?;
    Ok(())
}

/// All of a share, in the order in which they were added.
pub async fn list(tx: &mut Tx, share: ShareId) -> Result<Vec<ShareReceiver>> {
    let text = format!("{SELECT} WHERE r.share_id = $1 ORDER BY r.id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(built(text)).bind(share).fetch_all(conn).await)?;
    rows.into_iter().map(ShareReceiver::try_from).collect()
}

pub async fn find(tx: &mut Tx, id: ShareReceiverId) -> Result<Option<ShareReceiver>> {
    let text = format!("{SELECT} WHERE r.id = $1");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(built(text)).bind(id).fetch_optional(conn).await)?;
    row.map(ShareReceiver::try_from).transpose()
}

/// Who answers to one of these tokens.
pub async fn find_by_tokens(tx: &mut Tx, tokens: &[Digest]) -> Result<Option<ShareReceiver>> {
    if tokens.is_empty() {
        return Ok(None);
    }
    let text = format!("{SELECT} WHERE r.reply_token_digest IN ({}) LIMIT 1", places(1, tokens.len()));
    let row: Option<Row> = on!(tx, conn => tokens.iter()
        .fold(sqlx::query_as(built(text)), |q, token| q.bind(token.as_bytes())).fetch_optional(conn).await)?;
    row.map(ShareReceiver::try_from).transpose()
}

/// Notes that these are to get a version by mail. Those it holds for.
pub async fn want(
    tx: &mut Tx,
    (share, version): (ShareId, i64),
    receivers: &[ShareReceiverId],
    receipt: bool,
) -> Result<Vec<ShareReceiverId>> {
    if receivers.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "UPDATE share_receivers SET version = $2, wants_receipt = $3, delivery_id = NULL, read_at = NULL
         WHERE share_id = $1 AND id IN ({}) RETURNING id",
        places(4, receivers.len())
    );
    let rows: Vec<(ShareReceiverId,)> = on!(tx, conn => receivers.iter()
        .fold(sqlx::query_as(built(text)).bind(share).bind(version).bind(receipt), |q, id| q.bind(*id))
        .fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes which delivery brings it.
pub async fn set_delivery(tx: &mut Tx, id: ShareReceiverId, delivery: DeliveryId) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE share_receivers SET delivery_id = $2 WHERE id = $1")
        .bind(id).bind(delivery).execute(conn).await.map(affected))?;
    Ok(())
}

/// The mail of a delivery was shown to its receiver.
pub async fn mark_shown(tx: &mut Tx, delivery: DeliveryId, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query(
        "UPDATE share_receivers SET read_at = coalesce(read_at, $2) WHERE delivery_id = $1")
        .bind(delivery).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// Whoever answers has read it.
pub async fn mark_answered(tx: &mut Tx, id: ShareReceiverId, now: Timestamp) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE share_receivers SET read_at = coalesce(read_at, $2) WHERE id = $1")
        .bind(id).bind(now).execute(conn).await.map(affected))?;
    Ok(())
}

/// Takes somebody out who got no mail yet. Whether they were there.
pub async fn delete(tx: &mut Tx, share: ShareId, id: ShareReceiverId) -> Result<bool> {
    let gone = on!(tx, conn => sqlx::query(
        "DELETE FROM share_receivers WHERE id = $2 AND share_id = $1 AND version = 0")
        .bind(share).bind(id).execute(conn).await.map(affected))?;
    Ok(gone > 0)
}
