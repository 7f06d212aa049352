//! What owners change about a group itself: its topic, who may add members, and whether content may leave it.

use super::super::{ActionError, Actions, Problem, Result, access};
use crate::domain::audit::Deed;
use crate::domain::event::Event;
use crate::domain::group::{Adding, Group};
use crate::domain::ids::GroupId;
use crate::domain::notice::Notice;
use crate::domain::person::Viewer;
use crate::domain::topic::{Topic, TopicProblem};
use crate::store;

impl Actions {
    /// Gives a group another topic. Its mails keep the subject they began with, so that they stay one thread.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but owners, [`ActionError::Invalid`] when it is empty or too long.
    pub async fn set_topic(&self, viewer: &Viewer, group: GroupId, text: &str) -> Result<()> {
        let topic: Topic = text.parse().map_err(|problem| ActionError::invalid("topic", why(problem)))?;
        let now = topic.as_str().to_owned();
        let topic = now.clone();
        let changed = self.change_group(viewer, group, move |group| {
            let before = std::mem::replace(&mut group.topic, now.clone());
            (before != now).then(|| Notice::Topic { before, now: now.clone() })
        });
        if changed.await? {
            self.tell_renamed(group, topic).await;
        }
        Ok(())
    }

    /// Says who may add members.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but owners.
    pub async fn set_adding(&self, viewer: &Viewer, group: GroupId, adding: Adding) -> Result<()> {
        let change = move |group: &mut Group| {
            let before = std::mem::replace(&mut group.adding, adding);
            (before != adding).then_some(Notice::Adding { by: adding })
        };
        self.change_group(viewer, group, change).await.map(drop)
    }

    /// Says whether members may share content with people outside. What is out already by link closes for them, and
    /// opens again when it is allowed once more.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but owners.
    pub async fn set_outside_sharing(&self, viewer: &Viewer, group: GroupId, allowed: bool) -> Result<()> {
        let change = move |group: &mut Group| {
            let before = std::mem::replace(&mut group.outside_sharing, allowed);
            (before != allowed).then_some(Notice::OutsideSharing { allowed })
        };
        if self.change_group(viewer, group, change).await? {
            let (actions, who, deed) = (self.clone(), viewer.into(), Deed::OutsideSharing { allowed });
            self.store.write(async move |tx| actions.audit(tx, who, Some(group), deed).await).await?;
        }
        Ok(())
    }

    /// Saves what an owner changes, and notes it in the log. Whether anything was another than before.
    async fn change_group(
        &self,
        viewer: &Viewer,
        id: GroupId,
        change: impl Fn(&mut Group) -> Option<Notice> + Send + 'static,
    ) -> Result<bool> {
        let (actions, owner) = (self.clone(), viewer.clone());
        let noted = self
            .store
            .write(async move |tx| {
                let (mut group, _) = access::group_of_owner(tx, owner.person_id, id).await?;
                let Some(notice) = change(&mut group) else { return Ok::<_, ActionError>(None) };
                store::groups::update(tx, &group).await?;
                Ok(Some(actions.note(tx, id, &owner, notice).await?))
            })
            .await?;
        let has_changed = noted.is_some();
        if let Some(noted) = noted {
            self.tell_noted(noted).await;
        }
        Ok(has_changed)
    }

    async fn tell_renamed(&self, group: GroupId, topic: String) {
        match self.member_persons(group).await {
            Ok(members) => self.hub.publish_to_persons(members, Event::GroupRenamed { group, topic }),
            // Lists of groups are brought up to date when their page comes back.
            Err(error) => tracing::warn!(error = %error, "Open pages could not be told of a topic."),
        }
    }
}

fn why(problem: TopicProblem) -> Problem {
    match problem {
        TopicProblem::Empty => Problem::Empty,
        TopicProblem::TooLong => Problem::TooLong { limit: Topic::LONGEST },
    }
}
