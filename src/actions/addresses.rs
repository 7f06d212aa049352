//! Addresses that mails come back from: what is held back meanwhile, trials whether they work again, and what was missed.
//!
//! Each step is taken in the transaction of what tells of it, and may be taken twice.

use super::outbox::Letter;
use super::receipts::reports::Changes;
use super::{ActionError, Actions, Problem, Result, letters, limits};
use crate::domain::address::EmailAddress;
use crate::domain::bounce::{self, AddressState, AddressTrouble, Bounce};
use crate::domain::event::{Audience, Event};
use crate::domain::ids::{DeliveryId, GroupId, PersonId};
use crate::domain::job::Job;
use crate::domain::ledger::{Delivery, DeliveryKind, DeliveryState};
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// What the ledger says of a mail that waited when its receiver's address was found not to work.
const HELD_BACK: &str = "Mails to this address come back; what it says is sent when they arrive again.";
/// Into so many groups a bundle of what was missed is sent at once; the others follow with their next message.
const MOST_BUNDLES: i64 = 20;
/// So often an hour somebody may ask for a trial.
const MOST_TRIALS: i64 = 3;

/// The address where somebody's mail goes, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAddress {
    pub address: EmailAddress,
    pub trouble: AddressTrouble,
}

impl Actions {
    /// A mail came back, or was refused. What that changes; nothing if it was known. Six statements at the most.
    pub(super) async fn note_failure(
        &self,
        tx: &mut Tx,
        delivery: &Delivery,
        failure: &Bounce,
    ) -> Result<Changes> {
        let Some(person) = delivery.person_id else { return Ok(Changes::default()) };
        let key = delivery.address.key();
        let known = store::address_troubles::find(tx, key).await?;
        let held_back = known.as_ref().is_some_and(AddressTrouble::holds_back);
        let Some(trouble) = AddressTrouble::after(known.clone(), failure) else {
            return Ok(Changes::default());
        };
        if known.as_ref() == Some(&trouble) {
            return Ok(Changes::default());
        }
        store::address_troubles::put(tx, key, &trouble).await?;
        let mut receipts = Vec::new();
        if !held_back && trouble.holds_back() {
            store::deliveries::withdraw_of_groups(tx, person, HELD_BACK, failure.at).await?;
            receipts = store::receipts::fail_unsent(tx, person, &failure.words, failure.at).await?;
        }
        if let Some(at) = trouble.trial_at.filter(|at| known.and_then(|known| known.trial_at) != Some(*at)) {
            let job = Job::TryAddress { person, at };
            store::jobs::add(tx, &[(self.clock.new_id(), job)], at, failure.at).await?;
        }
        Ok(Changes { receipts, addresses: store::address_troubles::groups_of(tx, key).await? })
    }

