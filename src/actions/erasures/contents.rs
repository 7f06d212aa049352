//! What an erased person wrote, batch by batch: their name goes from it, and where it was wanted the text and the files.

use std::collections::BTreeMap;

use super::super::edits::empty;
use super::{Actions, Result};
use crate::domain::erasure::{Erasure, FORMER};
use crate::domain::ids::{GroupId, MessageId, PersonId};
use crate::domain::message::Message;
use crate::store::{self, Tx};

/// So many messages in one transaction; others write in between.
const BATCH: i64 = 100;

impl Actions {
    /// Does what is left to be done of an erasure. May run twice.
    ///
    /// # Errors
    /// [`crate::actions::ActionError::Unavailable`] when the database does not answer; it goes on the next time.
    pub async fn erase_contents(&self, person: PersonId) -> Result<()> {
        let found = store::erasures::find(&mut self.store.read().await?, person).await?;
        let Some(erasure) = found else { return Ok(()) };
        loop {
            let actions = self.clone();
            let done = self.store.write(async move |tx| actions.erase_batch(tx, erasure).await).await?;
            if !done {
                break;
            }
        }
        self.forget_files().await;
        let now = self.clock.now();
        Ok(self.store.write(async move |tx| store::erasures::done(tx, person, now).await).await?)
    }

    /// Whether there was anything to do.
    async fn erase_batch(&self, tx: &mut Tx, erasure: Erasure) -> Result<bool> {
        let now = self.clock.now();
        let ids = store::erasures::list_messages(tx, erasure, BATCH).await?;
        if ids.is_empty() {
            return Ok(false);
        }
        let mut messages = store::messages::list_of_ids(tx, &ids).await?;
        // Always in the same order, so that two who hold several groups don't wait for each other.
        let mut groups: BTreeMap<GroupId, Vec<MessageId>> = BTreeMap::new();
        for message in &messages {
            groups.entry(message.group_id).or_default().push(message.id);
        }
        for group in groups.keys() {
            store::groups::hold(tx, *group).await?;
            // Somebody may have set a legal hold since the messages were looked for; from here on they wait.
            if store::retention::is_held(tx, *group).await? {
                messages.retain(|message| message.group_id != *group);
            }
        }
        groups.retain(|group, _| messages.iter().any(|message| message.group_id == *group));
        let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
        let goes =
            |message: &&Message| erasure.texts && message.trace.removed.is_none() && message.notice.is_none();
        for message in messages.iter().filter(goes) {
            empty(tx, message, (erasure.person, FORMER), now).await?;
            store::search::remove(tx, message.id).await?;
        }
        store::erasures::forget_author(tx, &ids).await?;
        let mut left = store::messages::list_of_ids(tx, &ids).await?;
        left.retain(|message| message.trace.removed.is_none() && message.notice.is_none());
        store::search::index_all(tx, &left).await?;
        // Open pages that come back ask for what changed.
        for (group, ids) in groups {
            store::changes::note_all(tx, group, &ids, now).await?;
        }
        Ok(true)
    }
}
