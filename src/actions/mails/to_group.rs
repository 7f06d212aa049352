//! A mail that answers a group becomes a message: of the member who surely wrote it (`author`); otherwise nobody's, with
//! its grade shown. A forwarded token lets no stranger speak as the member.

use super::super::claims::Question;
use super::super::drafts::own_words;
use super::super::messages::{Contribution, Posted};
use super::super::{ActionError, Actions, Result, access};
use super::author::{is_denied, sent_by};
use super::repeated::{Said, Surplus};
use super::route::senders;
use super::words::as_file;
use super::{Arrived, facts, own_files, pictures, still_waits};
use crate::domain::address::NamedAddress;
use crate::domain::group::Member;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::ledger::{Ignored, Outcome};
use crate::domain::message::{Answered, Author, Grade, MessagePlace, Source};
use crate::domain::receipt::ReceiptRequest;
use crate::mail::incoming::IncomingMail;
use crate::mail::markdown::first_words;
use crate::mail::{commands, identity, own_letters};
use crate::store::{self, Tx};

/// Ids of answered mails that are learnt from one mail.
const MOST_NAMES: usize = 10;

/// A group that a mail is said in, and as whom. `member` is the author, if that is sure.
struct Target {
    group: GroupId,
    author: Author,
    member: Option<Member>,
    /// Whose reply address it came to.
    reached: Option<PersonId>,
}

impl Actions {
    /// A mail to members' reply addresses. It is said in the first one's group whoever sent it, in the other groups only
    /// for those who surely did.
    pub(super) async fn sort_to_members(&self, mut arrived: Arrived, members: Vec<Member>) -> Result<()> {
        let mut tx = self.store.read().await?;
        let senders = senders(&mut tx, &arrived).await?;
        arrived.routed.token_person = members.first().map(|member| member.person_id);
        let reached: Vec<PersonId> = members.iter().map(|member| member.person_id).collect();
        // Their reply addresses are handed on with old mails, and open no group to strangers.
        let departed = store::persons::list_departed(&mut tx, &reached).await?;
        let mut targets: Vec<Target> = Vec::new();
        for addressed in members {
            let group = addressed.group_id;
            let member = self.sure_member(&mut tx, (&arrived, &senders), (group, Some(&addressed))).await?;
            let is_open = targets.is_empty() && !departed.contains(&addressed.person_id);
            if is_open || member.is_some() {
                let author = self.author_of(&mut tx, &arrived, member.as_ref()).await?;
                let reached = Some(addressed.person_id);
                targets.push(Target { group, author, member, reached });
            }
        }
        drop(tx);
        if targets.is_empty() {
            return self.ignore(&arrived, Ignored::NotAMember).await;
        }
        self.contribute_mail(arrived, targets).await
    }

    /// A mail that names a group's messages, but came to no member's address: some programs ignore Reply-To. Anybody
    /// can write such a From, so it is shown as not confirmed unless the domain in From confirms it.
    pub(super) async fn sort_to_group(&self, arrived: Arrived, group: GroupId) -> Result<()> {
        let mut tx = self.store.read().await?;
        let senders = senders(&mut tx, &arrived).await?;
        let members = store::groups::members(&mut tx, group).await?;
        if !members.iter().any(|m| senders.contains(&m.person_id)) {
            drop(tx);
            return self.ignore(&arrived, Ignored::NotAMember).await;
        }
        let member = self.sure_member(&mut tx, (&arrived, &senders), (group, None)).await?;
        let author = self.author_of(&mut tx, &arrived, member.as_ref()).await?;
        drop(tx);
        self.contribute_mail(arrived, vec![Target { group, author, member, reached: None }]).await
    }

