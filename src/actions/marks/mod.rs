//! Marks: a member puts a tag on a message or a piece of it, says what it is about, and takes it back. Everybody in the
//! group sees it at once; nobody gets a mail for it but those who are asked to do an action.

mod hashtags;
mod pieces;
mod tasks;

pub(super) use hashtags::change as change_hashtags;
pub(super) use pieces::re_anchor;
pub use tasks::TaskChange;

use super::changes::Subject;
use super::tags::{TagChoice, TagLine, lines};
use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::day::Day;
use crate::domain::event::Event;
use crate::domain::group::{Group, Member};
use crate::domain::ids::{FileId, GroupId, MarkId, PersonId};
use crate::domain::mark::{Mark, MarkSource, Said, Somebody, Task};
use crate::domain::message::Message;
use crate::domain::person::Viewer;
use crate::domain::tag::{Tag, TagKind};
use crate::domain::topic::{Topic, TopicProblem};
use crate::store::{self, Tx};

/// How many marks a message can have.
pub const MOST_ON_MESSAGE: usize = 50;
/// How many messages can be marked at once.
pub const MOST_AT_ONCE: usize = 200;
/// The longest passage, in characters.
pub const LONGEST_PASSAGE: usize = 4_000;
/// How many of the topics used last are suggested.
const SUGGESTED: i64 = 30;

/// What is to be marked of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    Message,
    /// A passage by its words, and by where it begins in the text as it is shown, if that is known; in characters.
    Passage {
        quote: String,
        start: Option<i64>,
    },
    File(FileId),
    /// One of its links by the address.
    Link(String),
}

/// A mark to be made.
#[derive(Clone, Debug)]
pub struct NewMark {
    pub tag: TagChoice,
    pub piece: Chosen,
    /// In free words; may be empty.
    pub topic: String,
    /// Who does it, and until when; only heeded for an action.
    pub assignee: Option<PersonId>,
    pub due_on: Option<Day>,
}

/// What one chooses from to mark messages.
#[derive(Clone, Debug)]
pub struct Marking {
    pub group: Group,
    pub messages: Vec<Message>,
    pub tags: Vec<TagLine>,
    /// Of marks before, the one used last first; then the group's own.
    pub topics: Vec<String>,
    /// Who could do an action, by name.
    pub people: Vec<(PersonId, String)>,
}

/// One mark with everything that is known of it.
#[derive(Clone, Debug)]
pub struct MarkDetails {
    pub group: Group,
    pub mark: Mark,
    pub said: Said,
    /// The message as it is now.
    pub message: Message,
    pub topics: Vec<String>,
    pub people: Vec<(PersonId, String)>,
    pub may_remove: bool,
}

impl Actions {
    /// Marks messages of a group that have numbers `seqs`, or a piece of the only one. Of several messages those that have
    /// the tag already are left as they are. The messages as they are then.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when one of them is not there for this person, [`ActionError::Invalid`] when one was
    /// removed or has as many marks as it can have, the piece is not in it or has the tag, the topic is too long, the
    /// tag is gone, the group has as many tags as it can have, or the assignee is no member.
    pub async fn mark(
        &self,
        viewer: &Viewer,
        (group, mut seqs): (GroupId, Vec<i64>),
        new: NewMark,
    ) -> Result<Vec<Message>> {
        seqs.sort_unstable();
        seqs.dedup();
        check(&seqs, &new.piece)?;
        let topic = topic(&new.topic)?;
        let (actions, by) = (self.clone(), viewer.clone());
        let changed = self
            .store
            .write(async move |tx| {
                let (group, messages) = access::messages_for_change(tx, by.person_id, (group, &seqs)).await?;
                let tag = actions.find_tag(tx, (group.id, by.person_id), new.tag.clone()).await?;
                let task = actions.new_task(tx, &group, (&tag, &new)).await?;
                let maker = Making { actions: &actions, by: &by, tag, topic, task };
                let made = maker.marks(&messages, &new.piece)?;
                let ids: Vec<_> = made.iter().map(|(mark, _)| mark.message_id).collect();
                store::marks::insert(tx, &made).await?;
                let marks: Vec<MarkId> = made.iter().map(|(mark, _)| mark.id).collect();
                actions.ask_for_tasks(tx, (group.id, &by), (&maker.task, &marks)).await?;
                store::changes::note_all(tx, group.id, &ids, actions.clock.now()).await?;
                let messages = store::messages::list_at(tx, group.id, &seqs).await?;
                Ok::<_, ActionError>((group, messages, ids))
            })
            .await?;
        let (group, messages, ids) = changed;
        let told = messages.iter().filter(|message| ids.contains(&message.id)).cloned().collect();
        self.tell_all((group, told)).await;
        self.bell.ring();
        Ok(messages)
    }

