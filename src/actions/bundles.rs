//! Mail to members: the invitation with the personal link, and bundles of what they have not seen. What was read or is
//! being looked at meanwhile is left out.

use super::enclosures::Enclosed;
use super::letters::{self, Receiver};
use super::outbox::{Composed, Letter};
use super::{ActionError, Actions, Result};
use crate::domain::cadence::{Cadence, MailHours};
use crate::domain::event::Audience;
use crate::domain::group::{Group, Member};
use crate::domain::ids::{GroupId, MemberId, PersonId};
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
        self.queue_for_member(vec![self.compose(letter)?], &known.member, seq).await
    }

    /// Adds the job that finds out, after the hold, who has not seen what there is by then; and the one that finds out at
    /// once for those who want no hold, if there are any. Two statements.
    pub(super) async fn plan_mails(&self, tx: &mut Tx, group: GroupId) -> Result<()> {
        let now = self.clock.now();
        let mut jobs = vec![(self.clock.new_id(), Job::PlanBundles { group }, now + self.settings.mail.hold)];
        if store::cadences::has_at_once(tx, group).await? {
            jobs.push((self.clock.new_id(), Job::PlanAtOnce { group }, now));
        }
        Ok(store::jobs::add_each(tx, &jobs, now).await?)
    }

    /// Adds a job for each member who has not seen everything, wants it by now and is not looking at the group, and looks
    /// again later if somebody does: they may have left their desk. For those who want it later, one job at each time at
    /// which somebody wants it, however many they are. Three statements, however many members. Running twice adds nothing:
    /// jobs that wait are the same jobs.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn plan_bundles(&self, group: GroupId) -> Result<()> {
        self.plan(group, false).await
    }

    /// The same for those members alone who want no hold.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn plan_at_once(&self, group: GroupId) -> Result<()> {
        self.plan(group, true).await
    }

    async fn plan(&self, group: GroupId, at_once_alone: bool) -> Result<()> {
        let house = self.settings.mail.zone;
        let behind =
            store::cadences::list_behind(&mut self.store.read().await?, group, at_once_alone, house).await?;
        let (now, hold) = (self.clock.now(), self.settings.mail.hold);
        let mut jobs = Vec::new();
        for member in &behind {
            // What its hold makes miss the daily mail waits for the next: one a day.
            let due = member.hours.due(member.cadence, member.since + hold, now);
            jobs.push(if due > now {
                (Job::PlanBundlesAt { group, at: due }, due)
            } else if self.hub.listens(Audience::Group(group), member.person) {
                (Job::PlanBundlesAgain { group }, now + self.settings.presence.idle)
            } else {
                (Job::BundleMessages { member: member.member }, now)
            });
        }
        if jobs.is_empty() {
            return Ok(());
        }
        let jobs: Vec<_> = jobs.into_iter().map(|(job, at)| (self.clock.new_id(), job, at)).collect();
        self.store.write(async move |tx| store::jobs::add_each(tx, &jobs, now).await).await?;
        self.bell.ring();
        Ok(())
    }

    /// Whoever looked and had not read everything has read it by then, or no longer looks. A job of its own: a newer
    /// message waits no longer for it.
    async fn plan_again(&self, group: GroupId) -> Result<()> {
        let (now, id) = (self.clock.now(), self.clock.new_id());
        let at = now + self.settings.presence.idle;
        let job = (id, Job::PlanBundlesAgain { group });
        Ok(self.store.write(async move |tx| store::jobs::add(tx, &[job], at, now).await).await?)
    }

    /// When what a member waits for is due, if not by now.
    async fn wait_of(&self, tx: &mut Tx, known: &Known) -> Result<Option<Timestamp>> {
        let (now, cadence) = (self.clock.now(), known.member.cadence);
        let since = match cadence {
            Cadence::Daily => store::cadences::waiting_since(tx, known.member.id).await?,
            _ => Some(now),
        };
        let due = since.map(|since| known.hours.due(cadence, since + self.settings.mail.hold, now));
        Ok(due.filter(|due| *due > now))
    }

    async fn plan_at(&self, group: GroupId, at: Timestamp) -> Result<()> {
        let (now, job) = (self.clock.now(), (self.clock.new_id(), Job::PlanBundlesAt { group, at }));
        Ok(self.store.write(async move |tx| store::jobs::add(tx, &[job], at, now).await).await?)
    }

    /// Gathers what a member has not seen and queues one mail of it; nothing if they have seen all, want no mails, or are
    /// looking at the group. What is not due yet waits. Running twice sends once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn bundle_messages(&self, id: MemberId) -> Result<()> {
        let mut tx = self.store.read().await?;
        let Some(known) = self.known_member(&mut tx, id).await? else { return Ok(()) };
        let after = known.member.read_seq.max(known.member.mailed_seq).max(known.member.first_seq - 1);
        if after >= known.group.said_seq || known.member.cadence == Cadence::None {
            return Ok(());
        }
        if let Some(due) = self.wait_of(&mut tx, &known).await? {
            return self.plan_at(known.group.id, due).await;
        }
        if self.hub.listens(Audience::Group(known.group.id), known.person.id) {
            return self.plan_again(known.group.id).await;
        }
        let mut messages = wanted(&mut tx, &known, after).await?;
        let is_for_them = |m: &Message| {
            m.seq > after && m.author.person_id != Some(known.person.id) && m.trace.removed.is_none()
        };
        messages.retain(is_for_them);
        let asks_receipt = owes_receipt(&mut tx, &known.member, &messages).await?;
        drop(tx);
        let first_seq = known.member.first_seq;
        let messages: Vec<Message> = messages.into_iter().map(|m| m.seen_from(first_seq)).collect();
        // Notices come along with what was said; alone they are no reason to write.
        if messages.iter().all(|m| m.notice.is_some()) {
            return Ok(());
        }
        let Some(last) = messages.last().map(|m| m.seq) else { return Ok(()) };
        let earlier = if known.member.cadence.brings_all() { left_out(&messages, after) } else { 0 };
        let mut mails = Vec::new();
        for (at, part) in parts(&messages, known.member.cadence).into_iter().enumerate() {
            let enclosed = Box::pin(self.enclose(&known.member, part)).await?;
            let earlier = if at == 0 { earlier } else { 0 };
            let letter = letters::messages(self, &known.receiver(), (part, enclosed), earlier)?;
            let purpose = if at == 0 { letter.purpose } else { format!("{}+{at}", letter.purpose) };
            let asks_receipt = asks_receipt && part.iter().any(|m| m.receipts.request.is_wanted());
            mails.push(self.compose(Letter { asks_receipt, purpose, ..letter })?);
        }
        self.queue_for_member(mails, &known.member, last).await
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
        drop(tx);
        let Some(message) = found.into_iter().find(|message| message.seq == seq) else { return Ok(()) };
        let purpose = format!("mention:{id}:{}", message.id);
        let message = message.seen_from(known.member.first_seq);
        // They have its files already.
        let letter = letters::messages(self, &known.receiver(), (&[message], Enclosed::default()), 0)?;
        self.queue_for_member(vec![self.compose(Letter { purpose, ..letter })?], &known.member, seq).await
    }

    /// Nothing, if the member has left while the mail was composed; nor if they chose anew how often, since what waits for
    /// them is looked at again then. An invitation is no matter of that.
    async fn queue_for_member(&self, composed: Vec<Composed>, member: &Member, seq: i64) -> Result<()> {
        let (actions, id, group, cadence) = (self.clone(), member.id, member.group_id, member.cadence);
        self.store
            .write(async move |tx| {
                store::groups::hold(tx, group).await?;
                let as_before =
                    |now: Member| composed.iter().all(Composed::is_invitation) || now.cadence == cadence;
                if !store::groups::find_member_by_id(tx, id).await?.is_some_and(as_before) {
                    return Ok::<_, ActionError>(());
                }
                store::groups::mark_mailed(tx, id, seq).await?;
                actions.queue(tx, composed).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// `None` if the member has left meanwhile, has no address, or mails to it come back.
    async fn known_member(&self, tx: &mut Tx, id: MemberId) -> Result<Option<Known>> {
        let Some(member) = store::groups::find_member_by_id(tx, id).await? else { return Ok(None) };
        let group = store::groups::find(tx, member.group_id).await?.ok_or(ActionError::NotFound)?;
        let person = store::persons::find(tx, member.person_id).await?.ok_or(ActionError::NotFound)?;
        let trouble = store::address_troubles::of_person(tx, person.id).await?;
        if person.main_address().is_none() || trouble.is_some_and(|trouble| trouble.holds_back()) {
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
    fn receiver(&self) -> Receiver<'_> {
        Receiver { group: &self.group, member: &self.member, person: &self.person, language: self.language }
    }
}

/// What goes into which mail: for those who want each message at once each into its own, with the notices before it,
/// unless much has gathered meanwhile.
fn parts(messages: &[Message], cadence: Cadence) -> Vec<&[Message]> {
    let said = messages.iter().filter(|message| message.notice.is_none()).count();
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
