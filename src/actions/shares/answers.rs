//! What came back by mail to a share: its sharer, or an owner of the group, decides what the group sees, unless answers
//! come in at once. Whoever writes from outside is never taken for a member.

use super::super::mails::{Arrived, parse_off_thread};
use super::super::{ActionError, Actions, Problem, Result, access};
use crate::domain::ids::{ShareAnswerId, ShareId};
use crate::domain::ledger::Routed;
use crate::domain::person::Viewer;
use crate::domain::share::Answers;
use crate::domain::share_receiver::AnswerState;
use crate::store;

impl Actions {
    /// Says whether answers wait for the sharer, or come into the group at once.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for those who do not see the share, [`ActionError::Forbidden`] for all but the sharer.
    pub async fn set_share_answers(&self, viewer: &Viewer, id: ShareId, answers: Answers) -> Result<()> {
        let person = viewer.person_id;
        self.store
            .write(async move |tx| {
                let mut share = access::own_share(tx, person, id).await?.share;
                share.answers = answers;
                Ok(store::shares::update(tx, &share).await?)
            })
            .await
    }

    /// Takes an answer into the group, or declines it. Whoever decides first has decided.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when there is no such answer, [`ActionError::Forbidden`] for all but the sharer and the
    /// group's owners, [`ActionError::Invalid`] when it was decided before or its mail can't be read any more.
    pub async fn decide_answer(
        &self,
        viewer: &Viewer,
        id: ShareId,
        (answer, take): (ShareAnswerId, bool),
    ) -> Result<()> {
        if !take {
            return self.decline_answer(viewer, id, answer).await;
        }
        let mut tx = self.store.read().await?;
        let kept = access::share(&mut tx, viewer.person_id, id).await?;
        let found = store::shares::answers::find(&mut tx, id, answer).await?;
        let found = found.ok_or(ActionError::NotFound)?;
        let mail = store::ledger::find(&mut tx, found.mail).await?.ok_or(ActionError::NotFound)?;
        drop(tx);
        if found.state != AnswerState::Waiting {
            return Err(decided());
        }
        let size = u64::try_from(mail.entry.size).unwrap_or(0);
        let raw = self.files.read(&mail.digest).await?.ok_or(ActionError::NotFound)?;
        let Ok(parsed) = parse_off_thread(raw).await? else { return Err(decided()) };
        let arrived = Arrived {
            id: found.mail,
            digest: mail.digest,
            size,
            at: found.came_at,
            mail: parsed,
            routed: Routed::default(),
            proof: None,
        };
        let contribution = self.share_contribution(&arrived, &kept.share).await?;
        let (actions, person, now) = (self.clone(), viewer.person_id, self.clock.now());
        let posted = self
            .store
            .write(async move |tx| {
                let share = access::share_for_change(tx, person, id).await?.share;
                let found = store::shares::answers::find_for_change(tx, id, answer).await?;
                if found.is_none_or(|found| found.state != AnswerState::Waiting) {
                    return Err(decided());
                }
                let posted = actions.contribute(tx, share.group_id, contribution).await?;
                actions.note_taken(tx, &arrived, &posted).await?;
                let message = Some(posted.message.id);
                store::shares::answers::decide(tx, answer, (AnswerState::Taken, message), (person, now))
                    .await?;
                Ok(posted)
            })
            .await?;
        self.tell(posted).await;
        Ok(())
    }

    async fn decline_answer(&self, viewer: &Viewer, id: ShareId, answer: ShareAnswerId) -> Result<()> {
        let (person, now) = (viewer.person_id, self.clock.now());
        self.store
            .write(async move |tx| {
                access::share_for_change(tx, person, id).await?;
                let found = store::shares::answers::find_for_change(tx, id, answer).await?;
                if found.ok_or(ActionError::NotFound)?.state != AnswerState::Waiting {
                    return Err(decided());
                }
                let declined = (AnswerState::Declined, None);
                Ok(store::shares::answers::decide(tx, answer, declined, (person, now)).await?)
            })
            .await
    }
}

fn decided() -> ActionError {
    ActionError::invalid("answer", Problem::AnswerDecided)
}
