//! Mail to members: the invitation with the personal link, and bundles of what they have not seen and what there is to say
//! beside that. What was read or is being looked at meanwhile is left out.

mod brought;
mod plan;

use brought::Brought;

use super::besides::{self, Besides};
use super::enclosures::Enclosed;
use super::letters::{self, Receiver};
use super::outbox::{Composed, Letter};
use super::{ActionError, Actions, Result};
use crate::domain::cadence::{Cadence, MailHours};
use crate::domain::event::Audience;
use crate::domain::group::{Group, Member};
use crate::domain::ids::{MemberId, PersonId};
use crate::domain::job::Job;
use crate::domain::language::Language;
use crate::domain::message::Message;
use crate::domain::person::Person;
use crate::domain::receipt::ReceiptState;
use crate::domain::time::Timestamp;
use crate::store::receipts::{Told, Whose};
use crate::store::{self, Tx};

/// How many messages one mail shows; the page has the others.
const MOST: i64 = 50;
/// How many messages come as a mail each to those who want each at once.
const MOST_SINGLE: usize = 10;

/// How much of what was said last somebody gets who is added later.
const LAST_SAID: i64 = 10;

/// A member with everything their mail needs.
struct Known {
    member: Member,
    group: Group,
    person: Person,
    language: Language,
    hours: MailHours,
}

