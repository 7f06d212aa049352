//! A mail that was not used, handed to a group or to a draft because an admin says so. Nobody is surely its author: it is
//! shown as not confirmed. One that can't be opened comes as a file.

use super::super::drafts::topic_of;
use super::super::messages::Posted;
use super::super::{ActionError, Actions, Conflict, LedgerProblem, Problem, Result, access};
use super::{Arrived, parse_off_thread};
use crate::domain::audit::{Deed, Doer};
use crate::domain::file::FileName;
use crate::domain::ids::{GroupId, MailId};
use crate::domain::ledger::{MailEntry, Outcome};
use crate::domain::ledger_step::LedgerStep;
use crate::domain::person::Viewer;
use crate::mail::incoming::{IncomingFile, IncomingMail};
use crate::store::ledger::StoredMail;
use crate::store::{self, Tx};

/// Where a mail is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    Group(GroupId),
    /// A draft of its sender's, if they may start groups.
    Draft,
}

impl Actions {
    /// Hands a mail that was not used to a group or a draft. What it is afterwards.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins, or when there is no such mail or group;
    /// [`ActionError::Conflict`] when it was used, or somebody else was faster; [`ActionError::Invalid`] when its bytes are
    /// gone, it says nothing, or its sender may not start a group.
    pub async fn release_mail(&self, viewer: &Viewer, id: MailId, to: Release) -> Result<()> {
        access::admin(viewer)?;
        let stored = store::ledger::find(&mut self.store.read().await?, id).await?;
        let stored = stored.ok_or(ActionError::NotFound)?;
        if !stored.entry.outcome.can_be_released() {
            return Err(ActionError::Conflict(Conflict::MailDecided));
        }
        let arrived = self.as_arrived(&stored).await?;
        match to {
            Release::Group(group) => self.release_to_group(viewer, (arrived, stored.entry), group).await,
            Release::Draft => self.release_to_draft(viewer, (arrived, stored.entry)).await,
        }
    }

    /// The mail once more, with itself as a file if it can't be opened.
    async fn as_arrived(&self, stored: &StoredMail) -> Result<Arrived> {
        let raw = self.files.read(&stored.digest).await?;
        let raw = raw.ok_or(ActionError::invalid("mail", Problem::Ledger(LedgerProblem::BytesGone)))?;
        let mail = match parse_off_thread(raw.clone()).await? {
            Ok(mail) => mail,
            Err(unopened) => {
                let mut mail = unopened.head.map_or_else(IncomingMail::default, |head| *head);
                mail.text.new_text.clone_from(&mail.subject);
                mail.files.push(as_file(raw));
                mail
            }
        };
        Ok(Arrived {
            id: stored.entry.id,
            at: mail.date.unwrap_or(stored.entry.received_at),
            mail,
            digest: stored.digest,
            size: u64::try_from(stored.entry.size).unwrap_or(0),
            routed: stored.entry.routed,
            proof: stored.entry.proof.clone(),
        })
    }

    async fn release_to_group(
        &self,
        viewer: &Viewer,
        (mut arrived, entry): (Arrived, MailEntry),
        group: GroupId,
    ) -> Result<()> {
        let mut tx = self.store.read().await?;
        store::groups::find(&mut tx, group).await?.ok_or(ActionError::NotFound)?;
        let author = self.author_of(&mut tx, &arrived, None).await?;
        drop(tx);
        arrived.routed.group = Some(group);
        let contribution = self.mail_contribution(&arrived, group, author).await?;
        if contribution.body.markdown.is_empty() && contribution.new_files.is_empty() {
            return Err(ActionError::invalid("mail", Problem::Empty));
        }
        let (actions, who) = (self.clone(), Doer::from(viewer));
        let posted = self
            .store
            .write(async move |tx| {
                still_is(tx, &entry).await?;
                let said = actions.contribute(tx, group, contribution).await?;
                let outcome = Outcome::Message { group, message: said.message.id };
                actions.note_used(tx, &arrived, &outcome, None).await?;
                actions.note_released(tx, who, (entry.id, Some(group))).await?;
                Ok::<Posted, ActionError>(said)
            })
            .await
            .map_err(decided)?;
        self.tell(posted).await;
        self.bell.ring();
        Ok(())
    }

    async fn release_to_draft(&self, viewer: &Viewer, (arrived, entry): (Arrived, MailEntry)) -> Result<()> {
        if topic_of(&arrived.mail).is_empty() && arrived.mail.from.is_empty() {
            return Err(ActionError::invalid("mail", Problem::Empty));
        }
        if !self.may_start_by_mail(&arrived).await? {
            return Err(ActionError::invalid("to", Problem::Ledger(LedgerProblem::SenderMayNotStart)));
        }
        Box::pin(self.sort_to_draft(arrived)).await.map_err(decided)?;
        let (actions, who) = (self.clone(), Doer::from(viewer));
        self.store.write(async move |tx| actions.note_released(tx, who, (entry.id, None)).await).await
    }

    async fn note_released(
        &self,
        tx: &mut Tx,
        who: Doer,
        (mail, group): (MailId, Option<GroupId>),
    ) -> Result<()> {
        let step = LedgerStep::Released { name: who.name.clone(), group };
        let step = self.step((Some(mail), None), self.clock.now(), step);
        store::ledger_steps::add(tx, &[step]).await?;
        self.audit(tx, who, group, Deed::MailReleased { mail }).await
    }
}

/// Nobody did anything with the mail since it was looked at.
async fn still_is(tx: &mut Tx, entry: &MailEntry) -> Result<()> {
    let now = store::ledger::list_for_change(tx, &[entry.id]).await?.pop();
    match now {
        Some(now) if now.entry.outcome == entry.outcome => Ok(()),
        _ => Err(ActionError::Conflict(Conflict::MailDecided)),
    }
}

/// A mail becomes one message, and begins one draft.
fn decided(error: ActionError) -> ActionError {
    if error.is_taken() { ActionError::Conflict(Conflict::MailDecided) } else { error }
}

fn as_file(bytes: Vec<u8>) -> IncomingFile {
    IncomingFile {
        name: FileName::cleaned("mail.eml", "mail.eml"),
        media_type: "message/rfc822".to_owned(),
        content_id: None,
        inline: false,
        bytes,
    }
}
