//! A copy of all that is said, as mails in a folder of an IMAP server, for those who have to keep it. What is there stays
//! there: an edit is one more mail, and what is removed or deleted here is not taken out.

mod letters;

use self::letters::{ArchiveMail, Wish};
use super::exports::gather::{Gathered, Head, Span};
use super::{ActionError, Actions, Result};
use crate::domain::ids::GroupId;
use crate::domain::job::Job;
use crate::domain::message::Message;
use crate::store;
use crate::store::archive::Archived;
use crate::transport::imap::{ImapAccount, ImapError, ImapSession};

/// Groups that are looked at in one go.
const GROUPS: i64 = 20;
/// Messages of one group that are put there in one go: other work of the lane comes between.
const BATCH: i64 = 50;
/// The way out, as its troubles are noted.
pub(crate) const ARCHIVE: &str = "archive";

/// Why the archive stands still.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Server(#[from] ImapError),
    #[error(transparent)]
    Ours(#[from] ActionError),
}

impl From<store::StoreError> for Stop {
    fn from(error: store::StoreError) -> Self {
        Self::Ours(error.into())
    }
}

impl Actions {
    /// Puts what was said since into the archive, some of it; whether there is more. Nothing where there is no archive. May
    /// run twice and be cut off anywhere: each mail is there once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer. A server that does not is noted for the admins and
    /// asked again later.
    pub async fn archive_some(&self) -> Result<bool> {
        let Some(account) = &self.archive else { return Ok(false) };
        let behind = store::archive::list_behind(&mut self.store.read().await?, GROUPS).await?;
        if behind.is_empty() {
            return Ok(false);
        }
        match self.archive_groups(account, &behind).await {
            Ok(more) => {
                self.note_outlet(ARCHIVE, None).await?;
                Ok(more)
            }
            Err(Stop::Ours(error @ ActionError::Unavailable(_))) => Err(error),
            Err(error) => {
                tracing::warn!(error = %error, "Nothing can be archived now; trying again.");
                self.note_outlet(ARCHIVE, Some(&error.to_string())).await?;
                Ok(false)
            }
        }
    }

    async fn archive_groups(
        &self,
        account: &ImapAccount,
        behind: &[Archived],
    ) -> std::result::Result<bool, Stop> {
        let mut session = account.connect().await?;
        session.select().await?;
        let mut more = behind.len() >= usize::try_from(GROUPS).unwrap_or(usize::MAX);
        let mut refused = None;
        for archived in behind {
            match self.archive_group(&mut session, *archived).await {
                Ok(unfinished) => more |= unfinished,
                // The others have their turn all the same.
                Err(stop @ Stop::Server(ImapError::Refused { .. })) => refused = Some(stop),
                Err(stop) => return Err(stop),
            }
        }
        session.log_out().await;
        refused.map_or(Ok(more), Err)
    }

    /// First the edits of what is there, then what is new; whether there is more.
    async fn archive_group(
        &self,
        session: &mut ImapSession,
        mut archived: Archived,
    ) -> std::result::Result<bool, Stop> {
        let id = archived.group_id;
        let mut tx = self.store.read().await?;
        let Some(group) = store::groups::find(&mut tx, id).await? else { return Ok(false) };
        let language = self.settings.mail.language;
        let span = Span { group: id, first: 1, last: group.last_seq, language };
        let head = self.head_of(&mut tx, span, self.settings.mail.zone).await?;
        let changed =
            store::messages::list_changed_after(&mut tx, (id, 1), archived.last_change, BATCH).await?;
        drop(tx);
        let all_changes = changed.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
        let to_change = if all_changes { group.last_change } else { last_change(&changed) };
        let edited = changed.into_iter().filter(|one| {
            one.seq <= archived.last_seq && one.trace.edited_at.is_some() && one.trace.removed.is_none()
        });
        for gathered in self.gather_these(span, &head, edited.collect()).await? {
            self.archive_edition(session, &head, &gathered).await?;
        }
        archived.last_change = to_change;
        let new = self.gather(span, &head, (archived.last_seq, BATCH)).await?;
        let to_seq = new.last().map_or(archived.last_seq, |one| one.record.number);
        let tried = archived.tried_seq;
        archived.tried_seq = to_seq.max(tried);
        self.note_archived(archived).await?;
        for gathered in &new {
            self.archive_one(session, (id, &head), gathered, gathered.record.number <= tried).await?;
        }
        archived.last_seq = to_seq;
        self.note_archived(archived).await?;
        Ok(!all_changes || to_seq < group.last_seq)
    }

    /// A message; one of which it is not sure whether it is there is looked for first.
    async fn archive_one(
        &self,
        session: &mut ImapSession,
        (group, head): (GroupId, &Head),
        gathered: &Gathered,
        unsure: bool,
    ) -> std::result::Result<(), Stop> {
        let answered = match gathered.record.answers {
            Some(seq) => store::messages::list_at(&mut self.store.read().await?, group, &[seq]).await?,
            None => Vec::new(),
        };
        let answered = answered.iter().map(|message| message.id).collect();
        let mail = self.archive_mail(head, gathered, Wish::new(answered, None)).await?;
        if unsure && session.holds(&mail.message_id).await? {
            // It may have been edited since it was put there, by a run that was cut off.
            return self.archive_edition(session, head, gathered).await;
        }
        self.put(session, head, gathered, mail).await
    }

    /// What a message says since it was edited. Edits are few, so it is always looked for first.
    async fn archive_edition(
        &self,
        session: &mut ImapSession,
        head: &Head,
        gathered: &Gathered,
    ) -> std::result::Result<(), Stop> {
        let Some(at) = gathered.record.edited_at.filter(|_| gathered.record.removed.is_none()) else {
            return Ok(());
        };
        let mail = self.archive_mail(head, gathered, Wish::new(Vec::new(), Some(at))).await?;
        if session.holds(&mail.message_id).await? {
            return Ok(());
        }
        self.put(session, head, gathered, mail).await
    }

    /// A mail that the server refuses, most often for its size, is put there with its files named instead.
    async fn put(
        &self,
        session: &mut ImapSession,
        head: &Head,
        gathered: &Gathered,
        mail: ArchiveMail,
    ) -> std::result::Result<(), Stop> {
        match session.append(&mail.raw, mail.at).await {
            Err(error) if error.is_about_the_mail() && !gathered.record.files.is_empty() => {
                let without = self.archive_mail(head, gathered, mail.again_without_files()).await?;
                Ok(session.append(&without.raw, without.at).await?)
            }
            done => Ok(done?),
        }
    }

    /// Nobody else takes the job over meanwhile.
    async fn note_archived(&self, archived: Archived) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(async move |tx| {
                store::archive::put(tx, &archived).await?;
                Ok(store::jobs::keep(tx, &Job::Archive, now).await?)
            })
            .await
    }
}

/// The number of the last of these changes.
fn last_change(changed: &[Message]) -> i64 {
    changed.iter().map(|message| message.trace.changed).max().unwrap_or_default()
}
