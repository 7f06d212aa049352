//! An address of somebody's that nobody knew: they are asked by one mail, and only at an address that is known to be
//! theirs, whether a mail with their reply address that came from elsewhere is theirs. Whoever has the reply address from
//! a mail that was handed on gets no such mail, so no stranger becomes a member by it.

use std::time::Duration;

use super::mails::Arrived;
use super::outbox::{Composed, Letter, Place};
use super::{ActionError, Actions, Result, letters};
use crate::domain::claim::{Claim, ClaimState};
use crate::domain::gateway::ReplyStyle;
use crate::domain::group::Group;
use crate::domain::ids::{ClaimId, GroupId, PersonId};
use crate::domain::ledger::DeliveryKind;
use crate::domain::message::{Grade, Message, MessagePlace};
use crate::domain::secret::Token;
use crate::mail::compose;
use crate::mail::letters::ClaimLetter;
use crate::store::{self, Tx};
use crate::texts::Texts;

/// Questions that one person gets in a day, whatever comes.
const PER_DAY: i64 = 3;
/// Messages that change when a question is answered.
const MOST_MESSAGES: i64 = 200;

/// A question, ready to be asked in a transaction.
#[derive(Clone, Debug)]
pub(super) struct Question {
    claim: Claim,
    token: Token,
    letter: Composed,
}

/// What a link about an address shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimView {
    pub address: String,
    /// Who is asked.
    pub name: String,
    pub state: ClaimState,
}

impl Actions {
    /// The question that a mail raises which became a message of nobody's: whether its address is that of whose reply
    /// address it was sent to. `None` if there is nothing to ask, or not now.
    pub(super) async fn question_of(
        &self,
        arrived: &Arrived,
        (group, words): (GroupId, &str),
    ) -> Result<Option<Question>> {
        let [from] = arrived.mail.from.as_slice() else { return Ok(None) };
        let Some(person) = arrived.routed.token_person else { return Ok(None) };
        let (now, address) = (self.clock.now(), &from.address);
        if !compose::can_go_to(address) || self.settings.mail.owns(address) {
            return Ok(None);
        }
        let mut tx = self.store.read().await?;
        if !store::persons::find_by_written(&mut tx, std::slice::from_ref(address)).await?.is_empty() {
            return Ok(None);
        }
        let before = store::claims::find(&mut tx, person, address).await?;
        if before.as_ref().is_some_and(|c| c.state != ClaimState::Asked || now < c.asked_at + Claim::PAUSE) {
            return Ok(None);
        }
        let day = now - Duration::from_hours(24);
        if store::claims::count_since(&mut tx, person, day).await? >= PER_DAY {
            return Ok(None);
        }
        let id = before.map_or_else(|| self.clock.new_id(), |before| before.id);
        let claim = Claim {
            id,
            person_id: person,
            address: address.clone(),
            state: ClaimState::Asked,
            asked_at: now,
        };
        let Some(group) = store::groups::find(&mut tx, group).await? else { return Ok(None) };
        let Some(letter) = self.claim_letter(&mut tx, &claim, (&group, words)).await? else {
            return Ok(None);
        };
        Ok(Some(Question { token: self.claim_token(id), claim, letter: self.compose(letter)? }))
    }

    async fn claim_letter(
        &self,
        tx: &mut Tx,
        claim: &Claim,
        (group, words): (&Group, &str),
    ) -> Result<Option<Letter>> {
        let Some(person) = store::persons::find(tx, claim.person_id).await? else { return Ok(None) };
        let Some(main) = person.main_address() else { return Ok(None) };
        let language = store::sessions::language_of(tx, person.id).await?;
        let token = self.claim_token(claim.id);
        let letter = ClaimLetter {
            texts: Texts::of(language.unwrap_or(self.settings.mail.language)),
            name: &person.full_name,
            address: claim.address.as_str(),
            topic: &group.topic,
            begins: words,
            can_reply: self.settings.mail.gateway_for(main).replies != ReplyStyle::Single,
            link: &self.settings.public_url.join(&format!("/claims/{}", token.reveal())),
        };
        Ok(Some(Letter {
            person_id: Some(person.id),
            place: Place { token: Some(token), ..Place::default() },
            ..Letter::new(
                DeliveryKind::Answer,
                format!("claim:{}:{}", claim.id, claim.asked_at.millis()),
                letters::address_of(&person)?,
                letter.words().map_err(|e| ActionError::Internal(e.into()))?,
            )
        }))
    }

