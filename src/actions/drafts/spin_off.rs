//! A group from a group: its members, and the messages that are chosen, with their files; nothing else of it.

use super::super::{ActionError, Actions, Problem, Result, access, policy};
use super::start::Seed;
use crate::domain::draft::Draft;
use crate::domain::group::Group;
use crate::domain::ids::{DraftId, GroupId, PersonId};
use crate::domain::message::Message;
use crate::domain::person::Viewer;
use crate::domain::topic::Topic;
use crate::mail::markdown;
use crate::store::spin_offs::Taken;
use crate::store::{self, Tx};

/// How many messages a new group can take along.
pub const MOST_CHOSEN: usize = 200;
/// The beginning of a message that becomes a topic, in characters.
const TOPIC: usize = 60;

impl Actions {
    /// Begins a draft with the members of a group, and with messages of it by their numbers. A fixed number of
    /// statements. Numbers that are not there, or not for this person, are left out.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Invalid`] for guests and when too many
    /// messages are chosen.
    pub async fn start_draft_from_group(
        &self,
        viewer: &Viewer,
        group: GroupId,
        mut seqs: Vec<i64>,
    ) -> Result<DraftId> {
        seqs.sort_unstable();
        seqs.dedup();
        if seqs.len() > MOST_CHOSEN {
            return Err(ActionError::invalid("chosen", Problem::TooManyChosen { limit: MOST_CHOSEN }));
        }
        let (actions, viewer) = (self.clone(), viewer.clone());
        let draft = self.store.write(async move |tx| {
            let (group, own) = access::group(tx, viewer.person_id, group).await?;
            policy::may_start(tx, &viewer, &actions.settings).await?;
            let members = store::groups::members(tx, group.id).await?;
            let seed = Seed {
                topic: group.topic.clone(),
                members: members.iter().map(|member| member.person_id).collect(),
                parent: Some(group.id),
                ..Seed::default()
            };
            let mut draft = actions.start_draft(tx, viewer.person_id, seed).await?;
            store::spin_offs::choose(tx, draft.id, (group.id, own.first_seq), &seqs).await?;
            if let Some(first) = store::messages::list_chosen(tx, draft.id).await?.first() {
                draft.topic = topic_of(first).unwrap_or(draft.topic);
                draft.version = store::drafts::update(tx, &draft, draft.updated_at).await?;
            }
            Ok::<_, ActionError>(draft)
        });
        Ok(self.tell_started(draft.await?))
    }

    /// Copies what was chosen to the end of the new group, so far only the opening: what its owner may still see, as it
    /// is now. The group with its new last number, and the last copy.
    pub(super) async fn take_along(
        &self,
        tx: &mut Tx,
        draft: &Draft,
        group: &Group,
    ) -> Result<Option<(Group, Message)>> {
        let kept: Vec<Message> = chosen(tx, draft)
            .await?
            .into_iter()
            .filter(|(_, kept)| *kept)
            .map(|(message, _)| message)
            .collect();
        let now = self.clock.now();
        let count = i64::try_from(kept.len()).unwrap_or(i64::MAX);
        if count == 0 {
            return Ok(None);
        }
        let group = store::groups::advance_by(tx, group.id, count, now).await?;
        let first = group.last_seq - count + 1;
        let taken: Vec<Taken> = (first..)
            .zip(&kept)
            .map(|(seq, message)| Taken { message: message.id, copy: self.clock.new_id(), seq })
            .collect();
        store::spin_offs::copy(tx, group.id, &taken, now).await?;
        let copied = |(message, taken): (Message, &Taken)| {
            let Taken { copy: id, seq, .. } = *taken;
            Message { id, seq, group_id: group.id, posted_at: now, ..message }
        };
        let copies: Vec<Message> = kept.into_iter().zip(&taken).map(copied).collect();
        store::search::index_all(tx, &copies).await?;
        store::groups::mark_read(tx, group.id, draft.owner, group.last_seq).await?;
        self.plan_mails(tx, group.id).await?;
        let last = store::messages::list_before(tx, group.id, 1..i64::MAX, 1).await?.pop();
        Ok(last.map(|message| (group, message)))
    }
}

/// The messages that were chosen for a draft and are still there for its owner, and whether each is taken along. None
/// and no statement for a draft that is not spun off.
async fn chosen(tx: &mut Tx, draft: &Draft) -> Result<Vec<(Message, bool)>> {
    if draft.parent_id.is_none() {
        return Ok(Vec::new());
    }
    let messages = store::messages::list_chosen(tx, draft.id).await?;
    let left_out = store::spin_offs::left_out(tx, draft.id).await?;
    Ok(messages
        .into_iter()
        .map(|message| {
            let kept = !left_out.contains(&message.id);
            (message, kept)
        })
        .collect())
}

/// The same, as far as it is for this person: what is left out only for whoever sees it in the group it stands in. Nothing
/// once the group is there, which has what was taken along.
pub(super) async fn chosen_for(tx: &mut Tx, draft: &Draft, person: PersonId) -> Result<Vec<(Message, bool)>> {
    let Some(parent) = draft.parent_id.filter(|_| draft.group_id.is_none()) else { return Ok(Vec::new()) };
    let own = store::groups::find_member(tx, parent, person).await?;
    let sees = |message: &Message| own.as_ref().is_some_and(|own| own.first_seq <= message.seq);
    let mut chosen = chosen(tx, draft).await?;
    chosen.retain(|(message, kept)| *kept || sees(message));
    Ok(chosen)
}

/// The topic of the group a draft is spun off from, for those who are in it.
pub(super) async fn parent_topic(tx: &mut Tx, draft: &Draft, person: PersonId) -> Result<Option<String>> {
    let Some(parent) = draft.parent_id else { return Ok(None) };
    Ok(access::find_group(tx, person, parent).await?.map(|group| group.topic))
}

/// What a group might be called that goes on from this message; `None` for files alone.
fn topic_of(message: &Message) -> Option<String> {
    let words = markdown::first_words(message.source, &message.body.markdown);
    let words = words.trim();
    let short: String = words.chars().take(TOPIC).collect();
    let short = if short.len() < words.len() { format!("{}…", short.trim_end()) } else { short };
    short.parse::<Topic>().ok().map(|topic| topic.as_str().to_owned())
}
