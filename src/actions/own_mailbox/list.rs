//! The threads of a person's mailbox, as the mail server has them now: a bounded part, the newest first.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::{ActionError, Actions, MailboxProblem, Result, off_thread};
use super::{LONGEST_SEARCH, Trouble};
use crate::domain::digest::Digest;
use crate::domain::draft::DraftState;
use crate::domain::ids::{DraftId, GroupId};
use crate::domain::person::Viewer;
use crate::domain::thread::Participant;
use crate::domain::time::Timestamp;
use crate::mail::parse::head_of;
use crate::mail::threading::{self, BuiltThread, MailFacts};
use crate::store;
use crate::transport::imap::{FolderState, Head, ImapError, Mailbox, Wish};

/// A page waits so long for the mail server.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many older mails of the shown threads are looked at in each folder.
const OLDER: usize = 200;
/// Message-IDs of one thread by which it is recognised.
const RECOGNISED_BY: usize = 20;

/// What of the mailbox is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words in subject, names or addresses; empty for everything.
    pub words: String,
    /// 0 is the newest.
    pub page: u32,
}

/// A part of the threads of a mailbox, newest first.
#[derive(Clone, Debug, Default)]
pub struct MailboxPage {
    pub threads: Vec<MailboxThread>,
    /// Whether there is a page after this one.
    pub older: bool,
}

/// One thread of a mailbox.
#[derive(Clone, Debug)]
pub struct MailboxThread {
    pub topic: String,
    pub participants: Vec<Participant>,
    pub mails: usize,
    pub unread: usize,
    pub last_at: Option<Timestamp>,
    /// What makes a draft of it.
    pub chosen: Chosen,
    pub known: Option<Known>,
}

/// What a thread was made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Draft(DraftId),
    Group(GroupId),
}

/// The mails of a thread by where they are, as a form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen(pub Vec<Part>);

/// Mails of one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its place in the list of folders.
    pub folder: usize,
    pub uid_validity: u32,
    pub uids: Vec<u32>,
}

/// A mail of which only the header is known.
pub(super) struct Glimpse {
    pub folder: usize,
    pub uid_validity: u32,
    pub uid: u32,
    pub seen: bool,
    pub size: u64,
    pub facts: MailFacts,
}

impl Actions {
    /// The threads of the mailbox that is open in this session. Nothing of it is kept, and nothing in it is changed.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] with what is wrong with the mailbox.
    pub async fn list_mailbox(&self, viewer: &Viewer, wanted: &Wanted) -> Result<MailboxPage> {
        let (glimpses, older) = self
            .with_mailbox(viewer, PATIENCE, async |mut mailbox| {
                let looked = look(&mut mailbox, wanted).await?;
                mailbox.log_out().await;
                Ok(looked)
            })
            .await?;
        let mail = self.settings.mail.clone();
        let mut threads = off_thread(move || in_threads(&glimpses, |address| mail.owns(address))).await?;
        self.recognise(viewer, &mut threads).await?;
        Ok(MailboxPage { threads: threads.into_iter().map(|(thread, _)| thread).collect(), older })
    }

    /// Notes which of the threads are drafts or groups of this person's already.
    async fn recognise(&self, viewer: &Viewer, threads: &mut [(MailboxThread, Vec<String>)]) -> Result<()> {
        let keys: Vec<String> = threads.iter().flat_map(|(_, keys)| keys.iter().cloned()).collect();
        let mut tx = self.store.read().await?;
        let found = store::own_mailboxes::became_by_keys(&mut tx, viewer.person_id, &keys).await?;
        let found: HashMap<String, store::own_mailboxes::Became> = found.into_iter().collect();
        for (thread, keys) in threads {
            thread.known = keys.iter().find_map(|key| found.get(key)).and_then(known);
        }
        Ok(())
    }
}

pub(in super::super) fn known(became: &store::own_mailboxes::Became) -> Option<Known> {
    match became.state {
        DraftState::Open => Some(Known::Draft(became.draft_id)),
        DraftState::Confirmed => became.group_id.map(Known::Group),
        DraftState::Discarded => None,
    }
}

/// The mails of one page, of both folders, with those that the server knows to belong to them.
async fn look(mailbox: &mut Mailbox, wanted: &Wanted) -> std::result::Result<(Vec<Glimpse>, bool), Trouble> {
    let folders = mailbox.folders().await?;
    let words = words_of(&wanted.words);
    let mut all = Vec::new();
    let mut older = false;
    for (number, folder) in folders.iter().enumerate() {
        if number > 0 && all.is_empty() && wanted.page > 0 && words.is_empty() {
            // Beyond the oldest page.
            break;
        }
        let state = match mailbox.examine(folder).await {
            // What was sent is an addition; a folder that cannot be opened hides no mail that came.
            Err(ImapError::FolderMissing { .. }) if number > 0 => continue,
            other => other?,
        };
        let wish = if !words.is_empty() {
            Wish::Words { words: words.clone(), page: wanted.page }
        } else if number == 0 {
            Wish::Newest { page: wanted.page }
        } else {
            beside(&all, wanted.page, older)
        };
        let (uids, more) = mailbox.find(state, &wish).await?;
        // Pages are those of INBOX; words have pages in both folders.
        older |= more && (number == 0 || !words.is_empty());
        let uids = with_older(mailbox, state, uids).await?;
        let heads = mailbox.heads(&uids).await?;
        let place = (number, state.uid_validity);
        all.extend(off_thread(move || glimpses(place, heads)).await?);
    }
    Ok((all, older))
}

