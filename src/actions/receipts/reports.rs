//! What the mail system tells of receipts, in the transaction that notes it with the mail.

use super::super::{Actions, Result};
use crate::domain::bounce::{Bounce, FailureClass};
use crate::domain::ids::{DeliveryId, GroupId};
use crate::domain::ledger::{Delivery, DeliveryState};
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
    /// A server handed it on to where no more is reported, or to several addresses, by this source: it may still come
    /// back (RFC 3464 2.3.3). With the server's name.
    HandedOn(ReceiptSource, String),
    /// With what it says of the address, and the server's words.
    Failed(FailureClass, String),
    /// The receiver's mail program showed it: by the receiver's own word, or by itself (RFC 8098 3.2.6).
    Displayed { by_hand: bool },
    /// The receiver does not say whether they have read it (RFC 2298 3.2.6.2).
    Declined,
}

/// What is different after something was told of a mail.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The messages whose receipts are.
    pub receipts: Vec<MessagePlace>,
    /// The groups of a member whose address is known to work again, or not to.
    pub addresses: Vec<GroupId>,
}

impl Changes {
    /// These receipts as well.
    pub fn with(mut self, receipts: Vec<MessagePlace>) -> Self {
        self.receipts.extend(receipts);
        self
    }
}

impl Actions {
    /// Tells whoever looks.
    pub(in super::super) fn tell_changes(&self, changes: Changes) {
        self.receipts.note_changed(changes.receipts);
        self.tell_addresses(&changes.addresses);
    }
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
        DeliveryState::Failed | DeliveryState::Dropped => {
            failed(tx, &cargo, (reply, ReceiptSource::Submission), now).await
        }
    }
}

/// A report about a mail came. What that changes; the same report once more changes nothing. Nine statements at the most.
pub async fn reported(actions: &Actions, tx: &mut Tx, delivery: &Delivery, fate: &Fate) -> Result<Changes> {
    let now = actions.clock.now();
    let Fate::Failed(class, reply) = fate else {
        let addresses = match fate {
            Fate::HandedOn(..) => Vec::new(),
            _ => actions.note_arrival(tx, delivery).await?,
        };
        return Ok(Changes { receipts: told(tx, delivery.id, fate, now).await?, addresses });
    };
    let Some(cargo) = store::deliveries::bounced(tx, delivery.id, reply, now).await? else {
        return Ok(Changes::default());
    };
    let receipts = match cargo {
        Some(cargo) => failed(tx, &cargo, (reply, ReceiptSource::Dsn), now).await?,
        None => Vec::new(),
    };
    let failure = Bounce { delivery: delivery.id, class: *class, words: reply.clone(), at: now };
    Ok(actions.note_failure(tx, delivery, &failure).await?.with(receipts))
}

async fn told(tx: &mut Tx, id: DeliveryId, fate: &Fate, now: Timestamp) -> Result<Vec<MessagePlace>> {
    let step = |state, source| Step { state, source, at: now };
    match fate {
        Fate::Failed(..) => Ok(Vec::new()),
        Fate::Delivered => {
            let delivered = step(ReceiptState::Delivered, ReceiptSource::Dsn);
            arrived(tx, (id, now), &[(delivered, Whose::Everybodys)]).await
        }
        Fate::HandedOn(source, server) => {
            let Some(cargo) = store::deliveries::handed_on(tx, id, now).await? else { return Ok(Vec::new()) };
            let passed = step(ReceiptState::Delivered, *source);
            let changed = store::receipts::record(tx, passed, Whose::Everybodys, &receivers(&cargo)).await?;
            store::receipts::note_via(tx, &changed, cargo.person, server).await?;
            Ok(changed)
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

/// Mails that waited were given up for a reason of ours. The messages whose receipts that changes; one statement.
pub async fn given_up(
    tx: &mut Tx,
    cargos: &[Cargo],
    reason: &str,
    now: Timestamp,
) -> Result<Vec<MessagePlace>> {
    let told: Vec<Told> = cargos.iter().flat_map(receivers).collect();
    Ok(store::receipts::record_failures(tx, &told, (reason, ReceiptSource::Submission), now).await?)
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
