//! Where a group comes from, and which groups came from it.

use super::{Actions, Result, access};
use crate::domain::group::Group;
use crate::domain::ids::GroupId;
use crate::domain::person::Viewer;
use crate::domain::thread::{Participant, Thread};
use crate::store;
use crate::store::spin_offs::Relative;

/// What somebody sees of a group's family: the groups they are in.
#[derive(Clone, Debug)]
pub struct Family {
    pub group: Group,
    /// The group itself among them, the oldest first.
    pub relatives: Vec<Relative>,
    /// The mail thread that the oldest of them with a thread came from.
    pub thread: Option<Root>,
}

/// A thread that a family grew from.
#[derive(Clone, Debug)]
pub struct Root {
    pub thread: Thread,
    /// Nobody for guests: who writes to whom is the organisation's own.
    pub participants: Vec<Participant>,
    /// Whether the viewer finds it among their threads.
    pub takes_part: bool,
}

impl Actions {
    /// The family of a group. A fixed number of statements.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person is no member.
    pub async fn get_family(&self, viewer: &Viewer, id: GroupId) -> Result<Family> {
        let mut tx = self.store.read().await?;
        let (group, _) = access::group(&mut tx, viewer.person_id, id).await?;
        let relatives = store::spin_offs::family(&mut tx, id, viewer.person_id).await?;
        let Some(thread) = relatives.iter().find_map(|relative| relative.thread_id) else {
            return Ok(Family { group, relatives, thread: None });
        };
        let found = store::threads::find(&mut tx, thread).await?;
        let takes_part = store::threads::takes_part(&mut tx, thread, viewer.person_id).await?;
        let is_guest = access::colleague(&mut tx, viewer, &self.settings.sign_in).await.is_err();
        let participants =
            if is_guest { Vec::new() } else { store::threads::participants(&mut tx, thread).await? };
        let thread = found.map(|thread| Root { thread, participants, takes_part });
        Ok(Family { group, relatives, thread })
    }
}
