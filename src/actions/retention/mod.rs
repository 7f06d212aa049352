//! How long a group's messages are kept: what the house wants, what its owners want within that, and the legal hold that wins
//! over both.

mod clear;
mod warn;

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::audit::{Deed, Doer};
use crate::domain::ids::GroupId;
use crate::domain::person::Viewer;
use crate::domain::retention::{Hold, Keeping, MOST_DAYS};
use crate::store::{self, Tx};

pub use crate::store::retention::Holdable;

/// The longest reason, in characters.
const REASON: usize = 500;
/// So many groups are found at once.
const FOUND: i64 = 50;

/// That no hold keeps what is to go.
pub(super) async fn check_not_held(tx: &mut Tx, group: GroupId) -> Result<()> {
    match store::retention::is_held(tx, group).await? {
        true => Err(ActionError::invalid("message", Problem::Held)),
        false => Ok(()),
    }
}

impl Actions {
    /// How long a group's messages are kept, for its members.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn keeping(&self, viewer: &Viewer, group: GroupId) -> Result<Keeping> {
        let mut tx = self.store.read().await?;
        access::group(&mut tx, viewer.person_id, group).await?;
        let keeping = store::retention::find(&mut tx, group).await?;
        Ok(Keeping { house: self.settings.retention.messages, ..keeping })
    }

    /// Says after how many days messages of a group are deleted; `None` as the house does.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but owners, [`ActionError::Invalid`] for no days at all, or more than the house has.
    pub async fn set_retention(&self, viewer: &Viewer, group: GroupId, days: Option<i64>) -> Result<()> {
        let limit = self.settings.retention.messages.unwrap_or(MOST_DAYS);
        if days.is_some_and(|days| !(1..=limit).contains(&days)) {
            return Err(ActionError::invalid("days", Problem::Days { limit }));
        }
        let (actions, owner) = (self.clone(), viewer.clone());
        self.store
            .write(async move |tx| {
                access::group_of_owner(tx, owner.person_id, group).await?;
                store::retention::set_days(tx, group, days).await?;
                actions.audit(tx, (&owner).into(), Some(group), Deed::RetentionSet { days }).await
            })
            .await
    }

    /// Groups with a legal hold, and those whose topic has some words, for admins and auditors.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for others.
    pub async fn list_holds(&self, viewer: &Viewer, topic: &str) -> Result<Vec<Holdable>> {
        access::auditor(viewer)?;
        Ok(store::retention::list(&mut self.store.read().await?, topic.trim(), FOUND).await?)
    }

    /// Lets nothing of a group's messages go, whoever wants it: no member, no owner, no retention, no erasure. Who says
    /// why is in the audit log, and the group's members see it.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but admins and auditors, and when there is no such group;
    /// [`ActionError::Invalid`] without a reason.
    pub async fn set_hold(&self, viewer: &Viewer, group: GroupId, why: &str) -> Result<()> {
        access::auditor(viewer)?;
        let hold = Hold { since: self.clock.now(), why: reason(why)? };
        self.change_hold(viewer, group, (Some(hold.clone()), Deed::HoldSet { why: hold.why })).await
    }

    /// Ends a hold. What was to be erased meanwhile is erased then.
    ///
    /// # Errors
    /// As [`Actions::set_hold`].
    pub async fn lift_hold(&self, viewer: &Viewer, group: GroupId, why: &str) -> Result<()> {
        access::auditor(viewer)?;
        let deed = Deed::HoldLifted { why: reason(why)? };
        self.change_hold(viewer, group, (None, deed)).await
    }

    async fn change_hold(
        &self,
        viewer: &Viewer,
        group: GroupId,
        (hold, deed): (Option<Hold>, Deed),
    ) -> Result<()> {
        let (actions, who, by) = (self.clone(), Doer::from(viewer), viewer.person_id);
        self.store
            .write(async move |tx| {
                store::groups::find_for_change(tx, group).await?.ok_or(ActionError::NotFound)?;
                if !store::retention::set_hold(tx, group, (hold.as_ref(), Some(by))).await? {
                    return Ok::<_, ActionError>(());
                }
                if hold.is_none() {
                    actions.erase_what_was_held(tx, group).await?;
                }
                actions.audit(tx, who, Some(group), deed).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }
}

fn reason(why: &str) -> Result<String> {
    let why = why.trim().replace('\0', "");
    match why.chars().count() {
        0 => Err(ActionError::invalid("why", Problem::Empty)),
        1..=REASON => Ok(why),
        _ => Err(ActionError::invalid("why", Problem::TooLong { limit: REASON })),
    }
}
