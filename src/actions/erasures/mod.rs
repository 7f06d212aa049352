//! Erasing a person (GDPR Art. 17). What is theirs goes at once, in one transaction; what they wrote goes from a job, batch
//! by batch. It can't be undone. Twice is harmless, and finishes what a legal hold had kept.

mod contents;

use std::collections::{HashMap, HashSet};

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::address::EmailAddress;
use crate::domain::audit::{Deed, Doer};
use crate::domain::digest::Digest;
use crate::domain::erasure::{Erased, Erasure, FORMER, Preview};
use crate::domain::event::{Audience, Event};
use crate::domain::ids::{GroupId, PersonId, SessionId};
use crate::domain::job::Job;
use crate::domain::notice::{Named, Notice};
use crate::domain::person::{Entry, Person, Viewer};
use crate::domain::secret::ServerKey;
use crate::store::{self, Tx};

use super::log::Noted;

/// By what an address is known that must not come back: nobody reads it from this without the server's key.
pub(super) fn fingerprint(key: &ServerKey, address: &EmailAddress) -> Digest {
    Digest::from_array(key.derived(&format!("erased-address\0{}", address.key())))
}

/// Which addresses of some entries were erased.
pub(super) async fn erased_among(
    tx: &mut Tx,
    key: &ServerKey,
    entries: impl Iterator<Item = &Entry>,
) -> Result<HashSet<EmailAddress>> {
    let known: HashMap<Digest, EmailAddress> =
        entries.flat_map(|entry| &entry.addresses).map(|one| (fingerprint(key, one), one.clone())).collect();
    let asked: Vec<Digest> = known.keys().copied().collect();
    let kept_out = store::erasures::kept_out(tx, &asked).await?;
    Ok(kept_out.iter().filter_map(|digest| known.get(digest).cloned()).collect())
}

/// What pages have to be told after the commit.
#[derive(Default)]
struct Gone {
    sessions: Vec<SessionId>,
    groups: Vec<Noted>,
}

impl Actions {
    /// What erasing somebody would do. Changes nothing.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but admins, and when there is no such person.
    pub async fn preview_erasure(&self, viewer: &Viewer, person: PersonId) -> Result<Preview> {
        access::admin(viewer)?;
        self.preview_of(person).await
    }

    /// The same for whoever sits at the machine.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when there is no such person.
    pub async fn preview_of(&self, person: PersonId) -> Result<Preview> {
        let mut tx = self.store.read().await?;
        let found = store::persons::find(&mut tx, person).await?.ok_or(ActionError::NotFound)?;
        Ok(Preview {
            person,
            typed: typed(&found),
            name: found.full_name,
            counts: store::erasures::counts(&mut tx, person).await?,
            held: store::erasures::held_topics(&mut tx, person).await?,
            is_erased: store::erasures::find(&mut tx, person).await?.is_some(),
        })
    }

    /// Erases somebody, if what was typed is what was asked for.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but admins, [`ActionError::Invalid`] when something else was typed,
    /// [`ActionError::Forbidden`] for oneself.
    pub async fn erase_person(
        &self,
        viewer: &Viewer,
        person: PersonId,
        (texts, words): (bool, &str),
    ) -> Result<Erased> {
        access::admin(viewer)?;
        if person == viewer.person_id {
            return Err(ActionError::Forbidden);
        }
        let preview = self.preview_of(person).await?;
        if words.trim().to_lowercase() != preview.typed.to_lowercase() {
            return Err(ActionError::invalid("confirmation", Problem::NotConfirmed));
        }
        self.erase(viewer.into(), Erasure { person, texts }).await
    }

    /// The same for whoever sits at the machine.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when there is no such person.
    pub async fn erase(&self, who: Doer, erasure: Erasure) -> Result<Erased> {
        let actions = self.clone();
        let gone = self.store.write(async move |tx| actions.erase_rows(tx, who, erasure).await).await?;
        for session in gone.sessions {
            self.hub.publish(Audience::Person(erasure.person), Event::SessionEnded { session });
        }
        for noted in gone.groups {
            self.tell_gone(noted, erasure.person).await;
        }
        self.bell.ring();
        self.forget_files().await;
        let counts = store::erasures::counts(&mut self.store.read().await?, erasure.person).await?;
        Ok(Erased { person: erasure.person, held: counts.held })
    }

