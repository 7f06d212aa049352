//! What a mail of a group says beside what is new: what became of messages that were mailed before, which actions its
//! receiver was asked to do, and, if they want it, what was said before.

use super::Result;
use crate::domain::group::Member;
use crate::domain::ids::MarkId;
use crate::domain::message::Message;
use crate::store::afterwards::{Edition, REMOVED};
use crate::store::asked::AskedTask;
use crate::store::{self, Tx};

/// So many changes and so many tasks are looked at for one mail; the page has the others.
const MOST: i64 = 50;
/// Notices and removed messages that may lie between those that are quoted.
const BETWEEN: i64 = 20;

/// Beside what is new.
#[derive(Clone, Debug, Default)]
pub(super) struct Besides {
    /// Messages that an earlier mail said otherwise, as they are now.
    pub changes: Vec<Message>,
    pub tasks: Vec<AskedTask>,
    /// From before what is new, oldest first.
    pub quoted: Vec<Message>,
}

impl Besides {
    /// Whether it says anything that its receiver does not know.
    pub fn is_news(&self) -> bool {
        !self.changes.is_empty() || !self.tasks.is_empty()
    }

    pub fn marks(&self) -> Vec<MarkId> {
        self.tasks.iter().map(|task| task.mark).collect()
    }

    /// Whose words stand in the mail with it, as which editions.
    pub fn stated(&self, new: &[Message]) -> Vec<(i64, Edition)> {
        stated(new.iter().chain(&self.changes).chain(&self.quoted))
    }
}

/// Messages that stand in a mail, as which editions.
pub(super) fn stated<'m>(messages: impl IntoIterator<Item = &'m Message>) -> Vec<(i64, Edition)> {
    let said = messages.into_iter().filter(|message| message.notice.is_none());
    said.map(|message| (message.seq, edition(message))).collect()
}

fn edition(message: &Message) -> Edition {
    if message.trace.removed.is_some() { REMOVED } else { message.trace.edits }
}

/// The messages that an earlier mail to a member says otherwise than they are now, without those that are `shown` anyway.
/// Only their last state counts. Nine statements at the most.
pub(super) async fn changes(tx: &mut Tx, member: &Member, shown: &[Message]) -> Result<Vec<Message>> {
    let mut seqs = store::afterwards::list_changed(tx, member, MOST).await?;
    seqs.retain(|seq| shown.iter().all(|message| message.seq != *seq));
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let stated = store::afterwards::stated(tx, (member.group_id, member.person_id)).await?;
    seqs.retain(|seq| stated.contains_key(seq));
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let mut messages = store::messages::list_at(tx, member.group_id, &seqs).await?;
    let said = |message: &Message| stated.get(&message.seq).copied().unwrap_or_default();
    messages.retain(|message| edition(message) != said(message));
    let edited = messages.iter().filter(|message| message.trace.removed.is_none());
    let before: Vec<_> = edited.map(|message| (message.id, said(message))).collect();
    let before = store::afterwards::said_as(tx, &before).await?;
    // Edited back to what the mail said is as good as never edited.
    messages.retain(|message| before.get(&message.id) != Some(&message.body.markdown));
    Ok(messages)
}

/// What a member is to do and does not know of. One statement.
pub(super) async fn tasks(tx: &mut Tx, member: &Member) -> Result<Vec<AskedTask>> {
    Ok(store::asked::list(tx, member, MOST).await?)
}

/// What was said last before a message, as much as a member wants quoted and may see. Six statements at the most, none for
/// nothing. A messenger shows it anyway.
pub(super) async fn quoted(tx: &mut Tx, member: &Member, before: i64) -> Result<Vec<Message>> {
    if member.quoted.is_none() || member.chats {
        return Ok(Vec::new());
    }
    let limit = i64::from(member.quoted.count()) + BETWEEN;
    let found = store::messages::list_before(tx, member.group_id, member.first_seq..before, limit).await?;
    Ok(last_said(found, member))
}

/// The last of these messages that a member wants quoted, without notices and removed ones.
pub(super) fn last_said(mut messages: Vec<Message>, member: &Member) -> Vec<Message> {
    messages.retain(|message| message.notice.is_none() && message.trace.removed.is_none());
    let surplus = messages.len().saturating_sub(usize::from(member.quoted.count()));
    messages.drain(..surplus);
    messages.into_iter().map(|message| message.seen_from(member.first_seq)).collect()
}
