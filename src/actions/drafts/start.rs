//! The ways a draft begins: blank, from a thread, from dropped mails, from a mail to the gateway.

use super::super::mails::{Arrived, parse_off_thread};
use super::super::own_mailbox::{self, Known};
use super::super::{ActionError, Actions, Problem, Result, access, people, policy, threads};
use super::edit::MOST_MEMBERS;
use crate::domain::address::EmailAddress;
use crate::domain::draft::{Draft, DraftState};
use crate::domain::ids::{DraftId, FileId, GroupId, ListId, MailId, PersonId, ThreadId};
use crate::domain::ledger::Routed;
use crate::domain::person::Viewer;
use crate::domain::thread::{Participant, Seen};
use crate::domain::topic::Topic;
use crate::mail::incoming::IncomingMail;
use crate::mail::threading::{self, MailFacts};
use crate::mail::{own_letters, reply};
use crate::store::drafts::DraftMember;
use crate::store::files::StoredFile;
use crate::store::ledger::StoredMail;
use crate::store::{self, Tx};

/// What a draft begins with.
#[derive(Clone, Debug, Default)]
pub struct Seed {
    pub topic: String,
    pub opening: String,
    pub participants: Vec<Participant>,
    /// People we know, besides those of the mails.
    pub members: Vec<PersonId>,
    pub thread: Option<ThreadId>,
    /// The group it is spun off from.
    pub parent: Option<GroupId>,
    pub mail: Option<MailId>,
    /// Not in the database yet.
    pub files: Vec<StoredFile>,
}

/// So many mails of a thread are looked through for one of which its reader is.
const NEWEST: i64 = 10;
/// How many mails can be dropped at once.
const MOST_MAILS: usize = 200;

impl Actions {
    /// Begins an empty draft.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] for guests, and for those whom the company does not let.
    pub async fn start_blank_draft(&self, viewer: &Viewer) -> Result<DraftId> {
        let (actions, viewer) = (self.clone(), viewer.clone());
        let draft = self.store.write(async move |tx| {
            policy::may_start(tx, &viewer, &actions.settings).await?;
            actions.start_draft(tx, viewer.person_id, Seed::default()).await
        });
        Ok(self.tell_started(draft.await?))
    }

    /// Whether this person may begin groups.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] for guests, and for those whom the company does not let.
    pub async fn check_may_start(&self, viewer: &Viewer) -> Result<()> {
        policy::may_start(&mut self.store.read().await?, viewer, &self.settings).await
    }

    /// Begins a draft with the people and the topic of a thread this person takes part in, and with the text and the
    /// files of the newest mail that they have a part in.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person does not take part, [`ActionError::Invalid`] for guests and when there
    /// are too many people.
    pub async fn start_draft_from_thread(&self, viewer: &Viewer, thread: ThreadId) -> Result<DraftId> {
        let mut tx = self.store.read().await?;
        let page = access::thread(&mut tx, viewer.person_id, thread).await?;
        policy::may_start(&mut tx, viewer, &self.settings).await?;
        let participants = store::threads::participants(&mut tx, thread).await?;
        check_size(&participants)?;
        let last = store::ledger::last_of_thread(&mut tx, thread, NEWEST).await?;
        drop(tx);
        let mut seed = Seed { topic: page.topic, participants, thread: Some(thread), ..Seed::default() };
        if let Some(parsed) = self.newest_for(viewer, last).await? {
            seed.files = self.store_mail_files(&parsed.files).await?;
            seed.opening = self.opening(&parsed);
        }
        let (actions, owner) = (self.clone(), viewer.person_id);
        let draft = self.store.write(async move |tx| actions.start_draft(tx, owner, seed).await).await?;
        Ok(self.tell_started(draft))
    }

    /// The newest of these mails that this person has a part in, or brought here. In a thread out of somebody's mailbox
    /// there are mails between others alone, which are no business of everybody in it.
    async fn newest_for(&self, viewer: &Viewer, mails: Vec<StoredMail>) -> Result<Option<IncomingMail>> {
        let own = self.own_addresses(viewer).await?;
        let brought = [format!("upload:{}", viewer.person_id), format!("mailbox:{}", viewer.person_id)];
        for mail in mails {
            let Some(raw) = self.files.read(&mail.digest).await? else { continue };
            let Ok(parsed) = parse_off_thread(raw).await? else { continue };
            let people = self.participants_of(&parsed, None);
            if brought.contains(&mail.entry.source) || people.iter().any(|one| own.contains(&one.address)) {
                return Ok(Some(parsed));
            }
        }
        Ok(None)
    }

