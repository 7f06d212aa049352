//! What somebody has typed in a group and not sent yet: kept here, so that it is there on their other devices. There is
//! one text for each group, the newest; a page that did not know of the one before gets it back, so that none is lost.

use std::time::Duration;

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::group::Member;
use crate::domain::ids::{GroupId, MessageId};
use crate::domain::message::Answered;
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store::unsent::Unsent;
use crate::store::{self, Tx};

/// In characters; more than can be sent, since what is too long must not get lost either.
pub const LONGEST_UNSENT: usize = 200_000;

/// A text, and what its page knew of the one before.
#[derive(Clone, Debug, Default)]
pub struct NewUnsent {
    /// Empty: there is none any more.
    pub markdown: String,
    /// The message it answers. One that is not there for this person counts as none.
    pub answers: Option<MessageId>,
    /// When the text was kept that the page had, or knows that it was sent.
    pub seen: Option<Timestamp>,
}

/// What became of a text that was to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// When the text that is there now was kept; `None` for none.
    pub at: Option<Timestamp>,
    /// A text from another device, of which the page did not know.
    pub other: Option<Found>,
}

/// A text that is kept, and the message it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub markdown: String,
    pub answers: Option<Answered>,
    pub at: Timestamp,
}

impl Actions {
    /// What this person has typed in a group and not sent; empty for nothing. Two statements, three for an answer.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn get_unsent(&self, viewer: &Viewer, group: GroupId) -> Result<Found> {
        let mut tx = self.store.read().await?;
        let member = access::member(&mut tx, viewer.person_id, group).await?;
        match store::unsent::find(&mut tx, group, viewer.person_id).await? {
            Some(unsent) => found(&mut tx, &member, unsent).await,
            None => Ok(Found::default()),
        }
    }

    /// Keeps what this person has typed in a group. The newest text counts; but an empty one takes none away of which
    /// its page did not know. Three statements, and one for each message that is answered.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Invalid`] when it is too long.
    pub async fn keep_unsent(&self, viewer: &Viewer, group: GroupId, mut new: NewUnsent) -> Result<Kept> {
        new.markdown.retain(|c| c != '\0');
        if new.markdown.chars().count() > LONGEST_UNSENT {
            return Err(ActionError::invalid("text", Problem::TooLong { limit: LONGEST_UNSENT }));
        }
        let (person, now) = (viewer.person_id, self.clock.now());
        self.store
            .write(async move |tx| {
                let member = access::member(tx, person, group).await?;
                let before = store::unsent::find(tx, group, person).await?;
                let unknown = before.as_ref().filter(|text| Some(text.updated_at) != new.seen);
                let at = unknown.map(|text| text.updated_at);
                let other = match unknown.filter(|text| text.markdown != new.markdown) {
                    Some(text) => Some(found(tx, &member, text.clone()).await?),
                    None => None,
                };
                if new.markdown.is_empty() {
                    if unknown.is_none() {
                        store::unsent::delete(tx, group, person).await?;
                    }
                    return Ok::<_, ActionError>(Kept { at, other });
                }
                // Two texts of one moment are told apart, too.
                let first = before.map_or(now, |text| text.updated_at + Duration::from_millis(1));
                let answers = answered(tx, &member, new.answers).await?.map(|answered| answered.id);
                let text = Unsent { markdown: new.markdown, answers, updated_at: now.max(first) };
                store::unsent::keep(tx, group, person, &text).await?;
                Ok(Kept { at: Some(text.updated_at), other })
            })
            .await
    }
}

async fn found(tx: &mut Tx, member: &Member, unsent: Unsent) -> Result<Found> {
    let answers = answered(tx, member, unsent.answers).await?;
    Ok(Found { markdown: unsent.markdown, answers, at: unsent.updated_at })
}

/// Nobody loses a text for the message it answers: one that is not there for them counts as none.
async fn answered(tx: &mut Tx, member: &Member, id: Option<MessageId>) -> Result<Option<Answered>> {
    let Some(id) = id else { return Ok(None) };
    match access::answered(tx, member, id).await {
        Ok(answered) => Ok(Some(answered)),
        Err(ActionError::Invalid { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
