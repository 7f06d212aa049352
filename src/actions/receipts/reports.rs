//! What the mail system tells of receipts, in the transaction that notes it with the mail.

use super::super::Result;
use crate::domain::ids::DeliveryId;
use crate::domain::ledger::DeliveryState;
use crate::domain::message::MessagePlace;
use crate::domain::receipt::{ReceiptSource, ReceiptState, Step};
use crate::domain::time::Timestamp;
use crate::store::deliveries::Cargo;
use crate::store::receipts::{Failure, Told, Whose};
use crate::store::{self, Tx};

/// What a delivery report says became of a mail (RFC 3464 2.3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Delivered,
    /// With the server's words.
    Failed(String),
}

/// An attempt to hand a mail over ended. The messages whose receipts that changes; at most one statement.
pub async fn attempted(
    tx: &mut Tx,
    cargo: Option<Cargo>,
    (state, reply): (DeliveryState, &str),
    now: Timestamp,
) -> Result<Vec<MessagePlace>> {
    let Some(cargo) = cargo else { return Ok(Vec::new()) };
    match state {
        DeliveryState::Waiting => Ok(Vec::new()),
        DeliveryState::Sent => {
            arrived(tx, &cargo, (ReceiptState::Sent, ReceiptSource::Submission), now).await
        }
        DeliveryState::Failed => failed(tx, &cargo, (reply, ReceiptSource::Submission), now).await,
    }
}

/// A report about a mail came. The messages whose receipts that changes; two statements.
pub async fn reported(tx: &mut Tx, id: DeliveryId, fate: &Fate, now: Timestamp) -> Result<Vec<MessagePlace>> {
    match fate {
        Fate::Failed(reply) => match store::deliveries::bounced(tx, id, reply, now).await? {
            Some(cargo) => failed(tx, &cargo, (reply, ReceiptSource::Dsn), now).await,
            None => Ok(Vec::new()),
        },
        Fate::Delivered => match store::deliveries::delivered(tx, id, now).await? {
            Some(cargo) => arrived(tx, &cargo, (ReceiptState::Delivered, ReceiptSource::Dsn), now).await,
            None => Ok(Vec::new()),
        },
    }
}

async fn arrived(
    tx: &mut Tx,
    cargo: &Cargo,
    (state, source): (ReceiptState, ReceiptSource),
    at: Timestamp,
) -> Result<Vec<MessagePlace>> {
    let place = |seq: &i64| MessagePlace { group: cargo.group, seq: *seq };
    let told: Vec<Told> =
        cargo.seqs.iter().map(|seq| Told { place: place(seq), person: cargo.person }).collect();
    Ok(store::receipts::record(tx, Step { state, source, at }, Whose::Everybodys, &told).await?)
}

async fn failed(
    tx: &mut Tx,
    cargo: &Cargo,
    (reason, source): (&str, ReceiptSource),
    now: Timestamp,
) -> Result<Vec<MessagePlace>> {
    let failure = Failure { group: cargo.group, person: cargo.person, seqs: &cargo.seqs, reason, source };
    Ok(store::receipts::record_failure(tx, &failure, now).await?)
}