    /// Begins a draft from mails that were dropped on the page: one, or several of a thread.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] with the reason when one of them is no mail, is too large, or there are too many.
    pub async fn start_draft_from_mails(&self, viewer: &Viewer, raws: Vec<Vec<u8>>) -> Result<DraftId> {
        if raws.is_empty() {
            return Err(ActionError::invalid("mails", Problem::Empty));
        }
        if raws.len() > MOST_MAILS {
            return Err(ActionError::invalid("mails", Problem::TooMany { limit: MOST_MAILS }));
        }
        self.check_may_start(viewer).await?;
        let mut arrived = Vec::with_capacity(raws.len());
        for raw in raws {
            arrived.push(self.take_dropped(raw).await?);
        }
        self.retain_others_words(&mut arrived);
        if arrived.is_empty() {
            return Err(ActionError::invalid("mails", Problem::OwnLetter));
        }
        arrived.sort_by_key(|a| a.at);
        let seed = self.seed_of_dropped(&arrived).await?;
        let (actions, owner) = (self.clone(), viewer.person_id);
        let source = format!("upload:{owner}");
        let draft = self
            .store
            .write(async move |tx| {
                let mut seed = seed;
                for mail in &arrived {
                    seed.thread = Some(actions.file_dropped(tx, mail, &source).await?);
                }
                actions.start_draft(tx, owner, seed).await
            })
            .await?;
        Ok(self.tell_started(draft))
    }

    /// Begins a draft from a thread of this person's own mailbox, unless they have one or a group of it; and how many mails
    /// could not be opened.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when none can be used, or there are too many people.
    pub(in super::super) async fn begin_from_mailbox(
        &self,
        viewer: &Viewer,
        raws: Vec<Vec<u8>>,
    ) -> Result<(Known, usize)> {
        let mut arrived = Vec::with_capacity(raws.len());
        let mut unopened = 0;
        for raw in raws {
            match self.take_dropped(raw).await {
                Ok(one) => arrived.push(one),
                Err(ActionError::Invalid { .. }) => unopened += 1,
                Err(error) => return Err(error),
            }
        }
        self.retain_others_words(&mut arrived);
        if arrived.is_empty() {
            return Err(ActionError::invalid("mails", Problem::OwnLetter));
        }
        arrived.sort_by_key(|a| a.at);
        let seed = self.seed_of_dropped(&arrived).await?;
        let (actions, viewer) = (self.clone(), viewer.clone());
        let source = format!("mailbox:{}", viewer.person_id);
        let begun = self.store.write(async move |tx| {
            let mut seed = seed;
            // Pressed twice at the same moment, it is one draft.
            store::own_mailboxes::hold(tx, viewer.session_id).await?;
            for mail in &arrived {
                seed.thread = Some(actions.file_dropped(tx, mail, &source).await?);
            }
            if let Some(thread) = seed.thread {
                let became = store::own_mailboxes::became(tx, viewer.person_id, thread).await?;
                if let Some(known) = became.as_ref().and_then(own_mailbox::known) {
                    return Ok(Err(known));
                }
            }
            Ok::<_, ActionError>(Ok(actions.start_draft(tx, viewer.person_id, seed).await?))
        });
        Ok((
            begun.await?.map_or_else(|known| known, |draft| Known::Draft(self.tell_started(draft))),
            unopened,
        ))
    }

    /// A letter of ours among the mails of a thread says nothing new; alone it begins nothing.
    fn retain_others_words(&self, arrived: &mut Vec<Arrived>) {
        arrived.retain(|a| {
            !own_letters::is_own(&a.mail, &self.settings.mail)
                && !own_letters::hands_on_own(&a.mail, &self.settings)
        });
    }

    /// Takes mails into their threads without beginning a draft: threads that were there before mailmoot was.
    /// The thread of each mail, in their order.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] with the reason when one of them is no mail or too large; then none is taken.
    pub async fn file_mails(&self, raws: Vec<Vec<u8>>, source: &str) -> Result<Vec<ThreadId>> {
        let mut arrived = Vec::with_capacity(raws.len());
        for raw in raws {
            arrived.push(self.take_dropped(raw).await?);
        }
        let (actions, source) = (self.clone(), source.to_owned());
        self.store
            .write(async move |tx| {
                let mut threads = Vec::with_capacity(arrived.len());
                for mail in &arrived {
                    threads.push(actions.file_dropped(tx, mail, &source).await?);
                }
                Ok::<_, ActionError>(threads)
            })
            .await
    }

