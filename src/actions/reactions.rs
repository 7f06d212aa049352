//! Reacting to a message with an emoji, and taking it back. Nobody gets a mail for it.

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::ids::PersonId;
use crate::domain::message::{Message, MessagePlace};
use crate::domain::person::Viewer;
use crate::domain::reaction::Emoji;
use crate::store;

/// How many different emojis a message can have below it.
pub const MOST_KINDS: usize = 24;
/// How many of them can be one person's.
pub const MOST_OWN: usize = 12;

impl Actions {
    /// Chooses an emoji for a message, or chooses it no more if `on` is false. What is so already stays so.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the message is not there for this person, [`ActionError::Invalid`] when it was
    /// removed, or has so many reactions that it takes no further kind.
    pub async fn react(
        &self,
        viewer: &Viewer,
        place: MessagePlace,
        (emoji, on): (Emoji, bool),
    ) -> Result<Message> {
        self.react_as(viewer.person_id, place, (emoji, on)).await
    }

    /// The same by mail.
    ///
    /// # Errors
    /// As [`Actions::react`].
    pub(super) async fn react_as(
        &self,
        whose: PersonId,
        place: MessagePlace,
        (emoji, on): (Emoji, bool),
    ) -> Result<Message> {
        let now = self.clock.now();
        let reacted = self.change_message(whose, place, async move |tx, subject| {
            let message = &subject.message;
            access::standing(message)?;
            if !on {
                return Ok(store::reactions::remove(tx, (message.id, whose), emoji).await?);
            }
            let own = store::reactions::own(tx, message.id, whose).await?;
            if own.iter().any(|other| other == emoji.as_str()) {
                return Ok(false);
            }
            let is_new = message.reactions.iter().all(|reaction| reaction.emoji != emoji.as_str());
            if own.len() >= MOST_OWN || (is_new && message.reactions.len() >= MOST_KINDS) {
                return Err(ActionError::invalid("emoji", Problem::TooManyReactions));
            }
            Ok(store::reactions::add(tx, (message.id, whose), emoji, now).await?)
        });
        reacted.await
    }
}
