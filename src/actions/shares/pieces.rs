//! What was chosen for a share, with everything that is shown of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::Result;
use crate::domain::digest::Digest;
use crate::domain::ids::{FileId, MessageId};
use crate::domain::mark::What;
use crate::domain::message::Message;
use crate::domain::share::{Share, ShareItem};
use crate::store::shares::items::ItemMark;
use crate::store::{self, Tx};

/// One chosen piece.
#[derive(Clone, Debug)]
pub struct Piece {
    pub item: ShareItem,
    /// The message it is or is part of, as it is now.
    pub message: Message,
    /// In the order in which they were made.
    pub marks: Vec<ItemMark>,
    /// What stands around it, in order, as far as it is asked for.
    pub before: Vec<Message>,
    pub after: Vec<Message>,
    /// Where the contents of all these messages' files are.
    pub digests: HashMap<FileId, Digest>,
}

/// Between two messages there may be notices; behind so many of them nothing is looked for.
const GAP: i64 = 12;

/// All pieces of a share in their order, also those that were taken out. What the sharer may not see, and what was removed,
/// is not among them. Seven statements at the most.
pub(super) async fn load(tx: &mut Tx, share: &Share, first_seq: i64) -> Result<Vec<Piece>> {
    let mut items = store::shares::items::list(tx, share.id).await?;
    items.retain(|item| item.seq >= first_seq);
    let marks = store::shares::items::list_marks(tx, share.id).await?;
    let wanted: Vec<i64> = items.iter().flat_map(around).collect::<BTreeSet<_>>().into_iter().collect();
    let standing: BTreeMap<i64, MessageId> =
        store::shares::items::standing(tx, (share.group_id, first_seq), &wanted).await?.into_iter().collect();
    let whole = |item: &&ShareItem| item.what == What::Message && !item.taken_out;
    let chosen: BTreeSet<i64> = items.iter().filter(whole).map(|item| item.seq).collect();
    let contexts: Vec<(Vec<i64>, Vec<i64>)> =
        items.iter().map(|item| context_of(item, &standing, &chosen)).collect();

    let seqs = contexts.iter().flat_map(|(before, after)| before.iter().chain(after));
    let mut ids: BTreeSet<MessageId> = seqs.filter_map(|seq| standing.get(seq).copied()).collect();
    ids.extend(items.iter().map(|item| item.message_id));
    let ids: Vec<MessageId> = ids.into_iter().collect();
    let messages = store::messages::list_of_ids(tx, &ids).await?;
    let files: Vec<FileId> = messages.iter().flat_map(|message| &message.files).map(|file| file.id).collect();
    let digests = store::files::digests(tx, &files).await?;
    let messages: BTreeMap<i64, Message> =
        messages.into_iter().map(|message| (message.seq, message)).collect();
    let all = |seqs: Vec<i64>| seqs.iter().filter_map(|seq| messages.get(seq).cloned()).collect::<Vec<_>>();

    let pieces = items.into_iter().zip(contexts).filter_map(|(item, (before, after))| {
        let message = messages.get(&item.seq).filter(|message| message.trace.removed.is_none())?.clone();
        let (before, after) = (all(before), all(after));
        let own = [&message].into_iter().chain(&before).chain(&after).flat_map(|message| &message.files);
        let digests = own.filter_map(|file| Some((file.id, *digests.get(&file.id)?))).collect();
        let marks = marks.iter().filter(|mark| mark.number == item.number).cloned().collect();
        Some(Piece { item, message, marks, before, after, digests })
    });
    Ok(pieces.collect())
}

/// The numbers among which the messages around an item are.
fn around(item: &ShareItem) -> impl Iterator<Item = i64> {
    let reach = |count: i64| if count > 0 { count + GAP } else { 0 };
    let (before, after) = (reach(item.context.before), reach(item.context.after));
    let seq = item.seq;
    (seq - before..seq).chain(seq + 1..=seq + after)
}

/// The nearest messages before and after an item. What was chosen itself is not shown twice.
fn context_of(
    item: &ShareItem,
    standing: &BTreeMap<i64, MessageId>,
    chosen: &BTreeSet<i64>,
) -> (Vec<i64>, Vec<i64>) {
    let count = |count: i64| usize::try_from(count).unwrap_or(0);
    let shown = |seq: &i64| !chosen.contains(seq);
    let mut before: Vec<i64> = standing
        .range(..item.seq)
        .rev()
        .map(|(seq, _)| *seq)
        .take(count(item.context.before))
        .filter(shown)
        .collect();
    before.reverse();
    let after = standing
        .range(item.seq + 1..)
        .map(|(seq, _)| *seq)
        .take(count(item.context.after))
        .filter(shown)
        .collect();
    (before, after)
}
