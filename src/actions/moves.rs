//! A message that stands in the wrong group goes to the right one: by whoever wrote it, or by those who own the group it
//! stands in, into a group they are in. A trace keeps its place. Where its mail, and what that answers, belongs is learnt;
//! whoever moved it may take all of that back for a while.

use super::changes::Subject;
use super::messages::Posted;
use super::push::Occasion;
use super::{ActionError, Actions, Conflict, Problem, Result, access, edits, retention};
use crate::domain::audit::{Deed, Doer};
use crate::domain::event::{Audience, Event};
use crate::domain::group::Group;
use crate::domain::ids::{GroupId, MailId, PersonId};
use crate::domain::ledger::{Outcome, Way};
use crate::domain::message::{Message, MessagePlace, Mover};
use crate::domain::person::Viewer;
use crate::mail::identity;
use crate::store::moves::{Kept, Learnt, Step, Target};
use crate::store::{self, Tx};

/// Answered ids that are learnt from one mail.
const MOST_ANSWERED: usize = 10;

/// Where somebody wants a message to be.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub to: GroupId,
    /// How often it had been edited when they saw it.
    pub edits: i64,
}

/// What somebody sees who is about to move a message.
#[derive(Clone, Debug)]
pub struct MovePage {
    pub group: Group,
    pub message: Message,
    /// Their other groups, the one with the newest message first.
    pub targets: Vec<Target>,
    /// The group that they have chosen.
    pub chosen: Option<Chosen>,
}

/// A group that was chosen, and who would read the message there.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub target: Target,
    /// What they are called, in the order of their names.
    pub readers: Vec<String>,
    /// Whether whoever wrote the message is one of them; nobody's message has nobody who could be.
    pub author_reads: bool,
}

/// What a mail teaches when its message is moved.
#[derive(Clone, Debug)]
struct Lesson {
    mail: MailId,
    /// Its own Message-ID, and those it answers, but mails of ours.
    ids: Vec<String>,
    /// Nothing but its References told where it belongs, and they told it wrongly.
    by_references: bool,
}

/// A message at its new place, and what tells of it.
struct Arrived {
    posted: Posted,
    /// How many messages of its new group its mover has read, if it is one more.
    read: Option<i64>,
}

/// Both sides of a message that moved.
struct Moved {
    from: Group,
    trace: Message,
    had_marks: bool,
    arrived: Arrived,
}

/// Both sides of a message that moved back.
struct MovedBack {
    home: Group,
    message: Message,
    other: Group,
    trace: Message,
    touches_marks: bool,
}

impl Actions {
    /// Where a message can be moved, and who would read it in the group `to`, if one is chosen. Ten statements at the most.
    ///
    /// # Errors
    /// As [`Actions::move_message`].
    pub async fn get_move(
        &self,
        viewer: &Viewer,
        place: MessagePlace,
        to: Option<GroupId>,
    ) -> Result<MovePage> {
        let mut tx = self.store.read().await?;
        let subject = access::message(&mut tx, viewer.person_id, place).await?;
        access::may_move(&subject, self.clock.now(), self.settings.limits.edit_time)?;
        let targets = store::moves::targets(&mut tx, viewer.person_id, place.group).await?;
        let chosen = match to {
            Some(to) => {
                let target = targets.iter().find(|target| target.id == to).cloned();
                let target = target.ok_or(ActionError::invalid("to", Problem::NoOtherGroup))?;
                let named = store::mentions::names(&mut tx, to).await?;
                let author = subject.message.author.person_id;
                let author_reads = author.is_none_or(|author| named.iter().any(|(id, _)| *id == author));
                let mut readers: Vec<String> = named.into_iter().map(|(_, name)| name).collect();
                readers.sort_unstable();
                Some(Chosen { target, readers, author_reads })
            }
            None => None,
        };
        let Subject { member, group, message } = subject;
        Ok(MovePage { group, message: message.seen_from(member.first_seq), targets, chosen })
    }

