//! A group's history: one page of messages, the newest or those at a place.

use super::{Actions, Result, access};
use crate::domain::group::{Group, Member};
use crate::domain::ids::GroupId;
use crate::domain::message::Message;
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// Where somebody opens a discussion, by sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Newest,
    /// The messages before this one.
    Before(i64),
    /// The messages after this one.
    After(i64),
    /// Around this one.
    At(i64),
    /// Around the first one since a time.
    Since(Timestamp),
}

/// Some messages of a group in their order, and what lies beside them.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    pub messages: Vec<Message>,
    /// Whether this reader may see messages before them.
    pub older: bool,
    /// Whether there are messages after them.
    pub newer: bool,
    /// The one that was asked for; `None` if none was, or if it is not for this reader.
    pub at: Option<i64>,
}

impl Actions {
    /// Up to `limit` messages at a place. Six statements, seven for a date, however long the history.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person is no member.
    pub async fn read_history(
        &self,
        viewer: &Viewer,
        group: GroupId,
        place: Place,
        limit: i64,
    ) -> Result<HistoryPage> {
        let mut tx = self.store.read().await?;
        let (group, own) = access::group(&mut tx, viewer.person_id, group).await?;
        history_page(&mut tx, (&group, &own), place, limit).await
    }
}

/// One page of the history that a member may see.
async fn history_page(
    tx: &mut Tx,
    (group, own): (&Group, &Member),
    place: Place,
    limit: i64,
) -> Result<HistoryPage> {
    let at = match place {
        Place::At(seq) => Some(seq),
        // After the last one, that is the newest.
        Place::Since(time) => {
            store::messages::first_since(tx, group.id, time).await?.or(Some(group.last_seq))
        }
        _ => None,
    };
    let (first, newest) = (own.first_seq, group.last_seq);
    let mut messages = match (place, at) {
        (_, Some(at)) => {
            let after = begin_around(at, (first, newest), limit) - 1;
            store::messages::list_after(tx, group.id, after, limit).await?
        }
        (Place::After(seq), _) => {
            store::messages::list_after(tx, group.id, seq.max(first - 1), limit).await?
        }
        (Place::Before(seq), _) => store::messages::list_before(tx, group.id, first..seq, limit).await?,
        _ => store::messages::list_before(tx, group.id, first..i64::MAX, limit).await?,
    };
    messages.retain(|message| message.seq >= first);
    let messages: Vec<Message> = messages.into_iter().map(|message| message.seen_from(first)).collect();
    Ok(HistoryPage {
        older: messages.first().is_some_and(|message| message.seq > first),
        newer: messages.last().is_some_and(|message| message.seq < newest),
        at: at.filter(|at| messages.iter().any(|message| message.seq == *at)),
        messages,
    })
}

/// Where a page of `limit` begins that has `at` in its middle, and is full if there are enough messages. Numbers have no
/// gaps.
fn begin_around(at: i64, (first, last): (i64, i64), limit: i64) -> i64 {
    let latest = last.saturating_sub(limit - 1).max(first);
    at.saturating_sub(limit / 2).clamp(first, latest)
}

#[cfg(test)]
mod tests {
    use super::begin_around;

    #[test]
    fn a_page_around_a_message_is_full_also_at_the_ends() {
        for (at, first, last, begin) in [
            (500, 1, 1000, 475),
            (3, 1, 1000, 1),
            (i64::MIN, 1, 1000, 1),
            (999, 1, 1000, 951),
            (i64::MAX, 1, 1000, 951),
            (7, 1, 20, 1),
            (0, 1, 0, 1),
            (110, 100, 1000, 100),
            (5, 100, 1000, 100),
        ] {
            assert_eq!(begin_around(at, (first, last), 50), begin, "{at} of {first} to {last}");
        }
    }
}