    async fn erase_rows(&self, tx: &mut Tx, who: Doer, erasure: Erasure) -> Result<Gone> {
        let (person, now) = (erasure.person, self.clock.now());
        store::persons::hold(tx, person).await?;
        let found = store::persons::find(tx, person).await?.ok_or(ActionError::NotFound)?;
        let was_erased = store::erasures::find(tx, person).await?.is_some();
        store::erasures::note(tx, erasure, now).await?;
        let fingerprints: Vec<Digest> =
            found.addresses.iter().map(|address| fingerprint(&self.key, address)).collect();
        store::erasures::keep_out(tx, &fingerprints, now).await?;
        let sessions = store::sessions::list(tx, person, now).await?;
        store::erasures::erase_mails(tx, person, now).await?;
        let name = if was_erased { "" } else { found.full_name.as_str() };
        let words: Vec<String> = found.addresses.iter().map(|address| address.key().to_owned()).collect();
        let words: Vec<String> =
            words.into_iter().chain((!name.is_empty()).then(|| name.to_owned())).collect();
        store::erasures::rename(tx, person, (name, &words)).await?;
        let mentions = store::erasures::forget_mentions(tx, person, name).await?;
        for part in mentions.chunks(1_000) {
            let mut said = store::messages::list_of_ids(tx, part).await?;
            said.retain(|message| message.trace.removed.is_none());
            store::search::index_all(tx, &said).await?;
        }
        store::erasures::erase_addresses(tx, person, name, now).await?;
        let groups = self.leave_all(tx, person).await?;
        store::erasures::erase_person(tx, person, now).await?;
        store::audit::forget_name(tx, person, now).await?;
        self.audit(tx, who, None, Deed::PersonErased { of: person, texts: erasure.texts }).await?;
        let job = (self.clock.new_id(), Job::EraseContents { person });
        store::jobs::add(tx, &[job], now, now).await?;
        Ok(Gone { sessions: sessions.into_iter().map(|session| session.id).collect(), groups })
    }

    /// Ends every membership.
    async fn leave_all(&self, tx: &mut Tx, person: PersonId) -> Result<Vec<Noted>> {
        let topics = store::groups::topics_for(tx, person).await?;
        let mut groups: Vec<GroupId> = topics.into_iter().map(|(group, _)| group).collect();
        // Always in the same order, so that two who hold several groups don't wait for each other.
        groups.sort_unstable();
        let mut noted = Vec::new();
        for group in groups {
            store::groups::hold(tx, group).await?;
            let author = Named { id: person, name: FORMER.to_owned() };
            noted.push(self.note(tx, group, author, Notice::Left).await?);
            noted.extend(self.inherit(tx, group, Some(person)).await?);
        }
        Ok(noted)
    }

    /// Who has an address, for whoever sits at the machine.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn person_of(&self, address: &EmailAddress) -> Result<Option<Person>> {
        Ok(store::persons::find_by_address(&mut self.store.read().await?, address).await?)
    }

    /// An address that was erased may come back by a directory or a file. Whether it was kept out.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn readmit(&self, who: Doer, address: &EmailAddress) -> Result<bool> {
        let (actions, kept) = (self.clone(), fingerprint(&self.key, address));
        self.store
            .write(async move |tx| {
                let was_kept_out = store::erasures::let_in(tx, &kept).await?;
                if was_kept_out {
                    actions.audit(tx, who, None, Deed::AddressReadmitted).await?;
                }
                Ok(was_kept_out)
            })
            .await
    }

    /// What a hold on a group had kept of people who were erased goes with it.
    pub(super) async fn erase_what_was_held(&self, tx: &mut Tx, group: GroupId) -> Result<()> {
        let now = self.clock.now();
        let kept = store::erasures::list_kept(tx, group).await?;
        for person in &kept {
            store::erasures::erase_mails(tx, *person, now).await?;
            store::erasures::rename(tx, *person, ("", &[])).await?;
        }
        let jobs: Vec<_> =
            kept.into_iter().map(|person| (self.clock.new_id(), Job::EraseContents { person })).collect();
        Ok(store::jobs::add(tx, &jobs, now, now).await?)
    }
}

/// What has to be typed.
fn typed(person: &Person) -> String {
    person.main_address().map_or_else(|| person.full_name.clone(), ToString::to_string)
}