    /// Moves a message into another group, to its end: text, files, author and how sure that is, and
    /// what it said before it was edited. Reactions, marks by hand, the pin and receipts stay behind and are gone; who was
    /// asked for receipts is asked anew; what its mail quoted stays behind, since others said it there. Its mail, and the mails it answers that nothing else holds, belong to that group
    /// from now on. The message at its new place. A fixed number of statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the message is not there for this person, [`ActionError::Forbidden`] when it is not
    /// theirs and they do not own the group, [`ActionError::Invalid`] when it is too late for its author, or the other
    /// group is not there for them; [`ActionError::Conflict`] when it was removed, moved or edited meanwhile.
    pub async fn move_message(&self, viewer: &Viewer, place: MessagePlace, wish: Wish) -> Result<Message> {
        let lesson = self.lesson(viewer, place).await?;
        let (who, mover) =
            (Doer::from(viewer), Mover { id: viewer.person_id, name: viewer.full_name.clone() });
        let (actions, now) = (self.clone(), self.clock.now());
        let moved = self
            .store
            .write(async move |tx| {
                hold_both(tx, place.group, wish.to).await?;
                let subject = access::message_for_change(tx, mover.id, place).await?;
                access::may_move(&subject, now, actions.settings.limits.edit_time)?;
                if subject.message.trace.edits != wish.edits {
                    return Err(ActionError::Conflict(Conflict::EditedMeanwhile));
                }
                let is_other = wish.to != place.group;
                let target = store::groups::find_member(tx, wish.to, mover.id).await?;
                let target = target.filter(|_| is_other);
                let target = target.ok_or(ActionError::invalid("to", Problem::NoOtherGroup))?;
                let group = store::groups::advance(tx, wish.to, now).await?;
                let to = MessagePlace { group: group.id, seq: group.last_seq };
                let step = Step { id: actions.clock.new_id(), to, mover: &mover, at: now };
                let kept = Kept {
                    mentions: store::mentions::list(tx, subject.message.id).await?,
                    learnt: learn(tx, (place.group, wish.to), lesson.as_ref()).await?,
                    quotation: subject.message.quotation.clone(),
                };
                let trace = take_away(tx, &subject.message, &step).await?;
                if let Some(lesson) = &lesson {
                    let outcome = moved_outcome(&step, place.group);
                    store::ledger::set_outcome(tx, lesson.mail, &outcome).await?;
                }
                store::moves::keep(tx, step.id, &kept).await?;
                let deed = Deed::MessageMoved { seq: place.seq, to: wish.to, back: false };
                actions.audit(tx, who, Some(place.group), deed).await?;
                let had_marks = !subject.message.marks.is_empty();
                let mut arrived = actions.arrive(tx, group, to, kept.mentions).await?;
                if target.read_seq + 1 == to.seq
                    && store::groups::mark_read(tx, to.group, mover.id, to.seq).await?
                {
                    arrived.read = Some(arrived.posted.group.said());
                }
                Ok::<_, ActionError>(Moved { from: subject.group, trace, had_marks, arrived })
            })
            .await?;
        Ok(self.tell_moved(viewer.person_id, moved).await)
    }

