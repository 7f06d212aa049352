//! Threads: putting mails into them, and showing them to those who take part.

use super::{Actions, Result, access};
use crate::clock::Clock;
use crate::domain::digest::Digest;
use crate::domain::ids::ThreadId;
use crate::domain::person::Viewer;
use crate::domain::settings::MailSettings;
use crate::domain::thread::{Participant, Thread};
use crate::domain::time::Timestamp;
use crate::mail::incoming::IncomingMail;
use crate::mail::threading::{self, MailFacts};
use crate::store::{self, Tx};

/// A thread and who takes part in it.
#[derive(Clone, Debug)]
pub struct ThreadPage {
    pub thread: Thread,
    pub participants: Vec<Participant>,
}

impl Actions {
    /// The threads this person takes part in, newest first, after the thread `before`; `query` searches subject, names
    /// and addresses.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn list_threads(
        &self,
        viewer: &Viewer,
        query: &str,
        before: Option<ThreadId>,
        limit: i64,
    ) -> Result<Vec<ThreadPage>> {
        let mut tx = self.store.read().await?;
        let threads = store::threads::list_for(&mut tx, viewer.person_id, query, before, limit).await?;
        let ids: Vec<ThreadId> = threads.iter().map(|t| t.id).collect();
        let mut participants = store::threads::participants_of(&mut tx, &ids).await?;
        Ok(threads
            .into_iter()
            .map(|thread| ThreadPage {
                participants: participants.remove(&thread.id).unwrap_or_default(),
                thread,
            })
            .collect())
    }

    /// One thread.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person does not take part in it.
    pub async fn get_thread(&self, viewer: &Viewer, id: ThreadId) -> Result<ThreadPage> {
        let mut tx = self.store.read().await?;
        let thread = access::thread(&mut tx, viewer.person_id, id).await?;
        let participants = store::threads::participants(&mut tx, id).await?;
        Ok(ThreadPage { thread, participants })
    }
}

/// A mail on its way into its thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'a> {
    pub mail: &'a IncomingMail,
    pub digest: Digest,
    pub at: Timestamp,
}

/// Finds the thread of a mail by the keys it shares with others, or begins one; a mail that belongs to several makes
/// them one. Whichever mail comes first, the result is the same.
pub(super) async fn place(
    tx: &mut Tx,
    clock: &Clock,
    gateway: &MailSettings,
    placed: Placed<'_>,
) -> Result<ThreadId> {
    let keys = threading::thread_keys(placed.mail, &placed.digest);
    let topic = &placed.mail.base_subject;
    let found = store::threads::find_by_keys(tx, &keys).await?;
    let thread = match found.split_first() {
        Some((first, others)) => {
            for other in others {
                store::threads::merge(tx, *first, *other).await?;
            }
            *first
        }
        None => {
            let id = clock.new_id();
            store::threads::insert(tx, id, topic, placed.at).await?;
            id
        }
    };
    store::threads::add_keys(tx, thread, &keys).await?;
    store::threads::count_mail(tx, thread, topic, placed.at).await?;
    let people = MailFacts::of(placed.mail, &placed.digest).people;
    let people = threading::participants(std::iter::once(&people), |address| gateway.owns(address));
    store::threads::add_participants(tx, thread, &people).await?;
    note_search_text(tx, thread).await?;
    Ok(thread)
}

async fn note_search_text(tx: &mut Tx, thread: ThreadId) -> Result<()> {
    let Some(found) = store::threads::find(tx, thread).await? else { return Ok(()) };
    let mut text = found.topic.to_lowercase();
    for participant in store::threads::participants(tx, thread).await? {
        text.push('\n');
        text.push_str(&participant.name.unwrap_or_default().to_lowercase());
        text.push(' ');
        text.push_str(participant.address.key());
    }
    Ok(store::threads::set_search_text(tx, thread, &text).await?)
}