    /// Tells the members' open Marks pages that marks of the group are different now, after the commit. Who they are is
    /// read only if there is such a page.
    pub(super) async fn tell_marks(&self, group: GroupId) {
        if !self.hub.has_marks_pages() {
            return;
        }
        match self.member_persons(group).await {
            Ok(members) => self.hub.publish_to_marks(members, Event::MarksChanged { group }),
            // They show what is there when they are loaded again.
            Err(error) => tracing::warn!(error = %error, "Open Marks pages could not be told of a change."),
        }
    }

    /// What one chooses from to mark these messages. Eleven statements at the most.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when one of them is not there for this person, [`ActionError::Invalid`] when one was
    /// removed, or they are none or too many.
    pub async fn get_marking(&self, viewer: &Viewer, group: GroupId, mut seqs: Vec<i64>) -> Result<Marking> {
        seqs.sort_unstable();
        seqs.dedup();
        check(&seqs, &Chosen::Message)?;
        let mut tx = self.store.read().await?;
        let (group, own) = access::group(&mut tx, viewer.person_id, group).await?;
        let messages = access::messages(&mut tx, &own, &seqs).await?;
        let tags = lines(&mut tx, &own).await?;
        let (topics, people) = choices(&mut tx, (&group, &own)).await?;
        let messages = messages.into_iter().map(|message| message.seen_from(own.first_seq)).collect();
        Ok(Marking { group, messages, tags, topics, people })
    }
    /// A mark of a group of this person's. Thirteen statements at the most.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not there for this person.
    pub async fn get_mark(&self, viewer: &Viewer, (group, id): (GroupId, MarkId)) -> Result<MarkDetails> {
        let mut tx = self.store.read().await?;
        let mark = access::mark(&mut tx, viewer.person_id, (group, id)).await?;
        let Subject { member, group, message } =
            access::message(&mut tx, viewer.person_id, mark.place).await?;
        let said = store::marks::find_said(&mut tx, id).await?.ok_or(ActionError::NotFound)?;
        let (topics, people) = choices(&mut tx, (&group, &member)).await?;
        let may_remove = access::may_unmark(&member, &mark).is_ok();
        Ok(MarkDetails { group, mark, said, message, topics, people, may_remove })
    }

    /// Takes a mark away: one's own, and those who own the group any. The message as it is then.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the mark is not there for this person, [`ActionError::Forbidden`] when it is
    /// somebody else's.
    pub async fn unmark(&self, viewer: &Viewer, mark: (GroupId, MarkId)) -> Result<Message> {
        let work = async move |tx: &mut Tx, subject: &Subject, mark: Mark| {
            access::may_unmark(&subject.member, &mark)?;
            Ok(store::marks::delete(tx, mark.id).await?)
        };
        self.change_mark(viewer, mark, work).await
    }

    /// Says anew what a mark is about; nothing if `topic` is empty. Every member may.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the mark is not there for this person, [`ActionError::Invalid`] when the topic is
    /// too long.
    pub async fn set_mark_topic(
        &self,
        viewer: &Viewer,
        mark: (GroupId, MarkId),
        typed: &str,
    ) -> Result<Message> {
        let topic = topic(typed)?;
        let work = async move |tx: &mut Tx, _: &Subject, mark: Mark| {
            if mark.topic == topic {
                return Ok(false);
            }
            store::marks::set_topic(tx, mark.id, &topic).await?;
            Ok(true)
        };
        self.change_mark(viewer, mark, work).await
    }