    /// Takes a message back that this person moved: it stands again at its place, as it says now, and what was learnt is
    /// forgotten; a trace stays in the group where it was meanwhile. The message at its old place.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when its old place is not there for this person, [`ActionError::Forbidden`] when nobody or
    /// somebody else moved it, or they have left the other group; [`ActionError::Invalid`] when it is too late,
    /// [`ActionError::Conflict`] when it was removed, or moved on, meanwhile.
    pub async fn move_message_back(&self, viewer: &Viewer, place: MessagePlace) -> Result<Message> {
        let (actions, now, edit_time) = (self.clone(), self.clock.now(), self.settings.limits.edit_time);
        let subject = access::message(&mut self.store.read().await?, viewer.person_id, place).await?;
        let to = access::may_move_back(&subject, now, edit_time)?;
        let (who, mover) =
            (Doer::from(viewer), Mover { id: viewer.person_id, name: viewer.full_name.clone() });
        let moved = self
            .store
            .write(async move |tx| {
                hold_both(tx, place.group, to.group).await?;
                let subject = access::message_for_change(tx, mover.id, place).await?;
                access::may_move_back(&subject, now, edit_time)?;
                let there = match access::message_for_change(tx, mover.id, to).await {
                    Err(ActionError::NotFound) => return Err(ActionError::Forbidden),
                    there => there?,
                };
                access::still_there(&there.message)?;
                let message = actions.bring_back(tx, (&subject, &there.message), &mover).await?;
                let deed = Deed::MessageMoved { seq: there.message.seq, to: place.group, back: true };
                actions.audit(tx, who, Some(there.message.group_id), deed).await?;
                let trace = store::messages::find(tx, to).await?.ok_or(ActionError::NotFound)?;
                store::search::index_change(tx, &there.message, &trace).await?;
                let touches_marks = !message.marks.is_empty() || !there.message.marks.is_empty();
                Ok::<_, ActionError>(MovedBack {
                    home: subject.group,
                    message,
                    other: there.group,
                    trace,
                    touches_marks,
                })
            })
            .await?;
        let MovedBack { home, message, other, trace, touches_marks } = moved;
        let (at_home, at_other) = (home.id, other.id);
        self.tell_changed(&home, message.clone()).await;
        self.tell_changed(&other, trace).await;
        if touches_marks {
            self.tell_marks(at_home).await;
            self.tell_marks(at_other).await;
        }
        self.bell.ring();
        Ok(message.seen_from(subject.member.first_seq))
    }

    /// What the mail of a message teaches, if it came by one. Read before the transaction: others wait to write.
    async fn lesson(&self, viewer: &Viewer, place: MessagePlace) -> Result<Option<Lesson>> {
        let mut tx = self.store.read().await?;
        let subject = access::message(&mut tx, viewer.person_id, place).await?;
        access::may_move(&subject, self.clock.now(), self.settings.limits.edit_time)?;
        let Some(mail) = subject.message.mail_id else { return Ok(None) };
        let entry = store::ledger::find(&mut tx, mail).await?.map(|mail| mail.entry);
        drop(tx);
        let Some(entry) = entry else { return Ok(None) };
        let mut ids = self.stored_mail(mail).await?.map(|mail| mail.in_reply_to).unwrap_or_default();
        ids.retain(|id| identity::group_of_message_id(id).is_none() && *id != entry.message_id);
        ids.truncate(MOST_ANSWERED);
        ids.extend(Some(entry.message_id).filter(|own| !own.is_empty()));
        let by_references = entry.routed.way == Some(Way::References);
        Ok(Some(Lesson { mail, ids, by_references }))
    }

    /// What a new message does in a group, for one that was put there.
    async fn arrive(
        &self,
        tx: &mut Tx,
        group: Group,
        place: MessagePlace,
        mut mentions: Vec<PersonId>,
    ) -> Result<Arrived> {
        let members = store::groups::member_persons(tx, group.id).await?;
        mentions.retain(|person| members.contains(person));
        let mut message = store::messages::find(tx, place).await?.ok_or(ActionError::NotFound)?;
        store::mentions::insert(tx, message.id, &mentions).await?;
        store::search::index(tx, &message).await?;
        self.mark_hashtags(tx, &mut message, &mentions).await?;
        self.ask_receipts(tx, &mut message).await?;
        self.plan_mails(tx, group.id).await?;
        self.plan_pushes(tx, &message, &mentions, Occasion::Post).await?;
        Ok(Arrived { posted: Posted { group, message, mentions }, read: None })
    }

