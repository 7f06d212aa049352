//! Who gets a mail of a group, and when that is found out.

use super::super::{Actions, Result};
use crate::domain::event::Audience;
use crate::domain::ids::GroupId;
use crate::domain::job::Job;
use crate::store::{self, Tx};

impl Actions {
    /// Adds the job that finds out, after the hold, who has not seen what there is by then; and the one that finds out at
    /// once for those who want no hold, if there are any. Two statements.
    pub(in crate::actions) async fn plan_mails(&self, tx: &mut Tx, group: GroupId) -> Result<()> {
        let now = self.clock.now();
        let mut jobs = vec![(self.clock.new_id(), Job::PlanBundles { group }, now + self.settings.mail.hold)];
        if store::cadences::has_at_once(tx, group).await? {
            jobs.push((self.clock.new_id(), Job::PlanAtOnce { group }, now));
        }
        Ok(store::jobs::add_each(tx, &jobs, now).await?)
    }

    /// Adds a job for each member who has not seen everything, wants it by now and is not looking at the group, and looks
    /// again later if somebody does: they may have left their desk. For those who want it later, one job at each time at
    /// which somebody wants it, however many they are. Three statements, however many members. Running twice adds nothing:
    /// jobs that wait are the same jobs.
    ///
    /// # Errors
    /// [`super::super::ActionError::Unavailable`] when it can't be done now.
    pub async fn plan_bundles(&self, group: GroupId) -> Result<()> {
        self.plan(group, false).await
    }

    /// The same for those members alone who want no hold.
    ///
    /// # Errors
    /// [`super::super::ActionError::Unavailable`] when it can't be done now.
    pub async fn plan_at_once(&self, group: GroupId) -> Result<()> {
        self.plan(group, true).await
    }

    async fn plan(&self, group: GroupId, at_once_alone: bool) -> Result<()> {
        let house = self.settings.mail.zone;
        let behind =
            store::cadences::list_behind(&mut self.store.read().await?, group, at_once_alone, house).await?;
        let (now, hold) = (self.clock.now(), self.settings.mail.hold);
        let mut jobs = Vec::new();
        for member in &behind {
            // What its hold makes miss the daily mail waits for the next: one a day.
            let due = member.hours.due(member.cadence, member.since + hold, now);
            jobs.push(if due > now {
                (Job::PlanBundlesAt { group, at: due }, due)
            } else if self.hub.listens(Audience::Group(group), member.person) {
                (Job::PlanBundlesAgain { group }, now + self.settings.presence.idle)
            } else {
                (Job::BundleMessages { member: member.member }, now)
            });
        }
        if jobs.is_empty() {
            return Ok(());
        }
        let jobs: Vec<_> = jobs.into_iter().map(|(job, at)| (self.clock.new_id(), job, at)).collect();
        self.store.write(async move |tx| store::jobs::add_each(tx, &jobs, now).await).await?;
        self.bell.ring();
        Ok(())
    }

    /// Whoever looked and had not read everything has read it by then, or no longer looks. A job of its own: a newer
    /// message waits no longer for it.
    pub(super) async fn plan_again(&self, group: GroupId) -> Result<()> {
        let (now, id) = (self.clock.now(), self.clock.new_id());
        let at = now + self.settings.presence.idle;
        let job = (id, Job::PlanBundlesAgain { group });
        Ok(self.store.write(async move |tx| store::jobs::add(tx, &[job], at, now).await).await?)
    }
}
