//! What admins do with mails of the ledger, with one or with many at once: run again, try again, drop. Whoever comes second
//! is told so, and nothing is done twice.

use super::super::receipts::reports;
use super::super::{ActionError, Actions, Conflict, LedgerProblem, Problem, Result, access};
use crate::domain::audit::{Deed, Doer};
use crate::domain::ids::{DeliveryId, MailId};
use crate::domain::job::Job;
use crate::domain::ledger::Outcome;
use crate::domain::ledger_step::LedgerStep;
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store::deliveries::Cargo;
use crate::store::ledger::StoredMail;
use crate::store::{self, Tx};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Sort a mail in again.
    RunAgain,
    /// Send a mail out now that waits or was given up.
    Retry,
    /// Do nothing more with a mail in that was set aside, or with a mail out that waits.
    Drop,
}

/// How many were done, and how many were left as they are, because that could not be done with them any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acted {
    pub done: usize,
    pub left: usize,
}

/// Mails that can be acted on at once.
pub const MOST_AT_ONCE: usize = 500;
/// What receipts say of a mail that was dropped.
const DROPPED: &str = "The admins of the mail system did not have it sent";

impl Acted {
    /// Nothing could be done: somebody was faster.
    fn checked(asked: usize, done: usize) -> Result<Self> {
        if done == 0 {
            return Err(ActionError::Conflict(Conflict::MailDecided));
        }
        Ok(Self { done, left: asked.saturating_sub(done) })
    }
}

fn check<T>(ids: &[T]) -> Result<()> {
    match ids.len() {
        0 => Err(ActionError::invalid("mail", Problem::Ledger(LedgerProblem::NoneChosen))),
        many if many > MOST_AT_ONCE => {
            Err(ActionError::invalid("mail", Problem::TooMany { limit: MOST_AT_ONCE }))
        }
        _ => Ok(()),
    }
}

impl Actions {
    /// Runs mails in again, or drops them. Five statements at the most.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins, or when there are no such mails; [`ActionError::Invalid`] for
    /// none or more than 500; [`ActionError::Conflict`] when none of them is as it was any more.
    pub async fn act_on_mails(&self, viewer: &Viewer, act: Act, mut ids: Vec<MailId>) -> Result<Acted> {
        access::admin(viewer)?;
        ids.sort_unstable();
        ids.dedup();
        check(&ids)?;
        let (actions, who, now) = (self.clone(), Doer::from(viewer), self.clock.now());
        let acted = self
            .store
            .write(async move |tx| {
                let found = store::ledger::list_for_change(tx, &ids).await?;
                if found.is_empty() {
                    return Err(ActionError::NotFound);
                }
                let changed = changed(act, &found, &who, now);
                let acted = Acted::checked(ids.len(), changed.len())?;
                store::ledger::set_outcomes(tx, &changed).await?;
                let waiting = changed.iter().filter(|(_, outcome)| *outcome == Outcome::Waiting);
                let jobs: Vec<_> = waiting
                    .map(|(mail, _)| (actions.clock.new_id(), Job::SortMail { mail: *mail }))
                    .collect();
                store::jobs::add(tx, &jobs, now, now).await?;
                let mails: Vec<MailId> = changed.into_iter().map(|(id, _)| id).collect();
                actions.note_acted(tx, (act, &who), (&found, &mails)).await?;
                Ok(acted)
            })
            .await?;
        self.bell.ring();
        Ok(acted)
    }

    async fn note_acted(
        &self,
        tx: &mut Tx,
        (act, who): (Act, &Doer),
        (found, mails): (&[StoredMail], &[MailId]),
    ) -> Result<()> {
        let now = self.clock.now();
        let acted = found.iter().filter(|stored| mails.contains(&stored.entry.id));
        let steps: Vec<_> = acted
            .map(|stored| {
                let (name, was) = (who.name.clone(), Box::new(stored.entry.outcome.clone()));
                let step = match act {
                    Act::Drop => LedgerStep::Dropped { name },
                    Act::RunAgain | Act::Retry => LedgerStep::RunAgain { name, was },
                };
                self.step((Some(stored.entry.id), None), now, step)
            })
            .collect();
        store::ledger_steps::add(tx, &steps).await?;
        let mails = mails.to_vec();
        let deed = match act {
            Act::Drop => Deed::MailsDropped { mails, deliveries: Vec::new() },
            Act::RunAgain | Act::Retry => Deed::MailsRunAgain { mails },
        };
        self.audit(tx, who.clone(), None, deed).await
    }