    /// Fills the trace again, and empties the place where the message was meanwhile.
    async fn bring_back(
        &self,
        tx: &mut Tx,
        (subject, there): (&Subject, &Message),
        mover: &Mover,
    ) -> Result<Message> {
        let (now, home) = (self.clock.now(), subject.message.place());
        retention::check_not_held(tx, there.group_id).await?;
        let mut kept = store::moves::kept(tx, there.id).await?;
        store::moves::restore(tx, (subject.message.id, there.id), &kept.quotation).await?;
        edits::empty(tx, there, (mover.id, &mover.name), now).await?;
        store::moves::leave_trace(tx, there.id, home).await?;
        store::moves::give_mail(tx, subject.message.id, there.mail_id).await?;
        store::moves::unlearn(tx, (home.group, there.group_id), &kept.learnt).await?;
        store::changes::note(tx, home.group, subject.message.id, now).await?;
        store::changes::note(tx, there.group_id, there.id, now).await?;
        let members = store::groups::member_persons(tx, home.group).await?;
        kept.mentions.retain(|person| members.contains(person));
        store::mentions::insert(tx, subject.message.id, &kept.mentions).await?;
        let mut message = store::messages::find(tx, home).await?.ok_or(ActionError::NotFound)?;
        if let Some(mail) = message.mail_id {
            store::ledger::set_outcome(tx, mail, &outcome_of(&message)).await?;
        }
        store::search::index(tx, &message).await?;
        self.mark_hashtags(tx, &mut message, &kept.mentions).await?;
        self.ask_receipts(tx, &mut message).await?;
        // Whoever has not got it yet does so now.
        self.plan_mails(tx, home.group).await?;
        Ok(message)
    }

    async fn tell_moved(&self, mover: PersonId, moved: Moved) -> Message {
        let Moved { from, trace, had_marks, arrived: Arrived { posted, read } } = moved;
        let message = posted.message.clone();
        self.tell_changed(&from, trace).await;
        if had_marks {
            self.tell_marks(from.id).await;
        }
        self.tell(posted).await;
        if let Some(read) = read {
            let event = Event::ReadMoved { group: message.group_id, read_seq: message.seq, read };
            self.hub.publish(Audience::Person(mover), event);
        }
        message
    }
}

/// Whoever holds two groups takes them in one order, or two would wait for each other.
async fn hold_both(tx: &mut Tx, one: GroupId, other: GroupId) -> Result<()> {
    for group in [one.min(other), one.max(other)] {
        store::groups::hold(tx, group).await?;
    }
    Ok(())
}

/// Puts the message at its new place, and leaves a trace at the old one.
async fn take_away(tx: &mut Tx, message: &Message, step: &Step<'_>) -> Result<Message> {
    retention::check_not_held(tx, message.group_id).await?;
    store::moves::copy(tx, message, step).await?;
    edits::empty(tx, message, (step.mover.id, &step.mover.name), step.at).await?;
    store::moves::leave_trace(tx, message.id, step.to).await?;
    store::moves::give_mail(tx, step.id, message.mail_id).await?;
    store::changes::note(tx, message.group_id, message.id, step.at).await?;
    let trace = store::messages::find(tx, message.place()).await?.ok_or(ActionError::NotFound)?;
    store::search::index_change(tx, message, &trace).await?;
    Ok(trace)
}

/// Learns where a mail and what it answers belong.
async fn learn(tx: &mut Tx, (from, to): (GroupId, GroupId), lesson: Option<&Lesson>) -> Result<Learnt> {
    let Some(lesson) = lesson else { return Ok(Learnt::default()) };
    let learnt = store::moves::free_ids(tx, (from, lesson.mail), (&lesson.ids, lesson.by_references)).await?;
    store::moves::learn(tx, (from, to), &learnt).await?;
    Ok(learnt)
}

fn moved_outcome(step: &Step<'_>, from: GroupId) -> Outcome {
    let Mover { id, name } = step.mover;
    Outcome::Moved { group: step.to.group, message: step.id, from, by: *id, name: name.clone(), at: step.at }
}

/// What became of the mail of a message, which may have been moved here before.
fn outcome_of(message: &Message) -> Outcome {
    let (group, id) = (message.group_id, message.id);
    match message.taken_from.as_ref().and_then(|from| Some((from, from.moved_by.as_ref()?))) {
        Some((from, mover)) => Outcome::Moved {
            group,
            message: id,
            from: from.place.group,
            by: mover.id,
            name: mover.name.clone(),
            at: message.posted_at,
        },
        None => Outcome::Message { group, message: id },
    }
}
