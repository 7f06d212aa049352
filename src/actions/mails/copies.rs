//! The same mail once more, by another way: it is no second message, but what it knows is not lost. Its Message-ID is
//! another name of the first, and if it is surely its author's and the first was not, the message is theirs from now on.

use super::super::{ActionError, Actions, Result};
use super::repeated::same_words;
use super::route::Route;
use super::{Arrived, facts, still_waits};
use crate::domain::group::{Group, Member};
use crate::domain::ids::{GroupId, MailId, PersonId};
use crate::domain::ledger::{Ignored, Outcome};
use crate::domain::message::{Grade, Message, MessagePlace};
use crate::store::{self, Tx};

/// A mail that came before.
#[derive(Clone, Debug)]
pub(super) struct Twin {
    pub mail: MailId,
    pub outcome: Outcome,
}

fn leads_to(route: &Route, to: GroupId) -> bool {
    match route {
        Route::Members(members, _) => members.iter().any(|member| member.group_id == to),
        Route::Group(group, _) => *group == to,
        _ => false,
    }
}

impl Actions {
    /// Another mail of the same Message-ID that was used.
    pub(super) async fn find_twin(&self, tx: &mut Tx, arrived: &Arrived) -> Result<Option<Twin>> {
        let Some(message_id) = arrived.mail.message_id.as_ref().filter(|id| !id.is_empty()) else {
            return Ok(None);
        };
        let found = store::ledger::find_twin(tx, message_id, arrived.id).await?;
        Ok(found.map(|(mail, outcome)| Twin { mail, outcome }))
    }

    /// Whether a mail has nothing to say that its twin has not said: it does not lead to another group, nor does it say
    /// something else than a mail whose author was not sure. Whoever guesses a Message-ID must not take its words from it.
    pub(super) async fn is_copy(
        &self,
        tx: &mut Tx,
        (twin, arrived): (&Twin, &Arrived),
        route: &Route,
    ) -> Result<bool> {
        let to = match &twin.outcome {
            Outcome::Message { group, .. } => *group,
            // A copy that leads to where the message stood before goes after it.
            Outcome::Moved { from, .. } if leads_to(route, *from) => return Ok(true),
            Outcome::Moved { group, .. } => *group,
            Outcome::Draft { .. } | Outcome::ThreadOnly { .. } => {
                return Ok(!matches!(route, Route::Members(..) | Route::Group(..)));
            }
            _ => return Ok(true),
        };
        if matches!(route, Route::Members(..) | Route::Group(..)) && !leads_to(route, to) {
            return Ok(false);
        }
        if self.surely_from(tx, (arrived, route), to).await?.is_none() {
            return Ok(true);
        }
        let first = store::messages::find_by_mail(tx, twin.mail).await?;
        Ok(first.is_none_or(|first| {
            first.author.grade == Grade::Confirmed || self.says_the_same(&first, arrived)
        }))
    }

    fn says_the_same(&self, first: &Message, arrived: &Arrived) -> bool {
        same_words(&first.body.markdown, &self.words_of(&arrived.mail).text)
    }

    /// Notes a copy of the mail that became this message. `member` is its author, if that is sure now.
    pub(super) async fn take_copy(
        &self,
        arrived: Arrived,
        first: Option<MessagePlace>,
        member: Option<Member>,
    ) -> Result<()> {
        let actions = self.clone();
        let given = self
            .store
            .write(async move |tx| {
                if !still_waits(tx, arrived.id).await? {
                    return Ok::<_, ActionError>(None);
                }
                store::ledger::set_facts(tx, arrived.id, &facts(&arrived, None)).await?;
                let outcome = Outcome::Ignored { why: Ignored::Duplicate };
                store::ledger::set_outcome(tx, arrived.id, &outcome).await?;
                let Some(place) = first else { return Ok(None) };
                if let Some(id) = &arrived.mail.message_id {
                    store::groups::add_message_id(tx, place.group, id).await?;
                }
                let Some(member) = member.filter(|member| member.group_id == place.group) else {
                    return Ok(None);
                };
                let message = store::messages::find(tx, place).await?;
                match message.filter(|message| actions.says_the_same(message, &arrived)) {
                    Some(_) => actions.give_author(tx, place, member.person_id).await,
                    None => Ok(None),
                }
            })
            .await?;
        if let Some((group, message)) = given {
            self.tell_changed(&group, message).await;
        }
        Ok(())
    }

    /// Makes a message somebody's of whom it was not sure before that they wrote it. The message as it is now; `None` if
    /// there is nothing to give.
    pub(in super::super) async fn give_author(
        &self,
        tx: &mut Tx,
        place: MessagePlace,
        person: PersonId,
    ) -> Result<Option<(Group, Message)>> {
        let group = store::groups::find_for_change(tx, place.group).await?.ok_or(ActionError::NotFound)?;
        let person = store::persons::find(tx, person).await?.ok_or(ActionError::NotFound)?;
        let Some(before) = store::messages::find(tx, place).await? else { return Ok(None) };
        if before.author.grade == Grade::Confirmed || before.trace.removed.is_some() {
            return Ok(None);
        }
        store::messages::set_author(tx, before.id, (person.id, &person.full_name)).await?;
        // Nobody is asked whether they have read their own words.
        store::receipts::remove_one(tx, place, person.id).await?;
        store::changes::note(tx, place.group, before.id, self.clock.now()).await?;
        let message = store::messages::find(tx, place).await?.ok_or(ActionError::NotFound)?;
        store::search::index(tx, &message).await?;
        Ok(Some((group, message)))
    }
}