    async fn contribute_mail(&self, mut arrived: Arrived, targets: Vec<Target>) -> Result<()> {
        let is_own = own_letters::hands_on_own(&arrived.mail, &self.settings);
        let above = (is_own, own_words(&arrived.mail));
        let mut order = commands::order_of(&arrived.mail, &self.settings.mail, above);
        let mut wanted: Vec<(Target, Contribution)> = Vec::new();
        for target in targets {
            let is_first = wanted.is_empty();
            if let Some(order) = order.take() {
                return match target.member {
                    Some(member) => Box::pin(self.obey(arrived, member, order)).await,
                    None => self.ignore(&arrived, Ignored::NotConfirmed).await,
                };
            }
            if let Some(member) = target.member.as_ref().filter(|_| is_first)
                && (self.change_by_mail(&arrived, member).await?
                    || self.note_invitation_answer(&arrived, member).await?)
            {
                return Ok(());
            }
            let mut contribution =
                self.mail_contribution(&arrived, target.group, target.author.clone()).await?;
            match self.surplus(&arrived, &target, &contribution).await? {
                Some(Surplus::Why(why)) if is_first => return self.ignore(&arrived, why).await,
                Some(Surplus::Copy(first)) if is_first => {
                    return self.take_copy(arrived, Some(first), target.member).await;
                }
                Some(_) => continue,
                None => {}
            }
            contribution.answers = self.answered_by(&arrived, target.group).await?;
            // The mail itself belongs to the first of its messages.
            contribution.mail_id = is_first.then_some(arrived.id);
            wanted.push((target, contribution));
        }
        arrived.routed.also_groups = i64::try_from(wanted.len()).unwrap_or(1) - 1;
        let question = self.question_about(&arrived, &wanted).await?;
        Box::pin(self.say_all(arrived, wanted, question)).await
    }

    /// Why a mail is not said in a group, if so.
    async fn surplus(
        &self,
        arrived: &Arrived,
        target: &Target,
        contribution: &Contribution,
    ) -> Result<Option<Surplus>> {
        let (text, files) = (&contribution.body.markdown, &contribution.new_files);
        if text.is_empty() && files.is_empty() {
            let own = own_letters::hands_on_own(&arrived.mail, &self.settings);
            return Ok(Some(Surplus::Why(if own { Ignored::OwnLetter } else { Ignored::Empty })));
        }
        self.too_often(arrived, &Said { group: target.group, text, files, reached: target.reached }).await
    }

    /// Whether somebody is asked if the address is theirs that the mail came from.
    async fn question_about(
        &self,
        arrived: &Arrived,
        wanted: &[(Target, Contribution)],
    ) -> Result<Option<Question>> {
        match wanted.first() {
            Some((Target { member: None, group, .. }, said)) if !is_denied(arrived) => {
                let words = first_words(Source::Mail, &said.body.markdown);
                self.question_of(arrived, (*group, &words)).await
            }
            _ => Ok(None),
        }
    }

    async fn say_all(
        &self,
        arrived: Arrived,
        wanted: Vec<(Target, Contribution)>,
        question: Option<Question>,
    ) -> Result<()> {
        let writer = wanted.first().and_then(|(target, _)| target.member.clone());
        let writer = writer.filter(|_| arrived.mail.handed_on().is_none());
        let (actions, mut copied) = (self.clone(), writer.map(|writer| (writer, arrived.without_contents())));
        let posted = self
            .store
            .write(async move |tx| {
                let mut posted = Vec::new();
                if !still_waits(tx, arrived.id).await? {
                    return Ok::<_, ActionError>(posted);
                }
                // Whoever holds several groups takes them in one order, or two would wait for each other.
                let mut groups: Vec<GroupId> = wanted.iter().map(|(target, _)| target.group).collect();
                groups.sort_unstable();
                for group in groups.into_iter().skip(usize::from(wanted.len() == 1)) {
                    store::groups::hold(tx, group).await?;
                }
                for (Target { group, member, .. }, contribution) in wanted {
                    if let Some(member) = &member {
                        // Removed meanwhile: the job runs again, and its next run tells the author.
                        access::member_for_change(tx, member.person_id, group).await?;
                    }
                    // Whoever writes is back, whatever their mail program says.
                    let back = match &member {
                        Some(member) => store::statuses::end_away(tx, member.person_id).await?,
                        None => false,
                    };
                    let by_mail = contribution.receipt.is_some();
                    let said = actions.contribute(tx, group, contribution).await?;
                    if by_mail {
                        actions.look_at_readers(tx, &said.message, 0).await?;
                    }
                    let read = actions.note_answer(tx, &arrived, &said, member).await?;
                    posted.push((said, read, back));
                }
                if let Some(question) = question {
                    actions.ask(tx, question).await?;
                }
                Ok(posted)
            })
            .await?;
        for (posted, read, back) in posted {
            self.receipts.note_changed(read);
            if let Some(author) = posted.message.author.person_id.filter(|_| back) {
                self.hub.restate(author);
            }
            self.tell(posted).await;
            if let Some((writer, mail)) = copied.take() {
                // In a box, as what is seldom done: all of this together would not fit on a thread's stack.
                Box::pin(self.bring_copied(&mail, writer)).await?;
            }
        }
        Ok(())
    }

