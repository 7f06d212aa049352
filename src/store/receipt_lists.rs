//! Receipts as they are shown: counted for messages, and by name for one of them.

use sqlx::FromRow;

use super::receipts::STILL_HERE;
use super::sql::{ROWS, built, tuples};
use super::{Result, Tx, photos, tx::on};
use crate::domain::digest::Digest;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::message::MessagePlace;
use crate::domain::receipt::{Receipt, ReceiptRequest, ReceiptSource, ReceiptState, Receipts, Step, Tally};
use crate::domain::time::Timestamp;

const COLUMNS: &str = "r.person_id, r.state, r.reason, r.via, r.failed_at, r.failed_by, r.sent_at, r.sent_by, r.cached_at, \
     r.cached_by, r.delivered_at, r.delivered_by, r.read_at, r.read_by, r.declined_at, r.declined_by, r.reminded_at";

const RANK: &str = "CASE r.state WHEN 'failed' THEN 0 WHEN 'declined' THEN 2 WHEN 'read' THEN 3 ELSE 1 END";

/// What messages ask, and their receipts, counted; messages without any are left out. One statement for up to 2,000.
pub async fn tallies(tx: &mut Tx, messages: &[MessagePlace]) -> Result<Vec<(MessagePlace, Receipts)>> {
    #[derive(FromRow)]
    struct Counted {
        group_id: GroupId,
        seq: i64,
        receipt_request: ReceiptRequest,
        asked: i64,
        read: i64,
        failed: i64,
        declined: i64,
    }
    let mut tallies = Vec::new();
    for part in messages.chunks(ROWS) {
        let text = format!(
            "WITH told (told_group, told_seq) AS (VALUES {})
             SELECT r.group_id, r.seq, n.receipt_request, count(*) AS asked, count(CASE WHEN r.state = 'read' THEN 1 END) AS read,
                    count(CASE WHEN r.state = 'failed' THEN 1 END) AS failed,
                    count(CASE WHEN r.state = 'declined' THEN 1 END) AS declined
             FROM told JOIN receipts r ON r.group_id = told_group AND r.seq = told_seq {STILL_HERE}
             JOIN messages n ON n.group_id = r.group_id AND n.seq = r.seq
             GROUP BY r.group_id, r.seq, n.receipt_request",
            tuples(part.len(), 2)
        );
        let rows: Vec<Counted> = on!(tx, conn => part.iter().fold(sqlx::query_as(built(text)), |q, place| {
            q.bind(place.group).bind(place.seq)
        })
        .fetch_all(conn)
        .await)?;
        tallies.extend(rows.into_iter().map(|c| {
            let tally = Tally { asked: c.asked, read: c.read, failed: c.failed, declined: c.declined };
            (MessagePlace { group: c.group_id, seq: c.seq }, Receipts { request: c.receipt_request, tally })
        }));
    }
    Ok(tallies)
}

/// A receiver with their name.
#[derive(Clone, Debug)]
pub struct Named {
    pub receipt: Receipt,
    pub name: String,
    /// What their picture was made of, if there is one.
    pub photo: Option<Digest>,
}

/// Up to `limit` receivers of a message: those it did not reach first, then who has not read it, who gives no receipt,
/// and who has read it; by name. `after` is the last one of the page before. One statement.
pub async fn list(
    tx: &mut Tx,
    place: MessagePlace,
    after: Option<PersonId>,
    limit: i64,
) -> Result<Vec<Named>> {
    let text = format!(
        "SELECT {COLUMNS}, p.full_name, p.photo FROM receipts r JOIN persons p ON p.id = r.person_id {STILL_HERE}
         WHERE r.group_id = $1 AND r.seq = $2 AND ($3 IS NULL OR ({RANK}, p.full_name, r.person_id) > (
             SELECT {RANK}, p.full_name, r.person_id FROM receipts r JOIN persons p ON p.id = r.person_id
             WHERE r.group_id = $1 AND r.seq = $2 AND r.person_id = $3))
         ORDER BY {RANK}, p.full_name, r.person_id LIMIT $4"
    );
    let rows: Vec<NamedRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(place.group).bind(place.seq).bind(after).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Named::from).collect())
}

/// What is known of one receiver.
pub async fn find(tx: &mut Tx, place: MessagePlace, person: PersonId) -> Result<Option<Receipt>> {
    let text =
        format!("SELECT {COLUMNS} FROM receipts r WHERE r.group_id = $1 AND r.seq = $2 AND r.person_id = $3");
    let row: Option<ReceiptRow> = on!(tx, conn => sqlx::query_as(built(text))
        .bind(place.group).bind(place.seq).bind(person).fetch_optional(conn).await)?;
    Ok(row.map(Receipt::from))
}

#[derive(FromRow)]
struct ReceiptRow {
    person_id: PersonId,
    state: Option<ReceiptState>,
    reason: String,
    via: String,
    failed_at: Option<Timestamp>,
    failed_by: Option<ReceiptSource>,
    sent_at: Option<Timestamp>,
    sent_by: Option<ReceiptSource>,
    cached_at: Option<Timestamp>,
    cached_by: Option<ReceiptSource>,
    delivered_at: Option<Timestamp>,
    delivered_by: Option<ReceiptSource>,
    read_at: Option<Timestamp>,
    read_by: Option<ReceiptSource>,
    declined_at: Option<Timestamp>,
    declined_by: Option<ReceiptSource>,
    reminded_at: Option<Timestamp>,
}

#[derive(FromRow)]
struct NamedRow {
    #[sqlx(flatten)]
    receipt: ReceiptRow,
    full_name: String,
    photo: Option<Vec<u8>>,
}

impl From<NamedRow> for Named {
    fn from(row: NamedRow) -> Self {
        Self { receipt: row.receipt.into(), name: row.full_name, photo: photos::mark(row.photo) }
    }
}

impl From<ReceiptRow> for Receipt {
    fn from(row: ReceiptRow) -> Self {
        let known = [
            (ReceiptState::Failed, row.failed_at, row.failed_by),
            (ReceiptState::Sent, row.sent_at, row.sent_by),
            (ReceiptState::Cached, row.cached_at, row.cached_by),
            (ReceiptState::Delivered, row.delivered_at, row.delivered_by),
            (ReceiptState::Read, row.read_at, row.read_by),
            (ReceiptState::Declined, row.declined_at, row.declined_by),
        ];
        let steps = known.into_iter().filter_map(|(state, at, source)| {
            let (at, source) = at.zip(source)?;
            Some(Step { state, source, at })
        });
        Self {
            person_id: row.person_id,
            state: row.state,
            steps: steps.collect(),
            reason: row.reason,
            via: row.via,
            reminded_at: row.reminded_at,
        }
    }
}
