//! What somebody has typed in a group and not sent yet: kept here, so that it is there on their other devices. There is
//! one text for each group, the newest; a page that did not know of the one before gets it back, so that none is lost.

use std::time::Duration;

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::ids::GroupId;
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store;

pub use crate::store::unsent::Unsent;

/// In characters; more than can be sent, since what is too long must not get lost either.
pub const LONGEST_UNSENT: usize = 200_000;

/// A text, and what its page knew of the one before.
#[derive(Clone, Debug, Default)]
pub struct NewUnsent {
    /// Empty: there is none any more.
    pub markdown: String,
    /// When the text was kept that the page had, or knows that it was sent.
    pub seen: Option<Timestamp>,
}

/// What became of a text that was to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// When the text that is there now was kept; `None` for none.
    pub at: Option<Timestamp>,
    /// A text from another device, of which the page did not know.
    pub other: Option<String>,
}

impl Actions {
    /// What this person has typed in a group and not sent. Two statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn get_unsent(&self, viewer: &Viewer, group: GroupId) -> Result<Unsent> {
        let mut tx = self.store.read().await?;
        access::member(&mut tx, viewer.person_id, group).await?;
        Ok(store::unsent::find(&mut tx, group, viewer.person_id).await?.unwrap_or_default())
    }

    /// Keeps what this person has typed in a group. The newest text counts; but an empty one takes none away of which
    /// its page did not know. Three statements.
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
                access::member(tx, person, group).await?;
                let before = store::unsent::find(tx, group, person).await?;
                let unknown = before.as_ref().filter(|text| Some(text.updated_at) != new.seen);
                let at = unknown.map(|text| text.updated_at);
                let other = unknown.map(|text| text.markdown.clone()).filter(|text| *text != new.markdown);
                if new.markdown.is_empty() {
                    if unknown.is_none() {
                        store::unsent::delete(tx, group, person).await?;
                    }
                    return Ok::<_, ActionError>(Kept { at, other });
                }
                // Two texts of one moment are told apart, too.
                let first = before.map_or(now, |text| text.updated_at + Duration::from_millis(1));
                let text = Unsent { markdown: new.markdown, updated_at: now.max(first) };
                store::unsent::keep(tx, group, person, &text).await?;
                Ok(Kept { at: Some(text.updated_at), other })
            })
            .await
    }
}
