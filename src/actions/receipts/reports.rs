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

/// What a report says became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The receiver's mail system has it (RFC 3464 2.3.3).
    Delivered,
    /// With the server's words.
    Failed(String),
    /// The receiver's mail program showed it: by the receiver's own word, or by itself (RFC 8098 3.2.6).
    Displayed { by_hand: bool },
    /// The receiver does not say whether they have read it (RFC 2298 3.2.6.2).
    Declined,
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
            let sent = Step { state: ReceiptState::Sent, source: ReceiptSource::Submission, at: now };
            Ok(store::receipts::record(tx, sent, Whose::Everybodys, &receivers(&cargo)).await?)
        }
        DeliveryState::Failed => failed(tx, &cargo, (reply, ReceiptSource::Submission), now).await,
    }
}

/// A report about a mail came. The messages whose receipts that changes; three statements at the most.
pub async fn reported(tx: &mut Tx, id: DeliveryId, fate: &Fate, now: Timestamp) -> Result<Vec<MessagePlace>> {
    let step = |state, source| Step { state, source, at: now };
    match fate {
        Fate::Failed(reply) => match store::deliveries::bounced(tx, id, reply, now).await? {
            Some(cargo) => failed(tx, &cargo, (reply, ReceiptSource::Dsn), now).await,
            None => Ok(Vec::new()),
        },
        Fate::Delivered => {
            let delivered = step(ReceiptState::Delivered, ReceiptSource::Dsn);
            arrived(tx, (id, now), &[(delivered, Whose::Everybodys)]).await
        }
        Fate::Displayed { by_hand } => {
            let delivered = step(ReceiptState::Delivered, ReceiptSource::Mdn);
            let read = step(ReceiptState::Read, ReceiptSource::Mdn);
            let whose = if *by_hand { Whose::Everybodys } else { Whose::OfTheAutomatic };
            arrived(tx, (id, now), &[(delivered, Whose::Everybodys), (read, whose)]).await
        }
        Fate::Declined => {
            let delivered = step(ReceiptState::Delivered, ReceiptSource::Mdn);
            let declined = step(ReceiptState::Declined, ReceiptSource::Mdn);
            let everybodys = Whose::Everybodys;
            arrived(tx, (id, now), &[(delivered, everybodys), (declined, everybodys)]).await
        }
    }
}

async fn arrived(
    tx: &mut Tx,
    (id, now): (DeliveryId, Timestamp),
    steps: &[(Step, Whose)],
) -> Result<Vec<MessagePlace>> {
    let Some(cargo) = store::deliveries::delivered(tx, id, now).await? else { return Ok(Vec::new()) };
    let mut changed = Vec::new();
    for (step, whose) in steps {
        changed.extend(store::receipts::record(tx, *step, *whose, &receivers(&cargo)).await?);
    }
    Ok(changed)
}

fn receivers(cargo: &Cargo) -> Vec<Told> {
    let place = |seq: &i64| MessagePlace { group: cargo.group, seq: *seq };
    cargo.seqs.iter().map(|seq| Told { place: place(seq), person: cargo.person }).collect()
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