    /// Changes a mark, and with it its message, by `work`, which says whether it changed anything.
    async fn change_mark<F>(
        &self,
        viewer: &Viewer,
        (group, id): (GroupId, MarkId),
        work: F,
    ) -> Result<Message>
    where
        F: AsyncFnOnce(&mut Tx, &Subject, Mark) -> Result<bool> + Send + 'static,
    {
        let place = access::mark(&mut self.store.read().await?, viewer.person_id, (group, id)).await?.place;
        let changed = self.change_message(viewer.person_id, place, async move |tx, subject| {
            let mark = subject.message.marks.iter().find(|mark| mark.id == id).cloned();
            work(tx, subject, mark.ok_or(ActionError::NotFound)?).await
        });
        changed.await
    }
}

fn check(seqs: &[i64], piece: &Chosen) -> Result<()> {
    match (seqs.len(), piece) {
        (0, _) => Err(ActionError::invalid("seq", Problem::Empty)),
        (1, _) | (2..=MOST_AT_ONCE, Chosen::Message) => Ok(()),
        (2..=MOST_AT_ONCE, _) => Err(ActionError::invalid("seq", Problem::PieceGone)),
        _ => Err(ActionError::invalid("seq", Problem::TooManyMarked { limit: MOST_AT_ONCE })),
    }
}

/// Topics to suggest, and the people by name. Two statements.
async fn choices(
    tx: &mut Tx,
    (group, own): (&Group, &Member),
) -> Result<(Vec<String>, Vec<(PersonId, String)>)> {
    let mut topics = store::marks::topics(tx, (group.id, own.first_seq), SUGGESTED).await?;
    if !topics.contains(&group.topic) {
        topics.push(group.topic.clone());
    }
    let mut people = store::mentions::names(tx, group.id).await?;
    people.sort_by(|a, b| a.1.cmp(&b.1));
    Ok((topics, people))
}

/// A topic of a mark: one line, or nothing.
fn topic(typed: &str) -> Result<String> {
    match typed.parse::<Topic>() {
        Ok(topic) => Ok(topic.as_str().to_owned()),
        Err(TopicProblem::Empty) => Ok(String::new()),
        Err(TopicProblem::TooLong) => {
            Err(ActionError::invalid("topic", Problem::TooLong { limit: Topic::LONGEST }))
        }
    }
}

/// What new marks have in common.
struct Making<'a> {
    actions: &'a Actions,
    by: &'a Viewer,
    tag: Tag,
    topic: String,
    task: Task,
}

impl Making<'_> {
    /// One mark for each message that has none such.
    fn marks(&self, messages: &[Message], chosen: &Chosen) -> Result<Vec<store::marks::New>> {
        let mut made = Vec::with_capacity(messages.len());
        for message in messages {
            let (piece, content, said) = pieces::piece(message, chosen)?;
            let new = Mark {
                id: self.actions.clock.new_id(),
                message_id: message.id,
                place: message.place(),
                tag: self.tag.clone(),
                piece,
                content,
                topic: self.topic.clone(),
                source: MarkSource::Browser,
                marked_by: Somebody { id: Some(self.by.person_id), name: self.by.full_name.clone() },
                marked_at: self.actions.clock.now(),
                task: self.task.clone(),
                edits: message.trace.edits,
            };
            let target = new.piece.target(new.id);
            let is_same = |mark: &Mark| mark.tag.id == new.tag.id && mark.piece.target(mark.id) == target;
            if message.marks.iter().any(is_same) {
                if messages.len() == 1 {
                    return Err(ActionError::invalid("tag", Problem::MarkedAlready));
                }
            } else if message.marks.len() >= MOST_ON_MESSAGE {
                return Err(ActionError::invalid("tag", Problem::TooManyMarks { limit: MOST_ON_MESSAGE }));
            } else {
                made.push((new, said));
            }
        }
        Ok(made)
    }
}

/// Only an action is somebody's to do.
pub(super) fn is_action(tag: &Tag) -> bool {
    tag.label.kind == Some(TagKind::Action)
}
