//! The audit log: who let what out of a group, who looked at it, and who took it back. Admins read it whole, members
//! what was done with their group.

use std::collections::HashMap;

use super::{Actions, Result, access};
use crate::domain::audit::{AuditLine, Deed, Doer};
use crate::domain::group::Group;
use crate::domain::ids::{AuditId, GroupId, ShareId};
use crate::domain::person::Viewer;
use crate::store::{self, Tx};

pub use crate::store::audit::Shown;

/// What was done with a group's content.
#[derive(Clone, Debug)]
pub struct GroupLog {
    pub group: Group,
    pub lines: Vec<AuditLine>,
    /// Of the shares that the lines name.
    pub titles: HashMap<ShareId, String>,
    /// The last line, if there are older ones.
    pub older: Option<AuditId>,
}

/// How many lines a page of a group's log has.
const PAGE: i64 = 50;

impl From<&Viewer> for Doer {
    fn from(viewer: &Viewer) -> Self {
        Self {
            person_id: Some(viewer.person_id),
            name: viewer.full_name.clone(),
            whence: viewer.whence.clone(),
        }
    }
}

impl Actions {
    /// Adds a line in the transaction of what was done. One statement.
    pub(super) async fn audit(
        &self,
        tx: &mut Tx,
        who: Doer,
        group_id: Option<GroupId>,
        deed: Deed,
    ) -> Result<()> {
        let line = AuditLine { id: self.clock.new_id(), at: self.clock.now(), who, group_id, deed };
        Ok(store::audit::insert(tx, &line).await?)
    }

    /// Up to `limit` lines before another one, the newest first.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn list_audit(
        &self,
        viewer: &Viewer,
        before: Option<AuditId>,
        limit: i64,
    ) -> Result<Vec<Shown>> {
        access::auditor(viewer)?;
        Ok(store::audit::list(&mut self.store.read().await?, None, before, limit).await?)
    }

    /// Up to `limit` lines after another one, the oldest first, for a file that an auditor takes along. That they took it is
    /// noted with the first ones.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] for people who neither are admins nor auditors.
    pub async fn export_audit(
        &self,
        viewer: &Viewer,
        after: Option<AuditId>,
        limit: i64,
    ) -> Result<Vec<Shown>> {
        access::auditor(viewer)?;
        if after.is_none() {
            let (actions, who) = (self.clone(), viewer.into());
            self.store
                .write(async move |tx| actions.audit(tx, who, None, Deed::AuditDownloaded).await)
                .await?;
        }
        Ok(store::audit::list_after(&mut self.store.read().await?, after, limit).await?)
    }

    /// Up to 50 lines of a group before another one, the newest first. Four statements.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person is no member.
    pub async fn list_group_log(
        &self,
        viewer: &Viewer,
        group: GroupId,
        before: Option<AuditId>,
    ) -> Result<GroupLog> {
        let mut tx = self.store.read().await?;
        let (group, _) = access::group(&mut tx, viewer.person_id, group).await?;
        let shown = store::audit::list(&mut tx, Some(group.id), before, PAGE + 1).await?;
        let mut lines: Vec<AuditLine> = shown.into_iter().map(|shown| shown.line).collect();
        let goes_on = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let older = lines.last().filter(|_| goes_on).map(|line| line.id);
        let mut shares: Vec<ShareId> = lines.iter().filter_map(|line| line.deed.share()).collect();
        shares.sort_unstable();
        shares.dedup();
        let titles = store::shares::titles(&mut tx, &shares).await?;
        Ok(GroupLog { group, lines, titles, older })
    }
}