    async fn take_dropped(&self, raw: Vec<u8>) -> Result<Arrived> {
        let limit = self.settings.mail.max_size;
        if raw.len() as u64 > limit {
            return Err(ActionError::invalid("mails", Problem::TooLarge { limit }));
        }
        let contents = self.files.put(&raw).await?;
        let parsed = parse_off_thread(raw).await?;
        let mail = parsed.map_err(|e| ActionError::invalid("mails", Problem::NotAMail { why: e.why }))?;
        let at = mail.date.unwrap_or_else(|| self.clock.now());
        Ok(Arrived {
            id: self.clock.new_id(),
            mail,
            digest: contents.digest,
            size: contents.size,
            at,
            routed: Routed::default(),
            proof: None,
        })
    }

    /// People of all the mails (and of the mail inside, where one was forwarded), topic of the first, text of the last.
    async fn seed_of_dropped(&self, arrived: &[Arrived]) -> Result<Seed> {
        let (Some(first), Some(last)) = (arrived.first(), arrived.last()) else { return Ok(Seed::default()) };
        let people: Vec<_> = arrived.iter().map(|a| MailFacts::of(&a.mail, &a.digest).people).collect();
        let mut participants = threading::participants(people.iter(), |a| self.settings.mail.owns(a));
        if arrived.len() == 1 {
            participants = self.participants_of(&first.mail, None);
        }
        check_size(&participants)?;
        Ok(Seed {
            topic: topic_of(&first.mail),
            opening: self.opening(&last.mail),
            participants,
            files: self.store_mail_files(&last.mail.files).await?,
            ..Seed::default()
        })
    }

    /// A dropped mail gets its line in the ledger and its thread, like one that came by mail.
    async fn file_dropped(&self, tx: &mut Tx, arrived: &Arrived, source: &str) -> Result<ThreadId> {
        if let Some(thread) = store::ledger::find_thread_by_digest(tx, &arrived.digest).await? {
            return Ok(thread);
        }
        self.enter(tx, arrived, source).await?;
        let placed = threads::Placed { mail: &arrived.mail, digest: arrived.digest, at: arrived.at };
        let thread = threads::place(tx, &self.clock, &self.settings.mail, placed).await?;
        self.note_thread(tx, arrived, thread).await?;
        Ok(thread)
    }

    /// What a discussion begins with, without the secrets of who sent it.
    pub(in super::super) fn opening(&self, mail: &IncomingMail) -> String {
        self.redacted(&opening_of(mail))
    }

    /// Everybody a mail is about: those of the mail inside where it forwards one, and its sender in any case.
    pub(in super::super) fn participants_of(
        &self,
        mail: &IncomingMail,
        digest: Option<crate::domain::digest::Digest>,
    ) -> Vec<Participant> {
        let digest = digest.unwrap_or_else(|| crate::domain::digest::Digest::of(b""));
        let is_own = |a: &EmailAddress| self.settings.mail.owns(a);
        let mut people = Vec::new();
        match mail.handed_on() {
            Some(inner) => {
                let outer = MailFacts::of(mail, &digest).people;
                people.push(threading::People { from: outer.from, ..threading::People::default() });
                match &inner.attached {
                    Some(attached) => people.push(MailFacts::of(attached, &digest).people),
                    None => people.push(threading::People {
                        from: inner.from.iter().cloned().collect(),
                        to: inner.to.clone(),
                        cc: inner.cc.clone(),
                        reply_to: Vec::new(),
                    }),
                }
            }
            None => people.push(MailFacts::of(mail, &digest).people),
        }
        threading::participants(people.iter(), is_own)
    }