impl Actions {
    /// Sends a new member their personal link and the opening, unless a page of theirs is open: there the group has
    /// just appeared. Running twice sends once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn invite_member(&self, id: MemberId, by: Option<PersonId>) -> Result<()> {
        let mut tx = self.store.read().await?;
        let Some(known) = self.known_member(&mut tx, id).await? else { return Ok(()) };
        // Whoever is added later begins with everything read and mailed that was said before.
        if known.member.read_seq > known.member.mailed_seq || self.hub.has_page(known.person.id) {
            return Ok(());
        }
        let ids: Vec<PersonId> =
            store::groups::members(&mut tx, known.group.id).await?.iter().map(|m| m.person_id).collect();
        let members = store::persons::list(&mut tx, &ids).await?;
        let by = by.unwrap_or(known.group.created_by);
        let inviter = members.iter().find(|p| p.id == by).map_or("", |p| p.full_name.as_str());
        let before = known.member.first_seq - 1;
        let first = store::messages::list_after(&mut tx, known.group.id, before, MOST).await?;
        // The opening, if there is one, and what was taken along from another group.
        let taken = first.iter().skip(1).take_while(|message| message.taken_from.is_some()).count();
        let mut begun = first;
        begun.truncate(taken + 1);
        let seq = begun.last().map_or(0, |m| m.seq);
        // Whoever comes later, and may see it, gets what was said last as well.
        if known.member.mailed_seq > seq && seq > 0 {
            let within = seq + 1..known.member.mailed_seq + 1;
            begun.extend(store::messages::list_before(&mut tx, known.group.id, within, LAST_SAID).await?);
        }
        drop(tx);
        begun.retain(|message| message.notice.is_none() && message.trace.removed.is_none());
        let enclosed = Box::pin(self.enclose(&known.member, &begun)).await?;
        let letter = letters::invitation(self, &known.receiver(), inviter, &members, (&begun, enclosed))?;
        let brought = Brought { seq, ..Brought::of(&known) };
        self.queue_for_member(vec![self.compose(letter)?], &known.member, brought).await
    }

    /// When what a member waits for is due, if not by now: messages, or tasks, the oldest of which is of `asked_at`.
    async fn wait_of(
        &self,
        tx: &mut Tx,
        known: &Known,
        asked_at: Option<Timestamp>,
    ) -> Result<Option<Timestamp>> {
        let (now, cadence) = (self.clock.now(), known.member.cadence);
        let since = match cadence {
            Cadence::Daily => {
                let said = store::cadences::waiting_since(tx, known.member.id).await?;
                said.into_iter().chain(asked_at).min()
            }
            _ => Some(now),
        };
        let due = since.map(|since| known.hours.due(cadence, since + self.settings.mail.hold, now));
        Ok(due.filter(|due| *due > now))
    }

    /// What a member waits for is looked at again then: messages with those of the others, tasks by themselves.
    async fn plan_at(&self, known: &Known, at: Timestamp, has_tasks: bool) -> Result<()> {
        let (now, group, member) = (self.clock.now(), known.group.id, known.member.id);
        let said = known.is_behind().then_some(Job::PlanBundlesAt { group, at });
        let asked = has_tasks.then_some(Job::MailTasks { member });
        let jobs: Vec<_> = said.into_iter().chain(asked).map(|job| (self.clock.new_id(), job)).collect();
        Ok(self.store.write(async move |tx| store::jobs::add(tx, &jobs, at, now).await).await?)
    }

    /// Whoever looks at the group sees there what they are to do, and is told it by no mail.
    async fn leave_to_page(&self, known: &Known, besides: &Besides) -> Result<()> {
        let marks = besides.marks();
        if !marks.is_empty() {
            self.store.write(async move |tx| store::asked::mark_told(tx, &marks).await).await?;
        }
        if known.is_behind() { self.plan_again(known.group.id).await } else { Ok(()) }
    }

    /// Gathers what a member has not seen, and what they are to do and were not told of, and queues one mail of it, with
    /// what became of earlier messages; nothing if they know all, want no mails, or are looking at the group. What is not
    /// due yet waits. Running twice sends once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn bundle_messages(&self, id: MemberId) -> Result<()> {
        let mut tx = self.store.read().await?;
        let Some(known) = self.known_member(&mut tx, id).await? else { return Ok(()) };
        if known.member.cadence == Cadence::None {
            return Ok(());
        }
        let tasks = besides::tasks(&mut tx, &known.member).await?;
        if !known.is_behind() && tasks.is_empty() {
            return Ok(());
        }
        let asked_at = tasks.first().map(|task| task.asked_at);
        if let Some(due) = self.wait_of(&mut tx, &known, asked_at).await? {
            return self.plan_at(&known, due, asked_at.is_some()).await;
        }
        let mut besides = Besides { tasks, ..Besides::default() };
        if self.hub.listens(Audience::Group(known.group.id), known.person.id) {
            return self.leave_to_page(&known, &besides).await;
        }
        let messages = new_messages(&mut tx, &known).await?;
        let asks_receipt = owes_receipt(&mut tx, &known.member, &messages).await?;
        let Some(last) = messages.last().map(|m| m.seq).or(asked_at.map(|_| known.member.mailed_seq)) else {
            return Ok(());
        };
        let after = known.seen();
        let earlier = if known.member.cadence.brings_all() { left_out(&messages, after) } else { 0 };
        besides.changes = besides::changes(&mut tx, &known.member, &messages).await?;
        if let Some(first) = messages.first().filter(|_| earlier == 0) {
            besides.quoted = besides::quoted(&mut tx, &known.member, first.seq).await?;
        }
        drop(tx);
        let brought = Brought { seq: last, ..Brought::of(&known) }.with(&besides);
        let mails =
            Box::pin(self.compose_bundle(&known, &messages, besides, (earlier, asks_receipt))).await?;
        self.queue_for_member(mails, &known.member, brought).await
    }

    /// One mail of messages and what there is beside them, or several for those who want each message at once.
    async fn compose_bundle(
        &self,
        known: &Known,
        messages: &[Message],
        mut besides: Besides,
        (earlier, asks_receipt): (usize, bool),
    ) -> Result<Vec<Composed>> {
        let (member, to) = (&known.member, known.receiver());
        let mut mails = Vec::new();
        // In a messenger a mail is what its author says.
        if member.chats && besides.is_news() {
            let alone = std::mem::take(&mut besides);
            let letter = letters::messages(self, &to, (&[], Enclosed::default()), (0, &alone))?;
            mails.push(self.compose(Letter { purpose: format!("{}+besides", letter.purpose), ..letter })?);
            if messages.is_empty() {
                return Ok(mails);
            }
        }
        let mut earlier = earlier;
        for (at, part) in parts(messages, member.cadence).into_iter().enumerate() {
            let enclosed = Box::pin(self.enclose(member, part)).await?;
            let letter = letters::messages(self, &to, (part, enclosed), (earlier, &besides))?;
            let purpose = if at == 0 { letter.purpose } else { format!("{}+{at}", letter.purpose) };
            let asks_receipt = asks_receipt && part.iter().any(|m| m.receipts.request.is_wanted());
            mails.push(self.compose(Letter { asks_receipt, purpose, ..letter })?);
            // The next one quotes this one, too, and says nothing else twice.
            earlier = 0;
            let said = besides.quoted.into_iter().chain(part.iter().cloned()).collect();
            besides = Besides { quoted: besides::last_said(said, member), ..Besides::default() };
        }
        Ok(mails)
    }

    /// Queues a mail of one message that a member knew before it mentioned them, unless they look at the group, where its
    /// change has just come, want no mails, or it mentions them no more. `held` says that it has waited for their hours.
    /// Running twice sends once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn mail_mention(&self, id: MemberId, seq: i64, held: bool) -> Result<()> {
        let mut tx = self.store.read().await?;
        let Some(known) = self.known_member(&mut tx, id).await? else { return Ok(()) };
        let (group, person, cadence) = (known.group.id, known.person.id, known.member.cadence);
        if cadence == Cadence::None || self.hub.listens(Audience::Group(group), person) {
            return Ok(());
        }
        let now = self.clock.now();
        let due = known.hours.due(if held { Cadence::Bundled } else { cadence }, now, now);
        if due > now {
            drop(tx);
            let job = (self.clock.new_id(), Job::MailMention { member: id, seq, held: true });
            return Ok(self
                .store
                .write(async move |tx| store::jobs::add(tx, &[job], due, now).await)
                .await?);
        }
        let found = store::messages::list_mentioning(&mut tx, (group, person), seq - 1, 1).await?;
        let Some(message) = found.into_iter().find(|message| message.seq == seq) else { return Ok(()) };
        let message = [message.seen_from(known.member.first_seq)];
        let besides = Besides {
            changes: besides::changes(&mut tx, &known.member, &message).await?,
            quoted: besides::quoted(&mut tx, &known.member, seq).await?,
            ..Besides::default()
        };
        drop(tx);
        let purpose = format!("mention:{id}:{}", message[0].id);
        // They have its files already.
        let letter =
            letters::messages(self, &known.receiver(), (&message, Enclosed::default()), (0, &besides))?;
        let again = Job::MailMention { member: id, seq, held: true };
        let brought = Brought { seq, again, ..Brought::of(&known) }.with(&besides);
        self.queue_for_member(vec![self.compose(Letter { purpose, ..letter })?], &known.member, brought).await
    }

    /// Nothing, if the member has left while the mail was composed; nor if they chose anew how often, since what waits for
    /// them is looked at again then. An invitation is no matter of that. What the mail says beside its messages, and was
    /// said or done by somebody else meanwhile, is looked at again.
    async fn queue_for_member(
        &self,
        composed: Vec<Composed>,
        member: &Member,
        brought: Brought,
    ) -> Result<()> {
        let (actions, was) = (self.clone(), member.clone());
        self.store
            .write(async move |tx| {
                store::groups::hold(tx, was.group_id).await?;
                let Some(now) = store::groups::find_member_by_id(tx, was.id).await? else { return Ok(()) };
                if now.cadence != was.cadence && !composed.iter().all(Composed::is_invitation) {
                    return Ok::<_, ActionError>(());
                }
                if !brought.holds_still(tx, (&was, &now)).await? {
                    let (job, now) = ((actions.clock.new_id(), brought.again), actions.clock.now());
                    return Ok(store::jobs::add(tx, &[job], now, now).await?);
                }
                store::groups::mark_mailed(tx, was.id, brought.seq).await?;
                store::afterwards::mark_told(tx, was.id, brought.change).await?;
                store::asked::mark_told(tx, &brought.tasks).await?;
                actions.queue(tx, composed).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// `None` if the member has left meanwhile, or the house, has no address, or mails to it come back. What is said meanwhile
    /// waits for them, should they come back.
    async fn known_member(&self, tx: &mut Tx, id: MemberId) -> Result<Option<Known>> {
        let Some(member) = store::groups::find_member_by_id(tx, id).await? else { return Ok(None) };
        let group = store::groups::find(tx, member.group_id).await?.ok_or(ActionError::NotFound)?;
        let person = store::persons::find(tx, member.person_id).await?.ok_or(ActionError::NotFound)?;
        let trouble = store::address_troubles::of_person(tx, person.id).await?;
        let has_left = person.departed_at.is_some();
        if has_left || person.main_address().is_none() || trouble.is_some_and(|trouble| trouble.holds_back())
        {
            return Ok(None);
        }
        let language =
            store::sessions::language_of(tx, person.id).await?.unwrap_or(self.settings.mail.language);
        let hours = store::cadences::hours_of(tx, &[person.id], self.settings.mail.zone).await?;
        let hours = hours.get(&person.id).copied().ok_or(ActionError::NotFound)?;
        Ok(Some(Known { member, group, person, language, hours }))
    }
}

impl Known {
    /// Up to which message they have seen all, or need not.
    fn seen(&self) -> i64 {
        self.member.read_seq.max(self.member.mailed_seq).max(self.member.first_seq - 1)
    }

    fn is_behind(&self) -> bool {
        self.seen() < self.group.said_seq
    }

    fn receiver(&self) -> Receiver<'_> {
        let Self { group, member, person, .. } = self;
        Receiver { group, member, person, language: self.language, zone: self.hours.zone }
    }
}

/// What goes into which mail: for those who want each message at once each into its own, with the notices before it,
/// unless much has gathered meanwhile.
fn parts(messages: &[Message], cadence: Cadence) -> Vec<&[Message]> {
    let said = messages.iter().filter(|message| message.notice.is_none()).count();
    if said == 0 {
        // Beside which there is something to tell.
        return vec![&[]];
    }
    if cadence != Cadence::AtOnce || said > MOST_SINGLE {
        return vec![messages];
    }
    let mut parts: Vec<&[Message]> = messages.split_inclusive(|message| message.notice.is_none()).collect();
    // Notices at the end alone are no reason to write; the page has them.
    parts.retain(|part| part.iter().any(|message| message.notice.is_none()));
    parts
}

/// Whether one of these messages waits for a member's receipt. One statement if any of them asks for one, or none.
async fn owes_receipt(tx: &mut Tx, member: &Member, messages: &[Message]) -> Result<bool> {
    let asking = messages.iter().filter(|m| m.receipts.request.is_wanted()).map(Message::place);
    let owed = asking.map(|place| Told { place, person: member.person_id }).collect::<Vec<_>>();
    Ok(!store::receipts::news(tx, ReceiptState::Read, Whose::Everybodys, &owed).await?.is_empty())
}

/// What a member is to get by mail. Nothing if it is notices alone: they come along with what was said, and are no reason
/// to write.
async fn new_messages(tx: &mut Tx, known: &Known) -> Result<Vec<Message>> {
    let (after, first_seq) = (known.seen(), known.member.first_seq);
    if !known.is_behind() {
        return Ok(Vec::new());
    }
    let mut messages = wanted(tx, known, after).await?;
    messages.retain(|m| {
        m.seq > after && m.author.person_id != Some(known.person.id) && m.trace.removed.is_none()
    });
    if messages.iter().all(|m| m.notice.is_some()) {
        return Ok(Vec::new());
    }
    Ok(messages.into_iter().map(|m| m.seen_from(first_seq)).collect())
}

/// The newest messages; for a member who wants only what is meant for them, that which comes after `after`.
async fn wanted(tx: &mut Tx, known: &Known, after: i64) -> Result<Vec<Message>> {
    let (member, group) = (&known.member, &known.group);
    if !member.cadence.brings_all() {
        let meant = store::cadences::list_meant(tx, member, after, MOST).await?;
        return Ok(store::messages::list_at(tx, group.id, &meant).await?);
    }
    let within = member.first_seq..group.last_seq + 1;
    Ok(store::messages::list_before(tx, group.id, within, MOST).await?)
}

/// How many unseen messages are older than those the mail shows.
fn left_out(messages: &[Message], after: i64) -> usize {
    let first = messages.first().map_or(after + 1, |m| m.seq);
    if (messages.len() as i64) < MOST { 0 } else { usize::try_from(first - after - 1).unwrap_or(0) }
}
