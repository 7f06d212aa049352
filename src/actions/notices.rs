//! What somebody wants to hear of: in all groups, and in each.

use super::{ActionError, Actions, Result, access};
use crate::domain::ids::GroupId;
use crate::domain::notices::{Level, NoticeSettings};
use crate::domain::person::Viewer;
use crate::store;

/// Of what somebody wants to hear in one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupNotices {
    /// `None` while they never chose.
    pub chosen: Option<Level>,
    /// What holds then.
    pub usual: Level,
}

impl Actions {
    /// How this person wants their notices.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn get_notice_settings(&self, viewer: &Viewer) -> Result<NoticeSettings> {
        Ok(store::notices::settings(&mut self.store.read().await?, viewer.person_id).await?)
    }

    /// Remembers how this person wants their notices, and whether mails keep to the same hours.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn set_notice_settings(&self, viewer: &Viewer, settings: NoticeSettings) -> Result<()> {
        let (actions, person) = (self.clone(), viewer.person_id);
        self.store
            .write(async move |tx| {
                store::notices::set_settings(tx, person, settings).await?;
                let waiting = store::cadences::memberships(tx, person).await?;
                actions.look_anew(tx, &waiting).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// Of what this person wants to hear in a group.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when they are no member.
    pub async fn get_group_notices(&self, viewer: &Viewer, group: GroupId) -> Result<GroupNotices> {
        let mut tx = self.store.read().await?;
        access::member(&mut tx, viewer.person_id, group).await?;
        let (chosen, members) = store::notices::level(&mut tx, group, viewer.person_id).await?;
        Ok(GroupNotices { chosen, usual: Level::usual(members) })
    }

    /// Remembers of what this person wants to hear in a group; `None`: as usual.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when they are no member.
    pub async fn set_group_notices(
        &self,
        viewer: &Viewer,
        group: GroupId,
        level: Option<Level>,
    ) -> Result<()> {
        let person = viewer.person_id;
        self.store
            .write(async move |tx| {
                access::member(tx, person, group).await?;
                Ok::<_, ActionError>(store::notices::set_level(tx, group, person, level).await?)
            })
            .await
    }
}
