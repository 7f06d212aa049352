//! Reading stored mails again by newer rules: what their messages say now, and what they would say. Messages that people
//! have edited or removed stay as they are.

use super::super::{ActionError, Actions, Result, marks, mentions};
use super::words::{Words, pictures};
use super::{own_files, parse_off_thread};
use crate::domain::ids::{MailId, MessageId};
use crate::domain::message::{Message, MessagePlace};
use crate::mail::incoming::IncomingMail;
use crate::mail::reply;
use crate::store::rereads::{Old, Reread};
use crate::store::{self, Tx};

/// Messages that are read again at once.
const PAGE: i64 = 100;

/// What reading again has found so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rereading {
    /// Messages whose mails were read.
    pub read: u64,
    /// Of these, whose words are others by the newer rules.
    pub changed: u64,
    /// Mails that can't be read any more; their messages stay as they are.
    pub unreadable: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<MessageId>,
}

impl Actions {
    /// Reads the mails of the next messages again that older rules have read, up to 100 after `from.next`, and adds to
    /// what was found. With `apply` the messages get their new words, one transaction each, and open pages hear of it;
    /// begun anew, it goes on where it was stopped.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database or the files do not answer.
    pub async fn reread_mails(&self, from: Rereading, apply: bool) -> Result<Rereading> {
        let old =
            store::rereads::list(&mut self.store.read().await?, reply::VERSION, from.next, PAGE).await?;
        let mut found = Rereading { next: None, ..from };
        if i64::try_from(old.len()).is_ok_and(|count| count == PAGE) {
            found.next = old.last().map(|last| last.id);
        }
        for one in old {
            found.read += 1;
            let Some(mail) = self.stored_mail(one.mail_id).await? else {
                found.unreadable += 1;
                continue;
            };
            found.changed += u64::from(self.reread_message(&one, &mail, apply).await?);
        }
        Ok(found)
    }

    /// A mail of the ledger, read again; `None` if its bytes are gone or can't be read any more.
    pub(in super::super) async fn stored_mail(&self, id: MailId) -> Result<Option<IncomingMail>> {
        let stored = store::ledger::find(&mut self.store.read().await?, id).await?;
        let Some(stored) = stored else { return Ok(None) };
        let Some(raw) = self.files.read(&stored.digest).await? else { return Ok(None) };
        Ok(parse_off_thread(raw).await?.ok())
    }

    /// Whether the mail says something else by the rules of today.
    async fn reread_message(&self, old: &Old, mail: &IncomingMail, apply: bool) -> Result<bool> {
        let Some(message) = store::messages::find(&mut self.store.read().await?, old.place()).await? else {
            return Ok(false);
        };
        let mut words = self.words_of(mail);
        // Who that is was found out when it came.
        words.notes.sent_by.clone_from(&message.notes.sent_by);
        if message.is_moved() {
            // It is of the group where the message stood.
            words.quotation.clear();
        }
        let names = self.names_in(old.place().group, &words.text, Vec::new()).await?;
        let read = words.read(names, pictures(&own_files(mail), message.files.iter())).await?;
        let is_changed =
            says_else(&message, &words, &read) && !(words.text.is_empty() && message.files.is_empty());
        if !apply {
            return Ok(is_changed);
        }
        let (actions, place) = (self.clone(), old.place());
        let written = self
            .store
            .write(async move |tx| {
                // Nobody else changes anything in the group meanwhile.
                let group =
                    store::groups::find_for_change(tx, place.group).await?.ok_or(ActionError::NotFound)?;
                let now = store::messages::find(tx, place).await?.ok_or(ActionError::NotFound)?;
                // Edited or removed since it was listed: what people did counts more.
                if now.trace.edits > 0 || now.trace.removed.is_some() {
                    return Ok::<_, ActionError>(None);
                }
                store::rereads::note(tx, now.id, reply::VERSION).await?;
                if !is_changed {
                    return Ok(None);
                }
                actions.rewrite(tx, &now, (&words, read)).await?;
                let written = written(tx, place, &now).await?;
                Ok(Some((group, written)))
            })
            .await?;
        let is_written = written.is_some();
        if let Some((group, message)) = written {
            self.tell_changed(&group, message).await;
        }
        Ok(is_written)
    }

    /// Gives a message its new words; marks, tags and mentions follow as they do after an edit. Nobody is told by mail: it
    /// is what they were told before.
    async fn rewrite(
        &self,
        tx: &mut Tx,
        message: &Message,
        (words, read): (&Words, mentions::Read),
    ) -> Result<()> {
        let now = Reread {
            body: &read.body,
            quotation: &words.quotation,
            signature: &words.signature,
            notes: &words.notes,
        };
        store::rereads::change(tx, message.id, &now).await?;
        store::mentions::replace(tx, message.id, &read.mentions).await?;
        marks::re_anchor(tx, message, &read.body).await?;
        let mut changed = message.clone();
        changed.body = read.body;
        marks::change_hashtags(self, tx, (&mut changed, &message.body.html), &read.mentions).await?;
        store::changes::note(tx, message.group_id, message.id, self.clock.now()).await?;
        Ok(())
    }
}

async fn written(tx: &mut Tx, place: MessagePlace, before: &Message) -> Result<Message> {
    let message = store::messages::find(tx, place).await?.ok_or(ActionError::NotFound)?;
    store::search::index_change(tx, before, &message).await?;
    Ok(message)
}

fn says_else(message: &Message, words: &Words, read: &mentions::Read) -> bool {
    message.body != read.body
        || message.quotation != words.quotation
        || message.signature != words.signature
        || message.notes != words.notes
}
