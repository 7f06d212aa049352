//! Deleting what is too old, in batches. It may be interrupted anywhere, and goes on the next time.

use std::collections::BTreeMap;

use super::super::edits::empty;
use super::{Actions, Result};
use crate::domain::audit::{Deed, Doer};
use crate::domain::ids::{GroupId, MessageId, PersonId};
use crate::domain::message::Message;
use crate::domain::retention::{DAY, MOST_DAYS};
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// So many at once; others write in between.
const BATCH: i64 = 100;

impl Actions {
    /// Deletes messages, lines of the ledger and lines of the audit log that are too old, and tells owners of what goes
    /// next.
    ///
    /// # Errors
    /// [`crate::actions::ActionError::Unavailable`] when the database does not answer.
    pub async fn clear_old(&self) -> Result<()> {
        let now = self.clock.now();
        while self.clear_messages(now).await? {}
        self.warn_owners(now).await?;
        let before = |days: i64| Timestamp::from_millis(now.millis() - days * DAY);
        if let Some(days) = self.settings.retention.mails {
            self.clear_ledger(before(days), now).await?;
        }
        if let Some(days) = self.settings.retention.audit {
            let before = before(days);
            while self.store.write(async move |tx| store::audit::forget(tx, before, BATCH).await).await? > 0 {
            }
        }
        self.forget_files().await;
        Ok(())
    }

    /// Whether there was anything to do.
    async fn clear_messages(&self, now: Timestamp) -> Result<bool> {
        let house = self.settings.retention.messages.unwrap_or(MOST_DAYS);
        let actions = self.clone();
        self.store
            .write(async move |tx| {
                let ids = store::retention::list_old(tx, (house, now), BATCH).await?;
                if !ids.is_empty() {
                    actions.clear_batch(tx, &ids, now).await?;
                }
                Ok(!ids.is_empty())
            })
            .await
    }

    async fn clear_batch(&self, tx: &mut Tx, ids: &[MessageId], now: Timestamp) -> Result<()> {
        let messages = store::messages::list_of_ids(tx, ids).await?;
        let mut groups: BTreeMap<GroupId, Vec<&Message>> = BTreeMap::new();
        for message in &messages {
            groups.entry(message.group_id).or_default().push(message);
        }
        for (group, messages) in groups {
            let Some(found) = store::groups::find_for_change(tx, group).await? else { continue };
            // Somebody may have set a hold since the messages were looked for; from here on they wait.
            if store::retention::is_held(tx, group).await? {
                continue;
            }
            let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
            store::retention::forget_mails(tx, &ids, now).await?;
            for message in &messages {
                // Nobody removed it: its place says so by the name that is missing.
                let nobody: (PersonId, &str) = (found.created_by, "");
                empty(tx, message, nobody, now).await?;
                store::search::remove(tx, message.id).await?;
            }
            store::changes::note_all(tx, group, &ids, now).await?;
            let deed = Deed::MessagesExpired { messages: i64::try_from(ids.len()).unwrap_or(0) };
            self.audit(tx, Doer::default(), Some(group), deed).await?;
        }
        Ok(())
    }

    async fn clear_ledger(&self, before: Timestamp, now: Timestamp) -> Result<()> {
        loop {
            let work = async move |tx: &mut Tx| {
                let inward = store::retention::forget_lines_in(tx, (before, now), BATCH).await?;
                let outward = store::retention::forget_lines_out(tx, before, BATCH).await?;
                Ok::<_, super::ActionError>(inward + outward)
            };
            if self.store.write(work).await? == 0 {
                break;
            }
        }
        let last = async move |tx: &mut Tx| store::retention::forget_unused_addresses(tx).await;
        Ok(self.store.write(last).await?)
    }
}