    /// Asks, in the transaction of the message.
    pub(super) async fn ask(&self, tx: &mut Tx, question: Question) -> Result<()> {
        store::claims::ask(tx, &question.claim, &question.token.digest()).await?;
        self.queue(tx, vec![question.letter]).await
    }

    /// What a link asks. Looking decides nothing: scanners of mails open every link.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when no mail ever had this link, or when its time is over.
    pub async fn view_claim(&self, token: &Token) -> Result<ClaimView> {
        let mut tx = self.store.read().await?;
        let claim = store::claims::find_by_tokens(&mut tx, &[token.digest()]).await?;
        let claim = claim.filter(|claim| claim.state != ClaimState::Asked || claim.is_open(self.clock.now()));
        let claim = claim.ok_or(ActionError::NotFound)?;
        let person = store::persons::find(&mut tx, claim.person_id).await?.ok_or(ActionError::NotFound)?;
        Ok(ClaimView { address: claim.address.to_string(), name: person.full_name, state: claim.state })
    }

    /// Answers whether an address is one's own, once. Its messages that came by one's reply address become one's own, or are
    /// marked as not one's own; open pages hear of it. What was answered stays.
    ///
    /// # Errors
    /// As [`Actions::view_claim`].
    pub async fn decide_claim(&self, token: &Token, is_own: bool) -> Result<()> {
        let (actions, digest, now) = (self.clone(), token.digest(), self.clock.now());
        let changed = self
            .store
            .write(async move |tx| {
                let claim =
                    store::claims::find_for_change(tx, &digest).await?.ok_or(ActionError::NotFound)?;
                if claim.state != ClaimState::Asked {
                    return Ok(Vec::new());
                }
                if !claim.is_open(now) {
                    return Err(ActionError::NotFound);
                }
                // Meanwhile the address book may have given it to somebody.
                let taken = store::persons::find_by_address(tx, &claim.address).await?;
                let is_own = is_own && taken.is_none_or(|person| person.id == claim.person_id);
                let state = if is_own { ClaimState::Accepted } else { ClaimState::Denied };
                store::claims::decide(tx, claim.id, state, now).await?;
                let mut changed = Vec::new();
                for place in store::claims::list_messages(tx, &claim, MOST_MESSAGES).await? {
                    let given = match is_own {
                        true => actions.give_author(tx, place, claim.person_id).await?,
                        false => actions.disown(tx, place).await?,
                    };
                    changed.extend(given);
                }
                Ok::<_, ActionError>(changed)
            })
            .await?;
        for (group, message) in changed {
            self.tell_changed(&group, message).await;
        }
        Ok(())
    }

    async fn disown(&self, tx: &mut Tx, place: MessagePlace) -> Result<Option<(Group, Message)>> {
        let group = store::groups::find_for_change(tx, place.group).await?.ok_or(ActionError::NotFound)?;
        let Some(mut message) = store::messages::find(tx, place).await? else { return Ok(None) };
        if message.author.grade != Grade::ByLink {
            return Ok(None);
        }
        let now = self.clock.now();
        store::claims::disown(tx, message.id, now).await?;
        store::changes::note(tx, place.group, message.id, now).await?;
        message = store::messages::find(tx, place).await?.ok_or(ActionError::NotFound)?;
        Ok(Some((group, message)))
    }

    /// The token of a question's link and reply address: derived, so that the letter can be written again.
    fn claim_token(&self, id: ClaimId) -> Token {
        Token::derived(&self.key, "claim", id.uuid())
    }

    /// Whether a mail comes from an address that is known to be this person's.
    pub(super) async fn is_from(&self, tx: &mut Tx, arrived: &Arrived, person: PersonId) -> Result<bool> {
        let from: Vec<_> = arrived.mail.from.iter().map(|from| from.address.clone()).collect();
        let known = store::persons::find_by_addresses(tx, &from).await?;
        Ok(from.len() == 1 && known.iter().any(|(_, id)| *id == person))
    }
}
