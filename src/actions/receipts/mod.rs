//! Receipts: asked for when a message is posted, gathered from whatever tells of them, counted and shown.

mod gather;
pub(super) mod readers;
mod remind;
pub(super) mod reports;
mod settings;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

pub use gather::Gathered;
pub use settings::ReceiptsInGroup;

pub use crate::store::deliveries::Delayed;
pub use crate::store::receipt_lists::Named as Receiver;

use super::changes::Subject;
use super::{ActionError, Actions, Result, access, limits};
use crate::domain::event::{Audience, Event};
use crate::domain::group::Group;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::message::{Message, MessagePlace};
use crate::domain::person::Viewer;
use crate::domain::receipt::{
    Receipt, ReceiptPolicy, ReceiptRequest, ReceiptSource, ReceiptState, Receipts, Step,
};
use crate::domain::time::Timestamp;
use crate::store::receipts::{Told, Whose};
use crate::store::{self, Tx};

/// A mail that waits for less is no news.
const NEWS: Duration = Duration::from_secs(60);
/// How many receivers a page shows.
const PAGE: i64 = 200;
/// How many messages a page may ask about at once.
const ASKED: usize = 200;
/// How many messages may wait for one's own word; older ones are found on their own pages.
const TO_CONFIRM: i64 = 200;

/// A message and how its receivers stand.
#[derive(Clone, Debug)]
pub struct ReceiptsPage {
    pub group: Group,
    pub message: Message,
    /// Those it did not reach first, then who has not read it, then the others.
    pub receivers: Vec<Receiver>,
    /// The last of them, if there are more.
    pub next: Option<PersonId>,
    /// The viewer's own, if they were asked.
    pub own: Option<Receipt>,
    /// How the viewer answers requests in this group.
    pub policy: ReceiptPolicy,
    /// Mails with the message that still wait to be handed over.
    pub delayed: HashMap<PersonId, Delayed>,
    /// Those of them to whom mails come back.
    pub held_back: HashSet<PersonId>,
    /// When the author may ask once more those who have not read it; `None` for now.
    pub remind_again_at: Option<Timestamp>,
}

impl Actions {
    /// Asks the members for a receipt, if the message wants it, in the transaction that posts it. Three statements.
    pub(super) async fn ask_receipts(&self, tx: &mut Tx, message: &mut Message) -> Result<()> {
        if !message.receipts.request.is_wanted() {
            return Ok(());
        }
        let place = message.place();
        let mut present = store::groups::member_persons(tx, message.group_id).await?;
        present.retain(|person| self.hub.is_heard(Audience::Person(*person)));
        let (author, now) = (message.author.person_id, self.clock.now());
        store::receipts::ask(tx, place, author, &present, now).await?;
        if let Some((_, receipts)) = store::receipt_lists::tallies(tx, &[place]).await?.pop() {
            message.receipts = receipts;
        }
        Ok(())
    }

    /// How the receipts of a message stand, receiver by receiver, from the one after `after` on. Ten statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person may not see the message.
    pub async fn get_receipts(
        &self,
        viewer: &Viewer,
        place: MessagePlace,
        after: Option<PersonId>,
    ) -> Result<ReceiptsPage> {
        let mut tx = self.store.read().await?;
        let Subject { group, message, .. } = access::message(&mut tx, viewer.person_id, place).await?;
        let receivers = store::receipt_lists::list(&mut tx, place, after, PAGE).await?;
        let is_full = i64::try_from(receivers.len()).is_ok_and(|count| count == PAGE);
        let next = receivers.last().filter(|_| is_full).map(|last| last.receipt.person_id);
        let own = store::receipt_lists::find(&mut tx, place, viewer.person_id).await?;
        let policy = store::receipt_settings::policy_of_member(&mut tx, group.id, viewer.person_id).await?;
        let troubles = store::address_troubles::of_group(&mut tx, group.id).await?;
        let delayed = store::deliveries::delayed(&mut tx, place).await?;
        let long = |one: &Delayed| !one.words.is_empty() || self.clock.now() - one.since > NEWS;
        let delayed = delayed.into_iter().filter(long).map(|one| (one.person, one)).collect();
        let held_back = troubles.into_iter().filter(|(_, trouble)| trouble.holds_back());
        let held_back = held_back.map(|(person, _)| person).collect();
        // Whoever has not read it stands first.
        let reminded = receivers.iter().filter_map(|receiver| receiver.receipt.reminded_at).max();
        let remind_again_at = reminded.map(|at| at + limits::HOUR).filter(|at| *at > self.clock.now());
        Ok(ReceiptsPage { group, message, receivers, next, own, policy, delayed, held_back, remind_again_at })
    }

    /// How the receipts of these messages of a group stand; for a page that may have missed something.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn count_receipts(
        &self,
        viewer: &Viewer,
        group: GroupId,
        seqs: &[i64],
    ) -> Result<Vec<(i64, Receipts)>> {
        let mut tx = self.store.read().await?;
        let member = access::member(&mut tx, viewer.person_id, group).await?;
        let seen = seqs.iter().filter(|seq| **seq >= member.first_seq).take(ASKED);
        let places: Vec<_> = seen.map(|seq| MessagePlace { group, seq: *seq }).collect();
        let counted = store::receipt_lists::tallies(&mut tx, &places).await?;
        Ok(counted.into_iter().map(|(place, receipts)| (place.seq, receipts)).collect())
    }

    /// How this person answers requests in a group, what its new messages ask, and the messages that wait for their own
    /// word; none if they do not confirm by hand. Three statements.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn list_to_confirm(
        &self,
        viewer: &Viewer,
        group: GroupId,
    ) -> Result<(ReceiptPolicy, ReceiptRequest, Vec<i64>)> {
        let mut tx = self.store.read().await?;
        let policy = store::receipt_settings::policy_of_member(&mut tx, group, viewer.person_id).await?;
        let waiting = store::receipts::to_confirm(&mut tx, group, viewer.person_id, TO_CONFIRM).await?;
        let request = store::receipt_settings::request(&mut tx, group).await?;
        Ok((policy, request, waiting))
    }

    /// A receiver says that they have read a message. Saying it twice changes nothing.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person may not see the message, or was not asked, [`ActionError::Invalid`]
    /// when it was removed.
    pub async fn confirm_reading(&self, viewer: &Viewer, place: MessagePlace) -> Result<()> {
        let (person, step) = (viewer.person_id, self.step_now(ReceiptState::Read));
        let changed = self
            .store
            .write(async move |tx| {
                access::standing(&access::message(tx, person, place).await?.message)?;
                let asked = store::receipt_lists::find(tx, place, person).await?;
                asked.ok_or(ActionError::NotFound)?;
                let told = [Told { place, person }];
                Ok::<_, ActionError>(store::receipts::record(tx, step, Whose::Everybodys, &told).await?)
            })
            .await?;
        self.receipts.note_changed(changed);
        self.hub.publish(Audience::Person(person), Event::ReadingConfirmed { place });
        Ok(())
    }

    /// What a browser tells now.
    fn step_now(&self, state: ReceiptState) -> Step {
        Step { state, source: ReceiptSource::Browser, at: self.clock.now() }
    }
}