/// The own answers of the time that a page of INBOX covers.
fn beside(inbox: &[Glimpse], page: u32, older: bool) -> Wish {
    let dates = || inbox.iter().filter_map(|glimpse| glimpse.facts.date);
    Wish::Between { from: dates().min().filter(|_| older), until: dates().max().filter(|_| page > 0) }
}

/// Adds the other mails of these threads that the server knows.
async fn with_older(
    mailbox: &mut Mailbox,
    state: FolderState,
    mut uids: Vec<u32>,
) -> std::result::Result<Vec<u32>, ImapError> {
    if uids.is_empty() {
        return Ok(uids);
    }
    let shown: BTreeSet<u32> = uids.iter().copied().collect();
    let threads = mailbox.threads(state).await?;
    let more = threads.into_iter().filter(|thread| thread.iter().any(|uid| shown.contains(uid))).flatten();
    uids.extend(more.filter(|uid| !shown.contains(uid)).take(OLDER));
    uids.sort_unstable();
    uids.dedup();
    Ok(uids)
}

fn words_of(text: &str) -> Vec<String> {
    let cut: String =
        text.chars().filter(|c| !matches!(c, '\0' | '\r' | '\n')).take(LONGEST_SEARCH).collect();
    cut.split_whitespace().map(str::to_owned).collect()
}

/// What the headers tell; one that cannot be read at all is no mail that could be shown.
pub(super) fn glimpses((folder, uid_validity): (usize, u32), heads: Vec<Head>) -> Vec<Glimpse> {
    let glimpse = |head: Head| {
        let mail = head_of(&head.header)?;
        let facts = MailFacts::of(&mail, &Digest::of(&head.header));
        Some(Glimpse { folder, uid_validity, uid: head.uid, seen: head.seen, size: head.size, facts })
    };
    heads.into_iter().filter_map(glimpse).collect()
}

/// The threads, newest first, and the keys by which each is recognised.
fn in_threads(
    glimpses: &[Glimpse],
    is_own: impl Fn(&crate::domain::address::EmailAddress) -> bool,
) -> Vec<(MailboxThread, Vec<String>)> {
    let facts: Vec<MailFacts> = glimpses.iter().map(|glimpse| glimpse.facts.clone()).collect();
    let mut by_id: HashMap<&str, Vec<&Glimpse>> = HashMap::new();
    for glimpse in glimpses {
        by_id.entry(&glimpse.facts.id).or_default().push(glimpse);
    }
    let built = threading::build_threads(&facts, is_own);
    let mut threads: Vec<_> = built
        .into_iter()
        .map(|thread| {
            let ids: BTreeSet<&str> = thread.mails.iter().map(String::as_str).collect();
            let mails: Vec<&Glimpse> = ids.iter().filter_map(|id| by_id.get(id)).flatten().copied().collect();
            let keys = ids.iter().take(RECOGNISED_BY).map(|id| threading::id_key(id)).collect();
            (shown(thread, &mails), keys)
        })
        .collect();
    threads.sort_by_key(|(thread, _)| std::cmp::Reverse(thread.last_at));
    threads
}

fn shown(thread: BuiltThread, mails: &[&Glimpse]) -> MailboxThread {
    let mut parts: BTreeMap<(usize, u32), Vec<u32>> = BTreeMap::new();
    for mail in mails {
        parts.entry((mail.folder, mail.uid_validity)).or_default().push(mail.uid);
    }
    let part = |((folder, uid_validity), uids)| Part { folder, uid_validity, uids };
    MailboxThread {
        topic: thread.topic,
        participants: thread.participants,
        mails: thread.mails.len(),
        unread: mails.iter().filter(|mail| mail.folder == 0 && !mail.seen).count(),
        last_at: mails.iter().filter_map(|mail| mail.facts.date).max(),
        chosen: Chosen(parts.into_iter().map(part).collect()),
        known: None,
    }
}

impl Chosen {
    /// How a form carries it.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a form sent.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] for what is no choice, or one of nothing.
    pub fn of(text: &str) -> Result<Self> {
        let chosen: Self =
            serde_json::from_str(text).map_err(|_| super::problem(MailboxProblem::Outdated))?;
        let count: usize = chosen.0.iter().map(|part| part.uids.len()).sum();
        if count == 0 || count > super::take::MOST_CHOSEN {
            return Err(ActionError::invalid("mailbox", super::Problem::Mailbox(MailboxProblem::Outdated)));
        }
        Ok(chosen)
    }
}