    /// Adds a draft with its members and files; those we do not know yet are learnt. A fixed number of statements.
    pub(in super::super) async fn start_draft(
        &self,
        tx: &mut Tx,
        owner: PersonId,
        seed: Seed,
    ) -> Result<Draft> {
        let now = self.clock.now();
        let draft = Draft {
            id: self.clock.new_id(),
            owner,
            topic: Topic::from_subject(&seed.topic).map_or(String::new(), |t| t.as_str().to_owned()),
            opening: seed.opening,
            thread_id: seed.thread,
            parent_id: seed.parent,
            state: DraftState::Open,
            group_id: None,
            version: 1,
            lease: None,
            created_at: now,
            updated_at: now,
        };
        store::drafts::insert(tx, &draft, seed.mail).await?;
        let (participants, lists) = without_lists(tx, seed.participants).await?;
        store::directory_lists::add_to_draft(tx, draft.id, &lists).await?;
        let learnt = people::learn(tx, &self.clock, &participants, now).await?;
        let mut members: Vec<DraftMember> =
            learnt.into_iter().map(|(person_id, p)| DraftMember { person_id, seen: p.seen }).collect();
        let known =
            seed.members.into_iter().map(|person_id| DraftMember { person_id, seen: Seen::default() });
        members.extend(known);
        if !members.iter().any(|m| m.person_id == owner) {
            members.insert(0, DraftMember { person_id: owner, seen: Seen::default() });
        }
        store::drafts::add_members(tx, draft.id, &members).await?;
        store::files::insert(tx, &seed.files).await?;
        let files: Vec<FileId> = seed.files.iter().map(|f| f.file.id).collect();
        store::files::add_to_draft(tx, draft.id, &files, 0).await?;
        Ok(draft)
    }

    /// After the commit: the draft stands in its owner's list.
    pub(in super::super) fn tell_started(&self, draft: Draft) -> DraftId {
        self.tell_list(&draft, draft.created_at);
        draft.id
    }
}

/// The subject of the mail inside, where one was forwarded.
pub(in super::super) fn topic_of(mail: &IncomingMail) -> String {
    match mail.handed_on() {
        Some(inner) => inner.attached.as_ref().map_or_else(
            || crate::mail::base_subject::base_subject(&inner.subject),
            |attached| attached.base_subject.clone(),
        ),
        None => mail.base_subject.clone(),
    }
}

/// What a discussion begins with: the text of the mail inside, after what its forwarder wrote.
fn opening_of(mail: &IncomingMail) -> String {
    let own = own_words(mail);
    let inner = mail.handed_on().map(|f| match &f.attached {
        Some(attached) => attached.text.new_text.trim().to_owned(),
        // What the mail inside quotes is in the mail itself.
        None => reply::split(&f.text, "").new_text.trim().to_owned(),
    });
    match inner {
        Some(inner) if own.is_empty() => inner,
        Some(inner) => format!("{own}\n\n{inner}"),
        None => own.to_owned(),
    }
}

/// What a forwarder wrote above the mail that is handed on. Without a word of their own the whole mail counts as typed
/// (nothing may be hidden), and that is the mail inside.
pub(in super::super) fn own_words(mail: &IncomingMail) -> &str {
    let is_inline = mail.handed_on().is_some_and(|f| f.attached.is_none());
    if is_inline && mail.text.quotation.is_empty() { "" } else { mail.text.new_text.trim() }
}

/// Those who are people, and the lists among them: a list's address is nobody's.
async fn without_lists(
    tx: &mut Tx,
    mut participants: Vec<Participant>,
) -> Result<(Vec<Participant>, Vec<ListId>)> {
    let addresses: Vec<EmailAddress> = participants.iter().map(|one| one.address.clone()).collect();
    let found = store::directory_lists::find_by_addresses(tx, &addresses).await?;
    participants.retain(|one| !found.iter().any(|(key, _)| key == one.address.key()));
    let mut lists: Vec<ListId> = found.into_iter().map(|(_, list)| list).collect();
    lists.sort_unstable();
    lists.dedup();
    Ok((participants, lists))
}

/// Before anything is written: everybody else waits for a transaction of thousands.
fn check_size(participants: &[Participant]) -> Result<()> {
    if participants.len() > MOST_MEMBERS {
        return Err(ActionError::invalid("mails", Problem::TooManyPeople { limit: MOST_MEMBERS }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::opening_of;
    use crate::mail::parse::parse;

    #[test]
    fn a_mail_forwarded_without_a_word_opens_with_the_inner_text_alone() {
        let head = "From: Anna <anna@corp.example>\r\nTo: moot@corp.example\r\nSubject: Fwd: Lunch\r\n\r\n";
        let inner = "---------- Forwarded message ---------\r\nFrom: Bo <bo@corp.example>\r\n\
            Date: Fri, 20 Nov 2026 at 10:02\r\nSubject: Lunch\r\nTo: Anna <anna@corp.example>\r\n\r\nAt noon?\r\n";
        let silent = parse(format!("{head}{inner}").as_bytes()).unwrap();
        assert_eq!(opening_of(&silent), "At noon?");
        let spoken = parse(format!("{head}Who comes along?\r\n\r\n{inner}").as_bytes()).unwrap();
        assert_eq!(opening_of(&spoken), "Who comes along?\n\nAt noon?");
    }
}
