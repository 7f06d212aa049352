//! What messengers write into mails: a reaction, another text for what they said before, an answer to one message; and that
//! a member's mail program is one.

use super::super::edits::Edit;
use super::super::{ActionError, Actions, Result};
use super::{Arrived, to_group};
use crate::domain::cadence::Cadence;
use crate::domain::group::Member;
use crate::domain::ledger::Outcome;
use crate::domain::message::{Message, MessagePlace};
use crate::domain::reaction::Emoji;
use crate::store::{self, Tx};

impl Actions {
    /// Does what a mail says about a message that is there, for the member who surely wrote it. `false` if it says nothing
    /// of that kind, or what it says can't be done: then it is said like any other mail. Running twice changes nothing more.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub(super) async fn change_by_mail(&self, arrived: &Arrived, member: &Member) -> Result<bool> {
        let chat = &arrived.mail.chat;
        let changed = match (&chat.reaction, &chat.edits) {
            (Some(emojis), _) => self.react_by_mail(arrived, member, emojis).await,
            (None, Some(said)) => self.edit_by_mail(arrived, member, said).await,
            (None, None) => return Ok(false),
        };
        let message = match changed {
            Ok(Some(message)) => message,
            Ok(None)
            | Err(
                ActionError::Invalid { .. }
                | ActionError::Forbidden
                | ActionError::Conflict(_)
                | ActionError::NotFound,
            ) => return Ok(false),
            Err(error) => return Err(error),
        };
        let outcome = Outcome::Message { group: member.group_id, message: message.id };
        let (actions, arrived, member) = (self.clone(), arrived.without_contents(), member.clone());
        self.store
            .write(async move |tx| actions.note_used(tx, &arrived, &outcome, Some(&member)).await)
            .await?;
        Ok(true)
    }

    /// Chooses emojis for the message that the mail answers. A messenger sends all of a person's emojis each time; other
    /// programs know no taking back (RFC 9078 4).
    async fn react_by_mail(
        &self,
        arrived: &Arrived,
        member: &Member,
        emojis: &[String],
    ) -> Result<Option<Message>> {
        let mut tx = self.store.read().await?;
        let named = to_group::named_by(&mut tx, &arrived.mail, member.group_id).await?;
        let Some(message) = message_at(&mut tx, member, named.map(|named| named.seq)).await? else {
            return Ok(None);
        };
        let before = store::reactions::own(&mut tx, message.id, member.person_id).await?;
        drop(tx);
        let chosen: Option<Vec<Emoji>> = emojis.iter().map(|emoji| emoji.parse().ok()).collect();
        // What is no emoji here is words.
        let Some(chosen) = chosen else { return Ok(None) };
        let mut message = message;
        for emoji in &chosen {
            message = self.react_as(member.person_id, message.place(), (*emoji, true)).await?;
        }
        if arrived.mail.chat.by_messenger {
            let gone = before.iter().filter_map(|emoji| emoji.parse().ok());
            for emoji in gone.filter(|emoji| !chosen.contains(emoji)) {
                message = self.react_as(member.person_id, message.place(), (emoji, false)).await?;
            }
        }
        Ok(Some(message))
    }

    /// Gives the message that an earlier mail of theirs became another text.
    async fn edit_by_mail(&self, arrived: &Arrived, member: &Member, said: &str) -> Result<Option<Message>> {
        let mut tx = self.store.read().await?;
        let named = store::answers::find_mailed(&mut tx, member.group_id, (&[said.to_owned()], None)).await?;
        let Some(message) = message_at(&mut tx, member, named.map(|named| named.seq)).await? else {
            return Ok(None);
        };
        drop(tx);
        let markdown = self.words_of(&arrived.mail).text;
        let edit = Edit { edits: message.trace.edits, markdown };
        Ok(Some(self.edit_as(member.person_id, message.place(), edit).await?))
    }

    /// Remembers whether a member writes by a messenger, in the caller's transaction. One that comes to it gets each message
    /// at once, as a chat, unless they have chosen when they get mail.
    pub(super) async fn note_program(&self, tx: &mut Tx, member: &Member, by_messenger: bool) -> Result<()> {
        if member.chats == by_messenger {
            return Ok(());
        }
        store::cadences::set_chats(tx, member.id, by_messenger).await?;
        if by_messenger && member.cadence == Cadence::default() {
            store::cadences::set(tx, member.id, Cadence::AtOnce, member.mailed_seq).await?;
        }
        Ok(())
    }
}

async fn message_at(tx: &mut Tx, member: &Member, seq: Option<i64>) -> Result<Option<Message>> {
    let Some(seq) = seq.filter(|seq| *seq >= member.first_seq) else { return Ok(None) };
    Ok(store::messages::find(tx, MessagePlace { group: member.group_id, seq }).await?)
}
