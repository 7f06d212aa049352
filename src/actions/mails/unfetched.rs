//! Mails that their source lists but does not hand over: each has its line in the ledger, without its bytes, and is
//! fetched once more when the admin wants it.

use super::super::{ActionError, Actions, Result};
use super::{Incoming, Position};
use crate::domain::digest::Digest;
use crate::domain::ids::MailId;
use crate::domain::job::Job;
use crate::domain::ledger::{Ignored, Outcome, SourcePlace};
use crate::store;
use crate::store::ledger::NewMail;

/// In characters: what a server says may be long.
const LONGEST_WHY: usize = 500;

impl Actions {
    /// Gives a mail that can't be fetched its line in the ledger and moves the position past it, so that the next mails
    /// come. All or nothing; the same mail a second time only moves the position.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer: the position stays.
    pub async fn set_aside(&self, position: Position, place: SourcePlace, why: &str) -> Result<()> {
        // Stands in for the bytes until they come.
        let digest = Digest::of(format!("not fetched: {}: {place:?}", position.source).as_bytes());
        let mail = NewMail {
            id: self.clock.new_id(),
            received_at: self.clock.now(),
            source: position.source.clone(),
            digest,
            size: 0,
        };
        let outcome = unfetched(place, why);
        self.store
            .write(async move |tx| {
                store::folders::advance(tx, &position.source, position.uid_validity, position.uid).await?;
                if store::ledger::insert(tx, &mail).await? {
                    store::ledger::set_outcome(tx, mail.id, &outcome).await?;
                }
                Ok(())
            })
            .await
    }

    /// The mails of a source that its admin wants to be fetched once more.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn list_wanted(&self, source: &str) -> Result<Vec<(MailId, SourcePlace)>> {
        Ok(store::ledger::list_wanted(&mut self.store.read().await?, source).await?)
    }

    /// A mail that was set aside has come after all: it is sorted like any other.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] or [`ActionError::Internal`] when it could not be stored.
    pub async fn receive_late(&self, id: MailId, incoming: Incoming) -> Result<()> {
        let (digest, size) = self.keep(incoming).await?;
        let (now, job) = (self.clock.now(), (self.clock.new_id(), Job::SortMail { mail: id }));
        self.store
            .write(async move |tx| {
                if !store::ledger::set_bytes(tx, id, &digest, size).await? {
                    let outcome = Outcome::Ignored { why: Ignored::Duplicate };
                    return Ok::<_, ActionError>(store::ledger::set_outcome(tx, id, &outcome).await?);
                }
                store::ledger::set_outcome(tx, id, &Outcome::Waiting).await?;
                Ok(store::jobs::add(tx, &[job], now, now).await?)
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// A mail that the admin wanted was not handed over this time either.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn refuse_late(&self, id: MailId, why: &str) -> Result<()> {
        let why = why.to_owned();
        self.store
            .write(async move |tx| {
                let mail = store::ledger::find(tx, id).await?.ok_or(ActionError::NotFound)?;
                if let Outcome::Unfetched { place, .. } = mail.entry.outcome {
                    store::ledger::set_outcome(tx, id, &unfetched(place, &why)).await?;
                }
                Ok(())
            })
            .await
    }
}

fn unfetched(place: SourcePlace, why: &str) -> Outcome {
    Outcome::Unfetched { place, why: why.chars().take(LONGEST_WHY).collect(), again: false }
}
