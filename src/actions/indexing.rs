//! Putting messages from before there was a search into its index, and all of them anew when its rules change.

use super::{ActionError, Actions, Result};
use crate::domain::ids::MessageId;
use crate::domain::job::Job;
use crate::domain::message::Message;
use crate::store;

/// Others wait to write for as long as these take: some hundredths of a second.
const BATCH: i64 = 200;

impl Actions {
    /// Puts a batch of messages before `before` into the index, and adds a job for the next. The newest are done first:
    /// they are what people look for.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: it will run again, with the same result.
    pub(crate) async fn index_messages(&self, before: Option<MessageId>) -> Result<()> {
        let (clock, started) = (self.clock.clone(), before.is_none());
        let oldest = self
            .store
            .write(async move |tx| {
                let messages = store::messages::list_older(tx, before, BATCH).await?;
                let oldest = messages.last().map(|message| (message.id, message.posted_at));
                let is_searched = |m: &Message| m.trace.removed.is_none() && m.notice.is_none();
                let kept = messages.into_iter().filter(is_searched);
                store::search::index_all(tx, &kept.collect::<Vec<_>>()).await?;
                if let Some((id, _)) = oldest {
                    let job = (clock.new_id(), Job::IndexMessages { before: Some(id) });
                    store::jobs::add(tx, &[job], clock.now(), clock.now()).await?;
                }
                Ok::<_, ActionError>(oldest)
            })
            .await?;
        match oldest {
            Some((_, at)) if started => {
                tracing::info!(back_to = %at.rfc3339(), "Preparing older messages for the search.")
            }
            Some((_, at)) => tracing::debug!(back_to = %at.rfc3339(), "Messages can be searched."),
            None => tracing::info!("All messages can be searched."),
        }
        self.bell.ring();
        Ok(())
    }
}