    /// Tries mails out again, or drops them. Six statements at the most.
    ///
    /// # Errors
    /// As [`Actions::act_on_mails`].
    pub async fn act_on_deliveries(
        &self,
        viewer: &Viewer,
        act: Act,
        mut ids: Vec<DeliveryId>,
    ) -> Result<Acted> {
        access::admin(viewer)?;
        ids.sort_unstable();
        ids.dedup();
        check(&ids)?;
        let (actions, who) = (self.clone(), Doer::from(viewer));
        let (acted, receipts) = self
            .store
            .write(async move |tx| match act {
                Act::Drop => actions.drop_deliveries(tx, who, ids).await,
                Act::RunAgain | Act::Retry => {
                    let acted = actions.retry_deliveries(tx, who, ids).await?;
                    Ok((acted, Vec::new()))
                }
            })
            .await?;
        self.receipts.note_changed(receipts);
        match act {
            // What was away may be back: an admin says so.
            Act::RunAgain | Act::Retry => self.bell.ring_out(),
            Act::Drop => self.bell.ring(),
        }
        Ok(acted)
    }

    async fn retry_deliveries(&self, tx: &mut Tx, who: Doer, ids: Vec<DeliveryId>) -> Result<Acted> {
        let now = self.clock.now();
        let again = store::deliveries::wait_again(tx, &ids, now).await?;
        let acted = Acted::checked(ids.len(), again.len())?;
        let job = |(delivery, address): &(DeliveryId, String)| {
            let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase();
            Job::SendMail { delivery: *delivery, domain }
        };
        let jobs: Vec<Job> = again.iter().map(job).collect();
        store::jobs::hasten_all(tx, &jobs, now).await?;
        let jobs: Vec<_> = jobs.into_iter().map(|job| (self.clock.new_id(), job)).collect();
        store::jobs::add(tx, &jobs, now, now).await?;
        let mut deliveries: Vec<DeliveryId> = again.into_iter().map(|(id, _)| id).collect();
        deliveries.sort_unstable();
        let step = LedgerStep::Retried { name: who.name.clone() };
        self.note_steps(tx, &deliveries, step).await?;
        self.audit(tx, who, None, Deed::MailsRetried { deliveries }).await?;
        Ok(acted)
    }

    async fn drop_deliveries(
        &self,
        tx: &mut Tx,
        who: Doer,
        ids: Vec<DeliveryId>,
    ) -> Result<(Acted, Vec<crate::domain::message::MessagePlace>)> {
        let now = self.clock.now();
        let dropped = store::deliveries::drop_waiting(tx, &ids, now).await?;
        let acted = Acted::checked(ids.len(), dropped.len())?;
        let (mut deliveries, cargos): (Vec<DeliveryId>, Vec<Option<Cargo>>) = dropped.into_iter().unzip();
        deliveries.sort_unstable();
        let cargos: Vec<Cargo> = cargos.into_iter().flatten().collect();
        let receipts = reports::given_up(tx, &cargos, DROPPED, now).await?;
        self.note_steps(tx, &deliveries, LedgerStep::Dropped { name: who.name.clone() }).await?;
        self.audit(tx, who, None, Deed::MailsDropped { mails: Vec::new(), deliveries }).await?;
        Ok((acted, receipts))
    }

    async fn note_steps(&self, tx: &mut Tx, deliveries: &[DeliveryId], step: LedgerStep) -> Result<()> {
        let now = self.clock.now();
        let steps: Vec<_> =
            deliveries.iter().map(|id| self.step((None, Some(*id)), now, step.clone())).collect();
        Ok(store::ledger_steps::add(tx, &steps).await?)
    }
}

/// What becomes of those with which it can be done.
fn changed(act: Act, found: &[StoredMail], who: &Doer, now: Timestamp) -> Vec<(MailId, Outcome)> {
    let new = |stored: &StoredMail| {
        let outcome = &stored.entry.outcome;
        let new = match act {
            Act::RunAgain | Act::Retry => outcome.again(),
            Act::Drop => outcome.can_be_dropped().then(|| Outcome::Dropped {
                by: who.person_id.unwrap_or_else(|| uuid::Uuid::nil().into()),
                name: who.name.clone(),
                at: now,
                was: Box::new(outcome.clone()),
            }),
        };
        Some((stored.entry.id, new?))
    };
    found.iter().filter_map(new).collect()
}
