//! A thread of a person's mailbox becomes a draft, as if its mails had been dropped on the page.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use super::super::{Actions, MailboxProblem, Result, off_thread};
use super::list::{Chosen, Glimpse, Known, Part, glimpses};
use super::{Trouble, problem};
use crate::domain::person::Viewer;
use crate::mail::threading::{self, MailFacts};
use crate::transport::imap::{FolderState, ImapError, Mailbox, Wish};

/// Fetching may take longer than looking.
const PATIENCE: Duration = Duration::from_secs(120);
/// Of one thread; of longer ones the newest are taken.
const MOST_MAILS: usize = 200;
/// Of one thread, in bytes.
const MOST_BYTES: u64 = 50_000_000;
/// In one form: no list shows more of a thread.
pub(super) const MOST_CHOSEN: usize = 800;
/// Beginnings of the thread by which its other mails are searched.
const MOST_ROOTS: usize = 5;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub known: Known,
    /// Mails of the thread that are too large, too many, or none that can be opened.
    pub left_out: usize,
}

impl Actions {
    /// Fetches a thread of the open mailbox and begins a draft with it; again the same draft, or the group that was made of
    /// it, when it was done before.
    ///
    /// # Errors
    /// [`super::ActionError::Invalid`] with what is wrong with the mailbox, for guests, and when there are too many people.
    pub async fn take_from_mailbox(&self, viewer: &Viewer, chosen: &Chosen) -> Result<Taken> {
        self.check_may_start(viewer).await?;
        let max_size = self.settings.mail.max_size;
        let (raws, mut left_out) = self
            .with_mailbox(viewer, PATIENCE, async |mut mailbox| {
                let fetched = fetch(&mut mailbox, chosen, max_size).await?;
                mailbox.log_out().await;
                Ok(fetched)
            })
            .await?;
        if raws.is_empty() {
            return Err(problem(MailboxProblem::NothingLeft));
        }
        let (known, unopened) = self.begin_from_mailbox(viewer, raws).await?;
        left_out += unopened;
        Ok(Taken { known, left_out })
    }
}

/// The mails of the thread, and how many of it were left out.
async fn fetch(
    mailbox: &mut Mailbox,
    chosen: &Chosen,
    max_size: u64,
) -> std::result::Result<(Vec<Vec<u8>>, usize), Trouble> {
    let folders = mailbox.folders().await?;
    let mut all: Vec<Glimpse> = Vec::new();
    for part in &chosen.0 {
        let folder = folders.get(part.folder).ok_or(Trouble::Problem(MailboxProblem::Outdated))?;
        let state = mailbox.examine(folder).await?;
        if state.uid_validity != part.uid_validity {
            return Err(Trouble::Problem(MailboxProblem::Outdated));
        }
        let heads = mailbox.heads(&part.uids).await?;
        let place = (part.folder, part.uid_validity);
        all.extend(off_thread(move || glimpses(place, heads)).await?);
    }
    let wanted: HashSet<String> = all.iter().map(|glimpse| glimpse.facts.id.clone()).collect();
    complete(mailbox, &folders, &mut all).await?;
    let thread = of_thread(all, &wanted);
    let (parts, left_out) = within_limits(thread, max_size);
    let mut raws = Vec::new();
    let mut missing = left_out;
    for part in parts {
        let Some(folder) = folders.get(part.folder) else { continue };
        mailbox.examine(folder).await?;
        let mails = mailbox.fetch(&part.uids).await?;
        missing += part.uids.len().saturating_sub(mails.len());
        for mail in mails {
            if mail.too_large.is_some() { missing += 1 } else { raws.push(mail.raw) }
        }
    }
    Ok((raws, missing))
}

/// Adds the mails that name the same beginning, however old they are.
async fn complete(
    mailbox: &mut Mailbox,
    folders: &[String],
    all: &mut Vec<Glimpse>,
) -> std::result::Result<(), Trouble> {
    let roots = roots(all);
    for (number, folder) in folders.iter().enumerate() {
        let state: FolderState = match mailbox.examine(folder).await {
            Err(ImapError::FolderMissing { .. }) if number > 0 => continue,
            other => other?,
        };
        let found = match mailbox.find(state, &Wish::Ids(roots.clone())).await {
            Ok((found, _)) => found,
            // A server that searches no headers: what the list showed is taken.
            Err(ImapError::Refused { .. }) => continue,
            Err(error) => return Err(error.into()),
        };
        let there: BTreeSet<u32> =
            all.iter().filter(|glimpse| glimpse.folder == number).map(|glimpse| glimpse.uid).collect();
        let new: Vec<u32> = found.into_iter().filter(|uid| !there.contains(uid)).collect();
        let heads = mailbox.heads(&new).await?;
        let place = (number, state.uid_validity);
        all.extend(off_thread(move || glimpses(place, heads)).await?);
    }
    Ok(())
}

fn roots(all: &[Glimpse]) -> Vec<String> {
    let root = |facts: &MailFacts| {
        let first = facts.references.first().or(facts.in_reply_to.first());
        first.unwrap_or(&facts.id).clone()
    };
    let distinct: BTreeSet<String> = all.iter().map(|glimpse| root(&glimpse.facts)).collect();
    distinct.into_iter().take(MOST_ROOTS).collect()
}

/// Those that belong to the wanted mails, once each, newest first. Old mails that were answered for a new matter do not.
fn of_thread(all: Vec<Glimpse>, wanted: &HashSet<String>) -> Vec<Glimpse> {
    let facts: Vec<MailFacts> = all.iter().map(|glimpse| glimpse.facts.clone()).collect();
    let mut ids: HashSet<String> = threading::build_threads(&facts, |_| false)
        .into_iter()
        .filter(|thread| thread.mails.iter().any(|id| wanted.contains(id)))
        .flat_map(|thread| thread.mails)
        .collect();
    let mut thread: Vec<Glimpse> = all.into_iter().filter(|glimpse| ids.remove(&glimpse.facts.id)).collect();
    thread.sort_by_key(|glimpse| std::cmp::Reverse(glimpse.facts.date));
    thread
}

/// What is fetched, by folder, and how many mails are not.
fn within_limits(thread: Vec<Glimpse>, max_size: u64) -> (Vec<Part>, usize) {
    let (mut parts, mut bytes, mut taken, mut left_out): (Vec<Part>, u64, usize, usize) =
        (Vec::new(), 0, 0, 0);
    for glimpse in thread {
        if glimpse.size > max_size || bytes + glimpse.size > MOST_BYTES || taken == MOST_MAILS {
            left_out += 1;
            continue;
        }
        bytes += glimpse.size;
        taken += 1;
        match parts.iter_mut().find(|part| part.folder == glimpse.folder) {
            Some(part) => part.uids.push(glimpse.uid),
            None => parts.push(Part {
                folder: glimpse.folder,
                uid_validity: glimpse.uid_validity,
                uids: vec![glimpse.uid],
            }),
        }
    }
    // Sets are written in ascending order.
    parts.iter_mut().for_each(|part| part.uids.sort_unstable());
    (parts, left_out)
}
