//! The ledger, for admins and auditors: what became of every mail in and out, and why; what admins do with mails that went
//! nowhere; and what of it concerns a member.

mod acts;
mod lists;
mod originals;
mod own;
mod trail;

pub use acts::{Act, Acted, MOST_AT_ONCE};
pub use originals::Original;
pub use own::OwnTroubles;
pub use trail::{DeliveryTrail, MailTrail};

use super::{Actions, Result, access};
use crate::domain::ids::{DeliveryId, MailId, StepId};
use crate::domain::ledger_step::{LedgerStep, StepAt};
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
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
    /// How far each source was read, and what is open.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn mail_state(&self, viewer: &Viewer) -> Result<MailState> {
        access::auditor(viewer)?;
        let mut tx = self.store.read().await?;
        let sources = store::folders::list(&mut tx).await?;
        let (waiting, quarantined) = store::ledger::count_open(&mut tx).await?;
        Ok(MailState { sources, waiting, quarantined })
    }

    /// Works on a mail's stored bytes again, unless it was used. A mail that its source did not hand over is fetched once
    /// more, at the source's next look.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] for people who are no admins, [`super::ActionError::Conflict`] when it was used or
    /// waits for its turn.
    pub async fn run_again(&self, viewer: &Viewer, id: MailId) -> Result<()> {
        self.act_on_mails(viewer, Act::RunAgain, vec![id]).await.map(drop)
    }

    /// A step to be added.
    pub(super) fn step(
        &self,
        (mail, delivery): (Option<MailId>, Option<DeliveryId>),
        at: Timestamp,
        step: LedgerStep,
    ) -> (StepId, StepAt) {
        (self.clock.new_id(), StepAt { at, mail, delivery, step })
    }
}
