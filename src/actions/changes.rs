//! Changes of messages that are there. Each takes the group's next change number in its transaction, and every open
//! page of the group gets the message as it is now; a page that missed some asks for what changed since.

use super::messages::{activity_of, glance_at};
use super::{ActionError, Actions, Result, access};
use crate::domain::event::{Audience, Changed, Event};
use crate::domain::group::{Group, Member};
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::message::{Message, MessagePlace};
use crate::domain::person::Viewer;
use crate::store::{self, Tx};

/// A message that somebody acts on, and who they are in its group.
#[derive(Debug)]
pub(super) struct Subject {
    pub member: Member,
    pub group: Group,
    pub message: Message,
}

/// What changed since a page last heard.
#[derive(Debug)]
pub struct Changes {
    /// The first message that the viewer may see.
    pub first_seq: i64,
    /// The number of the group's newest change.
    pub last_change: i64,
    /// In the order of their last changes.
    pub messages: Vec<Changed>,
}

impl Actions {
    /// Up to `limit` messages that changed after change number `after`, as they are now.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn list_changes_after(
        &self,
        viewer: &Viewer,
        group: GroupId,
        after: i64,
        limit: i64,
    ) -> Result<Changes> {
        let mut tx = self.store.read().await?;
        let (group, member) = access::group(&mut tx, viewer.person_id, group).await?;
        let first_seq = member.first_seq;
        let messages =
            store::messages::list_changed_after(&mut tx, (group.id, first_seq), after, limit).await?;
        let messages = messages.into_iter().map(|message| changed(&group, message.seen_from(first_seq)));
        let messages = messages.collect();
        Ok(Changes { first_seq, last_change: group.last_change, messages })
    }

    /// Changes a message by `work`, which checks whether this person may do so and says whether it changed anything.
    /// The message as it is afterwards. Nobody else changes anything in the group meanwhile.
    pub(super) async fn change_message<F>(
        &self,
        person: PersonId,
        place: MessagePlace,
        work: F,
    ) -> Result<Message>
    where
        F: AsyncFnOnce(&mut Tx, &Subject) -> Result<bool> + Send + 'static,
    {
        let now = self.clock.now();
        let (subject, is_changed, are_marks_changed) = self
            .store
            .write(async move |tx| {
                let mut are_marks_changed = false;
                let mut subject = access::message_for_change(tx, person, place).await?;
                let is_changed = work(tx, &subject).await?;
                if is_changed {
                    store::changes::note(tx, place.group, subject.message.id, now).await?;
                    let changed = store::messages::find(tx, place).await?.ok_or(ActionError::NotFound)?;
                    store::search::index_change(tx, &subject.message, &changed).await?;
                    are_marks_changed = touches_marks(&subject.message, &changed);
                    subject.message = changed;
                }
                Ok::<_, ActionError>((subject, is_changed, are_marks_changed))
            })
            .await?;
        let message = subject.message.clone().seen_from(subject.member.first_seq);
        if is_changed {
            self.tell_changed(&subject.group, subject.message).await;
        }
        if are_marks_changed {
            self.tell_marks(subject.group.id).await;
        }
        Ok(message)
    }

    /// Tells open pages of a change, after its commit. Lists of groups hear of it if they show the message.
    pub(super) async fn tell_changed(&self, group: &Group, message: Message) {
        let changed = changed(group, message);
        let activity = changed.activity.clone();
        self.hub.publish(Audience::Group(group.id), Event::MessageChanged(Box::new(changed)));
        if let Some(activity) = activity {
            self.tell_lists(activity).await;
        }
    }
}

/// Whether a list of marks looks different after a change: another mark, or other words than those that were marked.
fn touches_marks(before: &Message, after: &Message) -> bool {
    before.marks != after.marks || (before.body != after.body && !after.marks.is_empty())
}

fn changed(group: &Group, message: Message) -> Changed {
    let activity = (message.seq == group.said_seq).then(|| activity_of(group, &message));
    Changed { line: glance_at(&message), message, activity }
}
