//! A message by itself: what it said before, who reacted, and what its reader may do with it.

use super::changes::Subject;
use super::{Actions, Result, access};
use crate::domain::group::Group;
use crate::domain::ids::{GroupId, MessageId};
use crate::domain::ledger::MailEntry;
use crate::domain::message::{Answered, Message, MessagePlace, Version};
use crate::domain::person::Viewer;
use crate::store::{self, Tx};

/// A message with everything that is known of it.
#[derive(Clone, Debug)]
pub struct MessagePage {
    pub group: Group,
    pub message: Message,
    /// What it said before it was edited, from the first text on.
    pub versions: Vec<Version>,
    /// The emojis that the viewer chose.
    pub own: Vec<String>,
    /// The mail that it came by.
    pub mail: Option<MailEntry>,
    pub may: May,
    /// Where it stands now, or stood before, if it was moved and this person may see it there.
    pub elsewhere: Option<Elsewhere>,
}

/// The other place of a message that was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    pub place: MessagePlace,
    pub topic: String,
}

/// What a member may do with a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    pub edit: bool,
    pub remove: bool,
    /// Into another group.
    pub move_away: bool,
    /// From another group, to where it was moved.
    pub move_back: bool,
}

impl Actions {
    /// A message of a group of this person's. Nine statements at the most, twelve of one that was moved.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when it is not there for this person.
    pub async fn get_message(&self, viewer: &Viewer, place: MessagePlace) -> Result<MessagePage> {
        let mut tx = self.store.read().await?;
        let subject = access::message(&mut tx, viewer.person_id, place).await?;
        let versions = store::changes::versions(&mut tx, subject.message.id).await?;
        let own = store::reactions::own(&mut tx, subject.message.id, viewer.person_id).await?;
        let mail = match subject.message.mail_id {
            Some(id) => store::ledger::find(&mut tx, id).await?.map(|mail| mail.entry),
            None => None,
        };
        let (may, elsewhere) = (self.may(&subject), elsewhere(&mut tx, &subject).await?);
        let Subject { member, group, message } = subject;
        let message = message.seen_from(member.first_seq);
        Ok(MessagePage { group, message, versions, own, mail, may, elsewhere })
    }

    /// A message as its answers show it.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person is no member, [`super::ActionError::Invalid`] when the message
    /// is not in the group, or not for them.
    pub async fn find_answered(&self, viewer: &Viewer, group: GroupId, id: MessageId) -> Result<Answered> {
        let mut tx = self.store.read().await?;
        let member = access::member(&mut tx, viewer.person_id, group).await?;
        access::answered(&mut tx, &member, id).await
    }

    fn may(&self, subject: &Subject) -> May {
        let (now, edit_time) = (self.clock.now(), self.settings.limits.edit_time);
        May {
            edit: access::may_edit(subject, now, edit_time).is_ok(),
            remove: access::may_remove(subject, now, edit_time).is_ok(),
            move_away: access::may_move(subject, now, edit_time).is_ok(),
            move_back: access::may_move_back(subject, now, edit_time).is_ok(),
        }
    }
}

/// Nothing for those who are not in the other group, or do not see that far back.
async fn elsewhere(tx: &mut Tx, subject: &Subject) -> Result<Option<Elsewhere>> {
    let message = &subject.message;
    let origin = message.taken_from.as_ref().filter(|from| from.moved_by.is_some()).map(|from| from.place);
    let Some(place) = message.moved_to().or(origin) else { return Ok(None) };
    let found = access::find_group(tx, subject.member.person_id, place.group).await?;
    let Some(group) = found else { return Ok(None) };
    let member = access::member(tx, subject.member.person_id, place.group).await?;
    Ok((member.first_seq <= place.seq).then_some(Elsewhere { place, topic: group.topic }))
}
