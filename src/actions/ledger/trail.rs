//! All that is known of one mail: its line, its steps in order, and the other mails that it led to.

use super::super::{ActionError, Actions, Result, access};
use crate::domain::ids::{DeliveryId, GroupId, MailId};
use crate::domain::ledger::{Delivery, DeliveryKind, MailEntry, Outcome};
use crate::domain::ledger_step::StepAt;
use crate::domain::message::MessagePlace;
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// A mail that came in.
#[derive(Clone, Debug)]
pub struct MailTrail {
    pub entry: MailEntry,
    /// Of its group.
    pub topic: Option<String>,
    /// Whose reply address it came to.
    pub addressee: Option<String>,
    /// The message that it became, and when.
    pub message: Option<(MessagePlace, Timestamp)>,
    /// In order.
    pub steps: Vec<StepAt>,
    /// The mails that brought it to members, the first ones.
    pub brought: Vec<Delivery>,
    /// The mail that told its sender why it was not used, or where the draft is.
    pub told: Option<Delivery>,
}

/// A mail that goes out.
#[derive(Clone, Debug)]
pub struct DeliveryTrail {
    pub delivery: Delivery,
    pub topic: Option<String>,
    /// To whom.
    pub receiver: Option<String>,
    pub steps: Vec<StepAt>,
    pub delivered_at: Option<Timestamp>,
    pub handed_on_at: Option<Timestamp>,
    /// How many of the group's messages are in it.
    pub messages: usize,
    /// Whether this viewer can save its bytes.
    pub has_original: bool,
}

/// More than a mail that waits for days has tries.
const MOST_STEPS: i64 = 500;
/// Mails out that are looked through for a message.
const MOST_OUT: i64 = 500;

impl Actions {
    /// A mail in with its steps. Ten statements at the most.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who neither are admins nor auditors, or when there is no such mail.
    pub async fn mail_trail(&self, viewer: &Viewer, id: MailId) -> Result<MailTrail> {
        access::auditor(viewer)?;
        let mut tx = self.store.read().await?;
        let entry = store::ledger::find(&mut tx, id).await?.ok_or(ActionError::NotFound)?.entry;
        let message = match &entry.outcome {
            Outcome::Message { .. } | Outcome::Moved { .. } => {
                store::messages::place_of_mail(&mut tx, id).await?
            }
            _ => None,
        };
        let brought = match message {
            Some((place, at)) => store::deliveries::bringing(&mut tx, place, at, MOST_OUT).await?,
            None => Vec::new(),
        };
        let purpose = if matches!(entry.outcome, Outcome::Draft { .. }) { "draft-ready" } else { "answer" };
        Ok(MailTrail {
            topic: topic(&mut tx, entry.routed.group).await?,
            addressee: match entry.routed.token_person {
                Some(person) => store::persons::find(&mut tx, person).await?.map(|person| person.full_name),
                None => None,
            },
            message,
            steps: store::ledger_steps::of_mail(&mut tx, id, MOST_STEPS).await?,
            brought,
            told: store::deliveries::find_by_purpose(&mut tx, &format!("{purpose}:{id}")).await?,
            entry,
        })
    }

    /// A mail out with its steps. Six statements at the most.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who neither are admins nor auditors, or when there is no such mail.
    pub async fn delivery_trail(&self, viewer: &Viewer, id: DeliveryId) -> Result<DeliveryTrail> {
        access::auditor(viewer)?;
        let mut tx = self.store.read().await?;
        let delivery = store::deliveries::find(&mut tx, id).await?.ok_or(ActionError::NotFound)?;
        let beside = store::deliveries::beside(&mut tx, id).await?.ok_or(ActionError::NotFound)?;
        let receiver = match delivery.person_id {
            Some(person) => store::persons::find(&mut tx, person).await?.map(|person| person.full_name),
            None => None,
        };
        Ok(DeliveryTrail {
            topic: topic(&mut tx, delivery.group_id).await?,
            receiver,
            steps: store::ledger_steps::of_delivery(&mut tx, id, MOST_STEPS).await?,
            delivered_at: beside.delivered_at,
            handed_on_at: beside.handed_on_at,
            messages: beside.carried.len(),
            has_original: beside.is_kept && viewer.rights.admin && delivery.kind != DeliveryKind::SignIn,
            delivery,
        })
    }
}

async fn topic(tx: &mut Tx, group: Option<GroupId>) -> Result<Option<String>> {
    let Some(group) = group else { return Ok(None) };
    Ok(store::ledger_lists::topics(tx, &[group]).await?.pop().map(|(_, topic)| topic))
}
