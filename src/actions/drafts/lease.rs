//! The right to edit a draft: asked for, kept alive, handed over.

use super::super::{ActionError, Actions, Conflict, Result, access};
use crate::domain::draft::{Draft, DraftState, EditLease, Editor, LeaseAnswer, PageId};
use crate::domain::event::{Audience, DraftPart, Event};
use crate::domain::ids::{DraftId, PersonId};
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// What asking for the lease came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseOutcome {
    /// Edit until then; a heartbeat lets it last longer.
    Granted { until: Timestamp },
    /// Somebody else edits.
    HeldBy { name: String },
}

/// Who gets a lease: the one that is there, who asks on which page, and when.
type Rule = fn(Option<&EditLease>, PersonId, PageId, Timestamp) -> LeaseAnswer;

impl Actions {
    /// Asks for the right to edit. A page that has it already keeps it.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who may not see the draft, [`ActionError::Conflict`] when it is closed.
    pub async fn take_lease(&self, editor: Editor, id: DraftId) -> Result<LeaseOutcome> {
        self.give_lease(editor, id, EditLease::asked).await
    }

    /// Asks to take over. From one's own other page the right comes along at once. Somebody else sees who asked, and
    /// decides; if their page is gone, the lease ends by itself.
    ///
    /// # Errors
    /// As [`Actions::take_lease`].
    pub async fn ask_for_lease(&self, editor: Editor, id: DraftId) -> Result<LeaseOutcome> {
        self.give_lease(editor, id, EditLease::taken_over).await
    }

    async fn give_lease(&self, editor: Editor, id: DraftId, rule: Rule) -> Result<LeaseOutcome> {
        let (now, settings) = (self.clock.now(), self.settings.clone());
        let (outcome, version) = self
            .store
            .write(async move |tx| {
                let mut draft = access::draft_for_change(tx, (editor.person, &settings.sign_in), id).await?;
                check_open(&draft)?;
                match rule(draft.lease.as_ref(), editor.person, editor.page, now) {
                    LeaseAnswer::Granted(lease) => {
                        let until = lease.until;
                        draft.lease = Some(lease);
                        let version = store::drafts::update(tx, &draft, now).await?;
                        Ok((LeaseOutcome::Granted { until }, Some(version)))
                    }
                    LeaseAnswer::HeldBy(lease) => {
                        let name = name_of(tx, lease.holder).await?;
                        let is_new = draft.lease.as_ref() != Some(&lease);
                        draft.lease = Some(lease);
                        let version =
                            if is_new { Some(store::drafts::update(tx, &draft, now).await?) } else { None };
                        Ok::<_, ActionError>((LeaseOutcome::HeldBy { name }, version))
                    }
                }
            })
            .await?;
        self.tell_draft(id, version, DraftPart::Lease);
        Ok(outcome)
    }

    /// The page is still open and editing. Nobody else hears of it.
    ///
    /// # Errors
    /// [`ActionError::Conflict`] when the lease was lost.
    pub async fn keep_lease(&self, editor: Editor, id: DraftId) -> Result<Timestamp> {
        let (now, settings) = (self.clock.now(), self.settings.clone());
        self.store
            .write(async move |tx| {
                let draft = access::draft_for_change(tx, (editor.person, &settings.sign_in), id).await?;
                check_open(&draft)?;
                check_lease(tx, &draft, editor, now).await?;
                let until = now + EditLease::LASTS;
                store::drafts::extend_lease(tx, id, until).await?;
                Ok(until)
            })
            .await
    }

    /// Gives the right to edit back.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who may not see the draft.
    pub async fn release_lease(&self, editor: Editor, id: DraftId) -> Result<()> {
        let (now, settings) = (self.clock.now(), self.settings.clone());
        let version = self
            .store
            .write(async move |tx| {
                let mut draft = access::draft_for_change(tx, (editor.person, &settings.sign_in), id).await?;
                if draft.lease.as_ref().is_none_or(|l| l.page != editor.page) {
                    return Ok::<_, ActionError>(None);
                }
                draft.lease = None;
                Ok(Some(store::drafts::update(tx, &draft, now).await?))
            })
            .await?;
        self.tell_draft(id, version, DraftPart::Lease);
        Ok(())
    }

    /// Tells open copies of the page what changed; nothing if nothing did.
    pub(super) fn tell_draft(&self, draft: DraftId, version: Option<i64>, part: DraftPart) {
        if let Some(version) = version {
            self.hub.publish(Audience::Draft(draft), Event::DraftChanged { draft, version, part });
        }
    }
}

/// Neither confirmed nor discarded.
pub(super) fn check_open(draft: &Draft) -> Result<()> {
    match draft.state {
        DraftState::Open => Ok(()),
        DraftState::Confirmed => Err(ActionError::Conflict(Conflict::AlreadyConfirmed)),
        DraftState::Discarded => Err(ActionError::Conflict(Conflict::Discarded)),
    }
}

/// This page holds the lease, and it is live.
pub(super) async fn check_lease(tx: &mut Tx, draft: &Draft, editor: Editor, now: Timestamp) -> Result<()> {
    let live = draft.lease.as_ref().filter(|l| l.is_live(now));
    match live {
        Some(lease) if lease.page == editor.page && lease.holder == editor.person => Ok(()),
        Some(lease) if lease.holder == editor.person => Err(ActionError::Conflict(Conflict::LeaseMoved)),
        Some(lease) => {
            let holder = Some(name_of(tx, lease.holder).await?);
            Err(ActionError::Conflict(Conflict::LeaseLost { holder }))
        }
        None => Err(ActionError::Conflict(Conflict::LeaseLost { holder: None })),
    }
}

async fn name_of(tx: &mut Tx, person: PersonId) -> Result<String> {
    Ok(store::persons::find(tx, person).await?.map(|p| p.full_name).unwrap_or_default())
}
