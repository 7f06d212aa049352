//! Pins: the few messages of a group that everybody is to find again. Every member pins and unpins; nobody gets a mail for
//! it.

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::group::Group;
use crate::domain::ids::GroupId;
use crate::domain::message::{Message, MessagePlace, Pin};
use crate::domain::person::Viewer;
use crate::store;

/// How many messages of a group can be pinned.
pub const MOST_PINS: usize = 50;

impl Actions {
    /// Pins a message, or takes the pin away if `on` is false. What is so already stays so.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the message is not there for this person, [`ActionError::Invalid`] when it was
    /// removed, or the group has as many pins as one can have.
    pub async fn pin_message(&self, viewer: &Viewer, place: MessagePlace, on: bool) -> Result<Message> {
        let (now, by) = (self.clock.now(), viewer.person_id);
        let pinned = self.change_message(viewer.person_id, place, async move |tx, subject| {
            let message = &subject.message;
            access::standing(message)?;
            if message.trace.pinned_at.is_some() == on {
                return Ok(false);
            }
            let count = store::pins::count(tx, place.group).await?;
            if on && usize::try_from(count).is_ok_and(|count| count >= MOST_PINS) {
                return Err(ActionError::invalid("pin", Problem::TooManyPins { limit: MOST_PINS }));
            }
            store::pins::set(tx, message.id, on.then_some((by, now))).await?;
            Ok(true)
        });
        pinned.await
    }

    /// What this person sees pinned in a group of theirs, the newest pin first.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn list_pins(&self, viewer: &Viewer, group: GroupId) -> Result<(Group, Vec<Pin>)> {
        let mut tx = self.store.read().await?;
        let (group, member) = access::group(&mut tx, viewer.person_id, group).await?;
        let pins = store::pins::list(&mut tx, group.id, member.first_seq).await?;
        Ok((group, pins))
    }
}
