//! A mail that answers the mail of a share. It comes from outside: who wrote it is what the mail says, and no more; not
//! even a member's own answer speaks for the member here, since the address may have been handed on.

use super::super::messages::{Contribution, Posted};
use super::super::outbox::Composed;
use super::super::{ActionError, Actions, Result, letters};
use super::author::sender_name;
use super::repeated::{Said, Surplus};
use super::{Arrived, facts, still_waits};
use crate::domain::group::{Member, Role};
use crate::domain::ids::PersonId;
use crate::domain::ledger::{Ignored, Outcome};
use crate::domain::message::{Author, Grade, Source};
use crate::domain::share::{Answers, Share, ShareState};
use crate::domain::share_receiver::{AnswerState, ShareAnswer, ShareReceiver};
use crate::mail::markdown::first_words;
use crate::store::{self, Tx};

impl Actions {
    /// A mail to the address of somebody who got a share.
    pub(super) async fn sort_to_share(&self, arrived: Arrived, receiver: ShareReceiver) -> Result<()> {
        let mut tx = self.store.read().await?;
        let share = store::shares::find(&mut tx, receiver.share).await?;
        drop(tx);
        match share {
            Some(share) if share.state == ShareState::Out => self.take_answer(arrived, receiver, share).await,
            _ => self.ignore(&arrived, Ignored::ShareRecalled).await,
        }
    }

    async fn take_answer(&self, arrived: Arrived, receiver: ShareReceiver, share: Share) -> Result<()> {
        let mut contribution = self.share_contribution(&arrived, &share).await?;
        let at_once = share.answers == Answers::AtOnce;
        let by_receiver = is_from(&arrived, &receiver);
        if at_once && !by_receiver {
            contribution.author.name = address_of(&arrived);
        }
        let text = contribution.body.markdown.clone();
        if text.is_empty() && contribution.new_files.is_empty() {
            return self.ignore(&arrived, Ignored::Empty).await;
        }
        let said = Said { group: share.group_id, text: &text, files: &contribution.new_files, reached: None };
        match self.too_often(&arrived, &said).await? {
            Some(Surplus::Copy(_)) => return self.ignore(&arrived, Ignored::Duplicate).await,
            Some(Surplus::Why(why)) => return self.ignore(&arrived, why).await,
            None => {}
        }
        let answer = self.answer_of(&arrived, &share, &contribution);
        let letters = if at_once { Vec::new() } else { self.tell_of_answer(&share, &answer).await? };
        let (actions, now) = (self.clone(), self.clock.now());
        let posted = self
            .store
            .write(async move |tx| {
                if !still_waits(tx, arrived.id).await? {
                    return Ok::<_, ActionError>(None);
                }
                if by_receiver {
                    store::shares::receivers::mark_answered(tx, receiver.id, now).await?;
                }
                if !at_once {
                    store::shares::answers::insert(tx, receiver.id, &answer).await?;
                    store::ledger::set_facts(tx, arrived.id, &facts(&arrived, None)).await?;
                    store::ledger::set_outcome(tx, arrived.id, &Outcome::ShareAnswer { share: share.id })
                        .await?;
                    actions.queue(tx, letters).await?;
                    return Ok(None);
                }
                let posted = actions.contribute(tx, share.group_id, contribution).await?;
                actions.note_taken(tx, &arrived, &posted).await?;
                let taken = ShareAnswer {
                    state: AnswerState::Taken,
                    words: String::new(),
                    message: Some(posted.message.id),
                    ..answer
                };
                store::shares::answers::insert(tx, receiver.id, &taken).await?;
                Ok(Some(posted))
            })
            .await?;
        match posted {
            Some(posted) => self.tell(posted).await,
            None => self.bell.ring(),
        }
        Ok(())
    }

    /// The message that an answer becomes.
    pub(in super::super) async fn share_contribution(
        &self,
        arrived: &Arrived,
        share: &Share,
    ) -> Result<Contribution> {
        let author =
            Author { person_id: None, name: sender_name(arrived), grade: Grade::ByLink, photo: None };
        let contribution = self.mail_contribution(arrived, share.group_id, author).await?;
        Ok(Contribution { share: Some(share.id), ..contribution })
    }

    /// The ledger's line of an answer that became a message, and its id for answers to it.
    pub(in super::super) async fn note_taken(
        &self,
        tx: &mut Tx,
        arrived: &Arrived,
        posted: &Posted,
    ) -> Result<()> {
        let (group, message) = (posted.group.id, posted.message.id);
        store::ledger::set_facts(tx, arrived.id, &facts(arrived, None)).await?;
        Ok(store::ledger::set_outcome(tx, arrived.id, &Outcome::Message { group, message }).await?)
    }

    /// The letters to those who decide about an answer: the sharer, or the owners of the group once the sharer has left
    /// it.
    async fn tell_of_answer(&self, share: &Share, answer: &ShareAnswer) -> Result<Vec<Composed>> {
        let mut tx = self.store.read().await?;
        let members = store::groups::members(&mut tx, share.group_id).await?;
        let sharer = members.iter().any(|member| member.person_id == share.created_by);
        let decides = |member: &&Member| match sharer {
            true => member.person_id == share.created_by,
            false => member.role == Role::Owner,
        };
        let ids: Vec<PersonId> = members.iter().filter(decides).map(|member| member.person_id).collect();
        let persons = store::persons::list(&mut tx, &ids).await?;
        let languages = store::sessions::languages_of(&mut tx, &ids).await?;
        drop(tx);
        let reached = persons.iter().filter(|person| person.main_address().is_some());
        reached
            .map(|person| {
                let language = languages.get(&person.id).copied().unwrap_or(self.settings.mail.language);
                self.compose(letters::share_answered(self, person, language, (share, answer))?)
            })
            .collect()
    }

    fn answer_of(&self, arrived: &Arrived, share: &Share, contribution: &Contribution) -> ShareAnswer {
        ShareAnswer {
            id: self.clock.new_id(),
            share: share.id,
            mail: arrived.id,
            writer: contribution.author.name.clone(),
            address: address_of(arrived),
            words: first_words(Source::Mail, &contribution.body.markdown),
            files: i64::try_from(contribution.new_files.len()).unwrap_or(i64::MAX),
            state: AnswerState::Waiting,
            message: None,
            came_at: self.clock.now(),
        }
    }
}

/// Whether the one writes who got the share. Nobody looks at what comes in at once: another name is only an address then,
/// or anybody who has the mail could call themselves like a member.
fn is_from(arrived: &Arrived, receiver: &ShareReceiver) -> bool {
    arrived.mail.from.first().is_some_and(|from| from.address.key() == receiver.address.key())
}

fn address_of(arrived: &Arrived) -> String {
    arrived.mail.from.first().map(|from| from.address.to_string()).unwrap_or_default()
}
