//! A mail to the gateway itself goes into its thread and, for those who may start groups, begins a draft. Its sender,
//! and only its sender, gets the draft's link.

use super::super::drafts::{MOST_MEMBERS, Seed, topic_of};
use super::super::outbox::Composed;
use super::super::{ActionError, Actions, Result, access, letters, people, threads};
use super::Arrived;
use crate::domain::identity::Right;
use crate::domain::ids::{DraftId, PersonId};
use crate::domain::ledger::{Ignored, Outcome};
use crate::domain::person::Person;
use crate::domain::thread::{Participant, Seen};
use crate::store::{self, Tx};

impl Actions {
    pub(super) async fn sort_to_draft(&self, arrived: Arrived) -> Result<()> {
        let participants = self.participants_of(&arrived.mail, Some(arrived.digest));
        if participants.len() > MOST_MEMBERS {
            return self.ignore(&arrived, Ignored::TooManyPeople).await;
        }
        let Some(owner) = self.starter(&arrived).await? else {
            return self.ignore(&arrived, Ignored::NotAllowed).await;
        };
        if self.answers_itself(&arrived).await? {
            return self.ignore(&arrived, Ignored::Loop).await;
        }
        let files = self.store_mail_files(&arrived.mail.files).await?;
        let mut seed = Seed {
            topic: topic_of(&arrived.mail),
            opening: self.opening(&arrived.mail),
            participants,
            mail: Some(arrived.id),
            files,
            ..Seed::default()
        };
        let actions = self.clone();
        let draft = self
            .store
            .write(async move |tx| {
                let placed = threads::Placed { mail: &arrived.mail, digest: arrived.digest, at: arrived.at };
                let thread = threads::place(tx, &actions.clock, &actions.settings.mail, placed).await?;
                actions.note_thread(tx, &arrived, thread).await?;
                if arrived.mail.handed_on().is_none() && store::drafts::thread_has_one(tx, thread).await? {
                    // The gateway stays in Cc of the thread that was made a group already.
                    return Ok(None);
                }
                seed.thread = Some(thread);
                if arrived.mail.handed_on().is_none() {
                    seed.participants = store::threads::participants(tx, thread).await?;
                }
                let owner = actions.known(tx, owner).await?;
                let draft = actions.start_draft(tx, owner, seed).await?;
                store::ledger::set_outcome(tx, arrived.id, &Outcome::Draft { draft: draft.id }).await?;
                actions.send_draft_link(tx, &arrived, owner, draft.id).await?;
                Ok::<_, ActionError>(Some(draft))
            })
            .await?;
        if let Some(draft) = draft {
            self.tell_started(draft);
        }
        self.bell.ring();
        Ok(())
    }

    /// Whether the sender of a mail may begin a group, and is somebody whose words they are.
    pub(super) async fn may_start_by_mail(&self, arrived: &Arrived) -> Result<bool> {
        Ok(self.starter(arrived).await?.is_some())
    }

    /// Who begins a group by this mail; `None` if they may not. People of the address book may, and those whose domain
    /// may sign in, where the company lets them; its admins always.
    async fn starter(&self, arrived: &Arrived) -> Result<Option<Starter>> {
        let Some(from) = arrived.mail.from.first() else { return Ok(None) };
        let mut tx = self.store.read().await?;
        let known = people::known_as_written(&mut tx, std::slice::from_ref(&from.address)).await?;
        let person = match known.get(&from.address) {
            Some(id) => store::persons::find(&mut tx, *id).await?,
            None => None,
        };
        Ok(match person {
            Some(person) => {
                // Nor may whoever has left, also where an admin hands their mail on.
                let may = person.departed_at.is_none()
                    && access::belongs(&person, &self.settings.sign_in)
                    && (self.policy().may_start(&person)
                        || store::sessions::has_right(&mut tx, person.id, Right::Admin).await?);
                may.then_some(Starter::Known(person))
            }
            None => (self.settings.sign_in.takes(&from.address)
                && self.policy().starters.include(&from.address))
            .then(|| {
                Starter::New(Participant {
                    name: from.name.clone(),
                    address: from.address.clone(),
                    seen: Seen::default(),
                })
            }),
        })
    }

    async fn known(&self, tx: &mut Tx, starter: Starter) -> Result<PersonId> {
        match starter {
            Starter::Known(person) => Ok(person.id),
            Starter::New(participant) => {
                let learnt = people::learn(tx, &self.clock, &[participant], self.clock.now()).await?;
                learnt.first().map(|(id, _)| *id).ok_or(ActionError::NotFound)
            }
        }
    }

    async fn send_draft_link(
        &self,
        tx: &mut Tx,
        arrived: &Arrived,
        owner: PersonId,
        draft: DraftId,
    ) -> Result<()> {
        let token = self.new_token()?;
        let person = store::persons::find(tx, owner).await?.ok_or(ActionError::NotFound)?;
        let language = store::sessions::language_of(tx, owner).await?.unwrap_or(self.settings.mail.language);
        let members = store::drafts::members(tx, draft).await?.len();
        let link = self.personal_link(owner, format!("/drafts/{draft}"), &token);
        store::links::insert(tx, &link).await?;
        let topic = topic_of(&arrived.mail);
        let about = letters::DraftReady {
            mail: &arrived.mail,
            mail_id: arrived.id,
            token: &token,
            topic: &topic,
            members,
        };
        let composed: Composed = self.compose(letters::draft_ready(self, &person, language, &about)?)?;
        self.queue(tx, vec![composed]).await
    }
}

/// Who begins a group by mail.
enum Starter {
    Known(Person),
    New(Participant),
}