    /// The message that a mail answers, where it is not the last one anyway; a messenger, whose mails all answer one, says
    /// by a quotation that it means it.
    async fn answered_by(&self, arrived: &Arrived, group: GroupId) -> Result<Option<Answered>> {
        let chat = &arrived.mail.chat;
        if chat.by_messenger && !chat.quotes {
            return Ok(None);
        }
        let mut tx = self.store.read().await?;
        let answered = named_by(&mut tx, &arrived.mail, group).await?;
        let last = store::groups::find(&mut tx, group).await?.map(|group| group.said_seq);
        Ok(answered.filter(|answered| chat.quotes || Some(answered.seq) != last))
    }

    /// The message that a mail becomes.
    pub(super) async fn mail_contribution(
        &self,
        arrived: &Arrived,
        group: GroupId,
        author: Author,
    ) -> Result<Contribution> {
        let mut words = self.words_of(&arrived.mail);
        if words.notes.sent_by.is_some() {
            let mut tx = self.store.read().await?;
            words.notes.sent_by = sent_by(&mut tx, arrived, &self.settings.mail).await?;
        }
        let mut parts = own_files(&arrived.mail);
        parts.extend(words.whole.take().map(as_file));
        let new_files = self.store_mail_files(&parts).await?;
        let names = self.names_in(group, &words.text, Vec::new()).await?;
        let receipt = asks_receipt(&arrived.mail, &author).then_some(ReceiptRequest::Wanted);
        let read = words.read(names, pictures(&parts, new_files.iter().map(|stored| &stored.file))).await?;
        Ok(Contribution {
            author,
            source: Source::Mail,
            body: read.body,
            mentions: read.mentions,
            quotation: words.quotation,
            signature: words.signature,
            notes: words.notes,
            mail_id: Some(arrived.id),
            client_id: None,
            new_files,
            uploads: Vec::new(),
            answers: None,
            receipt,
            share: None,
        })
    }

    /// The ledger's line; and that who answers has read what was mailed. The messages whose receipts that changes.
    async fn note_answer(
        &self,
        tx: &mut Tx,
        arrived: &Arrived,
        posted: &Posted,
        member: Option<Member>,
    ) -> Result<Vec<MessagePlace>> {
        let (group, message) = (posted.group.id, posted.message.id);
        let outcome = Outcome::Message { group, message };
        if posted.message.mail_id.is_some() {
            self.note_used(tx, arrived, &outcome, member.as_ref()).await?;
        } else {
            // The mail itself belongs to another group's message.
            self.note_author(tx, group, (&arrived.mail, member.as_ref())).await?;
        }
        let Some(member) = member else { return Ok(Vec::new()) };
        let own = posted.message.seq;
        let read = if member.mailed_seq + 1 >= own { own } else { member.mailed_seq };
        // Whoever does not want all was sent what is meant for them, and knows nothing of what lies between.
        if member.cadence.brings_all() {
            store::groups::mark_read(tx, group, member.person_id, read).await?;
        }
        let who = (group, member.person_id);
        // The mail that is answered says best what was read; some relays give it another Message-ID.
        let answered = answered_mails(tx, &arrived.mail).await?;
        let carried = store::deliveries::carried(tx, (group, Some(member.person_id)), &answered).await?;
        let up_to = carried.into_iter().flatten().max().unwrap_or(read);
        Ok(store::receipts::record_answer(tx, who, up_to, self.clock.now()).await?)
    }

