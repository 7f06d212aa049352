//! The ledger, for admins and auditors: what became of every mail in and out, and why; running a mail again.

use super::{ActionError, Actions, Result, access};
use crate::domain::ids::{DeliveryId, MailId};
use crate::domain::job::Job;
use crate::domain::ledger::{Delivery, MailEntry, Outcome};
use crate::domain::person::Viewer;
use crate::store;
use crate::store::folders::FolderPosition;

/// How the mail side is.
#[derive(Clone, Debug)]
pub struct MailState {
    pub sources: Vec<FolderPosition>,
    /// Mails not worked on yet.
    pub waiting: i64,
    pub quarantined: i64,
}

impl Actions {
    /// Lines of mails in, newest first, after the line `before`; those with one of `outcomes`, or all.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn list_mails(
        &self,
        viewer: &Viewer,
        outcomes: &[&str],
        before: Option<MailId>,
        limit: i64,
    ) -> Result<Vec<MailEntry>> {
        access::auditor(viewer)?;
        let mails = store::ledger::list(&mut self.store.read().await?, outcomes, before, limit).await?;
        Ok(mails.into_iter().map(|m| m.entry).collect())
    }

    /// Lines of mails out, newest first, after the line `before`.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn list_deliveries(
        &self,
        viewer: &Viewer,
        before: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        access::auditor(viewer)?;
        Ok(store::deliveries::list(&mut self.store.read().await?, before, limit).await?)
    }

    /// How far each source was read, and what is open.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn mail_state(&self, viewer: &Viewer) -> Result<MailState> {
        access::auditor(viewer)?;
        let mut tx = self.store.read().await?;
        let sources = store::folders::list(&mut tx).await?;
        let (waiting, quarantined) = store::ledger::count_open(&mut tx).await?;
        Ok(MailState { sources, waiting, quarantined })
    }

    /// Works on a mail's stored bytes again, unless it became a message or a draft. A mail that its source did not hand
    /// over is fetched once more, at the source's next look.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins, [`ActionError::Forbidden`] when it was used already.
    pub async fn run_again(&self, viewer: &Viewer, id: MailId) -> Result<()> {
        access::admin(viewer)?;
        let (now, job) = (self.clock.now(), self.clock.new_id());
        self.store
            .write(async move |tx| {
                let mail = store::ledger::find(tx, id).await?.ok_or(ActionError::NotFound)?;
                let outcome = &mail.entry.outcome;
                if matches!(outcome, Outcome::Message { .. } | Outcome::Moved { .. } | Outcome::Draft { .. })
                {
                    return Err(ActionError::Forbidden);
                }
                if let Outcome::Unfetched { place, why, .. } = mail.entry.outcome {
                    let wanted = Outcome::Unfetched { place, why, again: true };
                    return Ok(store::ledger::set_outcome(tx, id, &wanted).await?);
                }
                store::ledger::set_outcome(tx, id, &Outcome::Waiting).await?;
                Ok(store::jobs::add(tx, &[(job, Job::SortMail { mail: id })], now, now).await?)
            })
            .await?;
        self.bell.ring();
        Ok(())
    }
}