    /// A mail is known to have arrived. Nothing is changed by one that was written before the last one came back.
    pub(super) async fn note_arrival(&self, tx: &mut Tx, delivery: &Delivery) -> Result<Vec<GroupId>> {
        let known = store::address_troubles::find(tx, delivery.address.key()).await?;
        match known {
            Some(trouble) if delivery.created_at > trouble.last_at => {
                self.address_works(tx, delivery.address.key(), &trouble).await
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Somebody wrote from this address: it is in use again.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub(super) async fn heard_from(&self, from: &EmailAddress) -> Result<()> {
        let known = store::address_troubles::find(&mut self.store.read().await?, from.key()).await?;
        if known.is_none() {
            return Ok(());
        }
        let (actions, from) = (self.clone(), from.clone());
        let groups = self
            .store
            .write(async move |tx| match store::address_troubles::find(tx, from.key()).await? {
                Some(trouble) => actions.address_works(tx, from.key(), &trouble).await,
                None => Ok(Vec::new()),
            })
            .await?;
        self.tell_addresses(&groups);
        Ok(())
    }

    /// An address works again: what came back, and what was held back, is bundled once more. Six statements at the most.
    async fn address_works(&self, tx: &mut Tx, key: &str, trouble: &AddressTrouble) -> Result<Vec<GroupId>> {
        let now = self.clock.now();
        store::address_troubles::remove(tx, key).await?;
        store::deliveries::free_missed(tx, key, trouble.since - bounce::FORGOTTEN, now).await?;
        let missing = store::address_troubles::missing(tx, key, MOST_BUNDLES).await?;
        let mut jobs = Vec::new();
        for member in missing {
            if member.is_new {
                jobs.push((self.clock.new_id(), Job::InviteMember { member: member.id, by: None }));
            }
            jobs.push((self.clock.new_id(), Job::BundleMessages { member: member.id }));
        }
        store::jobs::add(tx, &jobs, now, now).await?;
        self.bell.ring();
        Ok(store::address_troubles::groups_of(tx, key).await?)
    }

    /// Sends a trial to an address that mails came back from, if it is time. Running twice sends one.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn try_address(&self, person: PersonId, at: Timestamp) -> Result<()> {
        let mut tx = self.store.read().await?;
        let Some(found) = store::persons::find(&mut tx, person).await? else { return Ok(()) };
        let Some(address) = found.main_address().cloned() else { return Ok(()) };
        let known = store::address_troubles::find(&mut tx, address.key()).await?;
        let is_due = move |trouble: &AddressTrouble| {
            trouble.state == AddressState::Suspended && trouble.trial_at.is_some_and(|due| due <= at)
        };
        let Some(trouble) = known.filter(is_due) else { return Ok(()) };
        let language =
            store::sessions::language_of(&mut tx, person).await?.unwrap_or(self.settings.mail.language);
        drop(tx);
        let words = letters::trial(self, &found, language, &trouble)?;
        let mail = self.compose(Letter {
            person_id: Some(person),
            ..Letter::new(
                DeliveryKind::Trial,
                format!("trial:{person}:{}:{}", at.millis(), trouble.trials),
                letters::address_of(&found)?,
                words,
            )
        })?;
        let (actions, now) = (self.clone(), self.clock.now());
        let groups = self
            .store
            .write(async move |tx| {
                let known = store::address_troubles::find(tx, address.key()).await?;
                let Some(trouble) = known.filter(is_due) else { return Ok(Vec::new()) };
                let trial = mail.id();
                store::address_troubles::put(tx, address.key(), &trouble.tried(trial)).await?;
                actions.queue(tx, vec![mail]).await?;
                let job = (actions.clock.new_id(), Job::EndTrial { trial });
                store::jobs::add(tx, &[job], now + bounce::QUIET, now).await?;
                Ok::<_, ActionError>(store::address_troubles::groups_of(tx, address.key()).await?)
            })
            .await?;
        self.bell.ring();
        self.tell_addresses(&groups);
        Ok(())
    }

    /// A trial of which nothing was heard for hours has arrived. One that waits for the server is looked at later.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn end_trial(&self, trial: DeliveryId) -> Result<()> {
        let (actions, now) = (self.clone(), self.clock.now());
        let groups = self
            .store
            .write(async move |tx| {
                let Some(key) = store::address_troubles::find_by_trial(tx, trial).await? else {
                    return Ok(Vec::new());
                };
                let delivery = store::deliveries::find(tx, trial).await?;
                let Some(delivery) = delivery.filter(|one| !one.state.is_lost()) else {
                    return Ok(Vec::new());
                };
                let begun = if delivery.state == DeliveryState::Sent { delivery.updated_at } else { now };
                let quiet = begun + bounce::QUIET;
                if quiet > now {
                    let job = (actions.clock.new_id(), Job::EndTrial { trial });
                    store::jobs::add(tx, &[job], quiet, now).await?;
                    return Ok(Vec::new());
                }
                match store::address_troubles::find(tx, &key).await? {
                    Some(trouble) => actions.address_works(tx, &key, &trouble).await,
                    None => Ok::<_, ActionError>(Vec::new()),
                }
            })
            .await?;
        self.tell_addresses(&groups);
        Ok(())
    }

    /// Somebody wants a trial to their own address now. Nothing, if it works or one is on its way.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when they have asked several times within the hour.
    pub async fn try_own_address(&self, viewer: &Viewer) -> Result<()> {
        let (actions, person, now) = (self.clone(), viewer.person_id, self.clock.now());
        self.store
            .write(async move |tx| {
                let Some(found) = store::persons::find(tx, person).await? else { return Ok(()) };
                let Some(key) = found.main_address().map(|address| address.key().to_owned()) else {
                    return Ok(());
                };
                let known = store::address_troubles::find(tx, &key).await?;
                let Some(trouble) = known.filter(|known| known.state == AddressState::Suspended) else {
                    return Ok(());
                };
                let limit = limits::Limit::new("try-address", &[&key], MOST_TRIALS);
                limits::take(tx, &[limit], now, too_often).await?;
                let trouble = AddressTrouble { trial_at: Some(now), ..trouble };
                store::address_troubles::put(tx, &key, &trouble).await?;
                let job = (actions.clock.new_id(), Job::TryAddress { person, at: now });
                Ok::<_, ActionError>(store::jobs::add(tx, &[job], now, now).await?)
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// What is known of one's own address; `None` if it works.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn own_address_trouble(&self, viewer: &Viewer) -> Result<Option<OwnAddress>> {
        let mut tx = self.store.read().await?;
        let Some(trouble) = store::address_troubles::of_person(&mut tx, viewer.person_id).await? else {
            return Ok(None);
        };
        let found = store::persons::find(&mut tx, viewer.person_id).await?;
        let address = found.and_then(|person| person.main_address().cloned());
        Ok(address.map(|address| OwnAddress { address, trouble }))
    }

    /// Whoever looks at these groups hears that something about a member's address is different.
    pub(super) fn tell_addresses(&self, groups: &[GroupId]) {
        for group in groups {
            if self.hub.is_heard(Audience::Group(*group)) {
                self.hub.publish(Audience::Group(*group), Event::AddressChanged { group: *group });
            }
        }
    }
}

fn too_often(minutes: u64) -> ActionError {
    ActionError::invalid("address", Problem::TooOften { minutes })
}
