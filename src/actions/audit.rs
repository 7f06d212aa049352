//! The audit log: who let what out of a group, who looked at it, and who took it back. Admins read it.

use super::{Actions, Result, access};
use crate::domain::audit::{AuditLine, Deed, Doer};
use crate::domain::ids::{AuditId, GroupId};
use crate::domain::person::Viewer;
use crate::store::{self, Tx};

pub use crate::store::audit::Shown;

impl From<&Viewer> for Doer {
    fn from(viewer: &Viewer) -> Self {
        Self { person_id: Some(viewer.person_id), name: viewer.full_name.clone() }
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
    /// [`super::ActionError::NotFound`] for people who are no admins.
    pub async fn list_audit(
        &self,
        viewer: &Viewer,
        before: Option<AuditId>,
        limit: i64,
    ) -> Result<Vec<Shown>> {
        access::admin(viewer)?;
        Ok(store::audit::list(&mut self.store.read().await?, before, limit).await?)
    }
}
