//! Editing and removing a message: by its author, for a while. What it said before an edit can be seen by all; of a
//! removed one nothing is left.

use super::changes::Subject;
use super::{ActionError, Actions, Conflict, Problem, Result, access, marks, mentions, messages, retention};
use crate::domain::ids::PersonId;
use crate::domain::message::{Message, MessagePlace};
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// How often a message can be edited.
pub const MOST_EDITS: i64 = 100;

/// Another text for a message.
#[derive(Clone, Debug)]
pub struct Edit {
    /// How often it had been edited when its author saw it.
    pub edits: i64,
    pub markdown: String,
}

impl Actions {
    /// Gives a message of the viewer's own another text. The same text changes nothing. Whom only the new text mentions is
    /// told as of a new message.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the message is not there for this person, [`ActionError::Forbidden`] when it is
    /// not theirs, [`ActionError::Invalid`] when it is too late, or the text is empty or too long,
    /// [`ActionError::Conflict`] when it was removed, or edited in another window meanwhile.
    pub async fn edit_message(&self, viewer: &Viewer, place: MessagePlace, edit: Edit) -> Result<Message> {
        self.edit_as(viewer.person_id, place, edit).await
    }

    /// The same by mail.
    ///
    /// # Errors
    /// As [`Actions::edit_message`].
    pub(super) async fn edit_as(
        &self,
        person: PersonId,
        place: MessagePlace,
        mut edit: Edit,
    ) -> Result<Message> {
        edit.markdown.retain(|c| c != '\0');
        let (now, edit_time) = (self.clock.now(), self.settings.limits.edit_time);
        let actions = self.clone();
        let edited = self.change_message(person, place, async move |tx, subject| {
            access::may_edit(subject, now, edit_time)?;
            check(subject, &edit)?;
            if edit.markdown == subject.message.body.markdown {
                return Ok(false);
            }
            let id = subject.message.id;
            // Of members of one name those are meant who were meant before.
            let before = store::mentions::list(tx, id).await?;
            let names = mentions::names_for(tx, place.group, &edit.markdown, before.clone()).await?;
            let read = mentions::read(subject.message.source, edit.markdown, &names);
            store::changes::edit(tx, id, &read.body, now).await?;
            store::mentions::replace(tx, id, &read.mentions).await?;
            marks::re_anchor(tx, &subject.message, &read.body).await?;
            let mut message = subject.message.clone();
            message.body = read.body;
            message.trace.edits += 1;
            marks::change_hashtags(&actions, tx, (&mut message, &subject.message.body.html), &read.mentions)
                .await?;
            let anew = read.mentions.into_iter().filter(|person| !before.contains(person)).collect();
            actions.plan_mentions(tx, &subject.message, anew).await?;
            Ok(true)
        });
        let message = edited.await?;
        self.bell.ring();
        Ok(message)
    }
}

impl Actions {
    /// Empties a message for good: its text, what it said before, its quotation and its files are kept nowhere. Its
    /// place stays, with who removed it and when.
    ///
    /// # Errors
    /// As [`Actions::edit_message`]; those who own the group may remove any message at any time.
    pub async fn remove_message(&self, viewer: &Viewer, place: MessagePlace) -> Result<Message> {
        let (now, edit_time) = (self.clock.now(), self.settings.limits.edit_time);
        let by = (viewer.person_id, viewer.full_name.clone());
        let removed = self.change_message(viewer.person_id, place, async move |tx, subject| {
            access::may_remove(subject, now, edit_time)?;
            retention::check_not_held(tx, place.group).await?;
            empty(tx, &subject.message, (by.0, &by.1), now).await?;
            Ok(true)
        });
        let message = removed.await?;
        self.forget_files().await;
        Ok(message)
    }
}

/// Leaves nothing of a message but its place, and who removed it and when.
pub(super) async fn empty(
    tx: &mut Tx,
    message: &Message,
    by: (PersonId, &str),
    now: Timestamp,
) -> Result<()> {
    store::changes::remove(tx, message.id, by, now).await?;
    store::reactions::remove_all(tx, message.id).await?;
    store::marks::delete_of_message(tx, message.id).await?;
    store::receipts::remove_all(tx, message.place()).await?;
    store::shares::versions::forget_message(tx, message.id, message.seq).await?;
    Ok(store::files::detach_message(tx, message.id, now).await?)
}

fn check(subject: &Subject, edit: &Edit) -> Result<()> {
    let message = &subject.message;
    if message.trace.edits != edit.edits {
        return Err(ActionError::Conflict(Conflict::EditedElsewhere));
    }
    if message.trace.edits >= MOST_EDITS {
        return Err(ActionError::invalid("text", Problem::TooManyEdits));
    }
    messages::check_text(&edit.markdown, message.files.is_empty())
}