    /// That a mail was used for a group: the ledger's line, the names by which answers find the group, and the program of its
    /// author, if it is sure who that is.
    pub(super) async fn note_used(
        &self,
        tx: &mut Tx,
        arrived: &Arrived,
        outcome: &Outcome,
        member: Option<&Member>,
    ) -> Result<()> {
        store::ledger::set_facts(tx, arrived.id, &facts(arrived, None)).await?;
        store::ledger::set_outcome(tx, arrived.id, outcome).await?;
        match outcome {
            Outcome::Message { group, .. } => self.note_author(tx, *group, (&arrived.mail, member)).await,
            _ => Ok(()),
        }
    }

    /// The mail's own id, for answers to it; and, if a member surely wrote it, the names of what it answers and their program.
    async fn note_author(
        &self,
        tx: &mut Tx,
        group: GroupId,
        (mail, member): (&IncomingMail, Option<&Member>),
    ) -> Result<()> {
        if let Some(id) = &mail.message_id {
            store::groups::add_message_id(tx, group, id).await?;
        }
        let Some(member) = member else { return Ok(()) };
        self.note_program(tx, member, mail.chat.by_messenger).await?;
        learn_names(tx, group, mail).await
    }
}

/// Whether its author wants to hear who has read it: they themselves, and not whoever else is named there (RFC 8098 2.1).
fn asks_receipt(mail: &IncomingMail, author: &Author) -> bool {
    let is_theirs = |to: &NamedAddress| mail.from.iter().any(|from| from.address.is_mailbox_of(&to.address));
    author.grade == Grade::Confirmed && mail.receipt_to.iter().any(is_theirs)
}

/// The message that came by the mail which this one names, or the only one that a mail of ours brought.
pub(super) async fn named_by(tx: &mut Tx, mail: &IncomingMail, group: GroupId) -> Result<Option<Answered>> {
    let named = store::aliases::our_names(tx, &mail.in_reply_to).await?;
    // What stands in the References may be of an earlier mail.
    let ours: Vec<String> = our_mail(mail).into_iter().collect();
    for ids in [named, ours] {
        let carried = carried_alone(tx, group, &ids).await?;
        let found = store::answers::find_mailed(tx, group, (&ids, carried)).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The number of the one message of a group that mails with these Message-IDs brought; `None` if there were more.
async fn carried_alone(tx: &mut Tx, group: GroupId, ids: &[String]) -> Result<Option<i64>> {
    let mut seqs = store::deliveries::carried(tx, (group, None), ids).await?.concat();
    seqs.sort_unstable();
    seqs.dedup();
    Ok(if let [seq] = seqs[..] { Some(seq) } else { None })
}

/// The Message-IDs of the mails that one answers, as we know them.
pub(super) async fn answered_mails(tx: &mut Tx, mail: &IncomingMail) -> Result<Vec<String>> {
    let mut named = store::aliases::our_names(tx, &mail.in_reply_to).await?;
    named.extend(our_mail(mail));
    Ok(named)
}

/// The mail of ours that stands in the References: its own id is there under another mark.
fn our_mail(mail: &IncomingMail) -> Option<String> {
    mail.references.iter().rev().find_map(|id| identity::mail_of_reference(id))
}

/// What a member's mail answers belongs to the group from now on, by whatever name: the next answer may come without the
/// member's address.
async fn learn_names(tx: &mut Tx, group: GroupId, mail: &IncomingMail) -> Result<()> {
    let known = store::groups::find_by_message_ids(tx, &mail.in_reply_to).await?;
    if known.is_some_and(|known| known != group) {
        // Somebody answers one group's mail to another one: what else it answers may be of either.
        return Ok(());
    }
    let ours = our_mail(mail);
    for id in mail.in_reply_to.iter().take(MOST_NAMES) {
        store::aliases::add(tx, group, (id, ours.as_deref())).await?;
    }
    Ok(())
}
