//! Files: taking them in, handing them out.

use std::time::Duration;

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::file::{File, FileName};
use crate::domain::ids::{FileId, GroupId, PersonId};
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::files::{Contents, Upload};
use crate::mail::incoming::IncomingFile;
use crate::mail::own_letters;
use crate::mail::parse::head_of;
use crate::store::files::StoredFile;
use crate::store::files::removed::{self, Noted};
use crate::store::{self, Tx};

/// A file that may be sent to somebody.
#[derive(Debug)]
pub struct OpenFile {
    pub file: File,
    /// 64 hexadecimal digits; the same contents have the same.
    pub digest: String,
    pub contents: tokio::fs::File,
}

/// How long a file may wait for the message that names it.
const WAITS: Duration = Duration::from_secs(24 * 3600);
/// Nobody takes away what a message may be about to name.
const MARGIN: Duration = Duration::from_secs(3600);
/// A person's files that wait may be as large together as so many of the largest ones.
const WAITING: u64 = 10;
/// How many files are forgotten at once.
const BATCH: i64 = 100;
/// How many contents are looked at in one hour.
const MOST_REMOVED: i64 = 10_000;

impl Actions {
    /// Begins to take a file for a group of this person's. Write the bytes into it, then [`Actions::finish_upload`].
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Invalid`] when too much of theirs waits
    /// already; too large a file fails as soon as it is.
    pub async fn begin_upload(&self, viewer: &Viewer, group: GroupId) -> Result<Upload> {
        let mut tx = self.store.read().await?;
        access::group(&mut tx, viewer.person_id, group).await?;
        self.check_room(&mut tx, viewer.person_id, 1).await?;
        drop(tx);
        Ok(self.files.begin(self.settings.limits.file_size).await?)
    }

    /// Whether this person may bring so many more bytes before sending what they have brought and begun to bring.
    pub(super) async fn check_room(&self, tx: &mut Tx, person: PersonId, more: u64) -> Result<()> {
        let limit = self.settings.limits.file_size.saturating_mul(WAITING);
        let (_, under_way) = store::uploads::under_way(tx, person).await?;
        let waiting = store::files::unused_size(tx, person).await?.saturating_add(under_way);
        if u64::try_from(waiting).unwrap_or(0).saturating_add(more) > limit {
            return Err(ActionError::invalid("file", Problem::TooMuchWaits { limit }));
        }
        Ok(())
    }

    /// Whether files of such a name, that begin so, are taken: a program under another name is a program.
    pub(super) fn check_kind(&self, name: &FileName, head: &[u8]) -> Result<()> {
        let by_contents = infer::get(head).map_or("", |kind| kind.extension());
        for ending in [name.ending().as_str(), by_contents] {
            if self.settings.files.forbids(ending) {
                return Err(ActionError::invalid(
                    "file",
                    Problem::ForbiddenFile { ending: ending.to_owned() },
                ));
            }
        }
        Ok(())
    }

    /// Keeps an uploaded file for a message of this person's in the group, for a day.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when too much of this person's waits already, when it is empty or of a forbidden kind,
    /// [`ActionError::Internal`] when the disk fails.
    pub async fn finish_upload(
        &self,
        viewer: &Viewer,
        group: GroupId,
        upload: Upload,
        name: &str,
    ) -> Result<File> {
        let size = upload.size();
        self.check_room(&mut self.store.read().await?, viewer.person_id, size).await?;
        let stored = self.keep_upload(upload, FileName::cleaned(name, "file"), viewer.person_id).await?;
        let (file, now, person) = (stored.file.clone(), self.clock.now(), viewer.person_id);
        let (actions, contents) = (self.clone(), stored.digest);
        let added = self
            .store
            .write(async move |tx| {
                access::group(tx, person, group).await?;
                store::persons::hold(tx, person).await?;
                actions.check_room(tx, person, size).await?;
                store::files::insert(tx, std::slice::from_ref(&stored)).await?;
                store::files::add_upload(tx, stored.file.id, group, now).await?;
                Ok::<_, ActionError>(())
            })
            .await;
        if added.is_err() {
            self.store.write(async move |tx| removed::note(tx, vec![contents], now).await).await?;
        }
        added.map(|()| file)
    }

    /// Stores what somebody brought; its row is still to be added.
    pub(super) async fn keep_upload(
        &self,
        upload: Upload,
        name: FileName,
        person: PersonId,
    ) -> Result<StoredFile> {
        if upload.size() == 0 {
            return Err(ActionError::invalid("file", Problem::EmptyFile));
        }
        self.check_kind(&name, upload.head())?;
        let contents = upload.finish_file().await?;
        Ok(self.named(&contents, name, Some(person)))
    }

    /// Forgets uploads that were not finished and files that no message has named within a day, and contents where
    /// nothing else has the same.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] or [`ActionError::Internal`] when it can't be done now; it goes on the next time.
    pub async fn clear_unused_files(&self) -> Result<()> {
        let before = self.clock.now() - (WAITS + MARGIN);
        self.clear_old_uploads(before).await?;
        self.forget_contents(MOST_REMOVED).await?;
        loop {
            let unused = store::files::list_unused(&mut self.store.read().await?, before, BATCH).await?;
            if unused.is_empty() {
                break;
            }
            for file in unused {
                self.forget_unused(file, before).await?;
            }
        }
        Ok(self.files.clear_broken_off(before).await?)
    }

    /// The row goes last: if we are interrupted, the next time finds it again. Whoever brings the same contents
    /// meanwhile has marked them as new before adding a row, so that they stay.
    async fn forget_unused(&self, unused: StoredFile, before: Timestamp) -> Result<()> {
        if !store::files::is_shared(&mut self.store.read().await?, &unused).await? {
            self.files.remove(&unused.digest, before).await?;
        }
        let id = unused.file.id;
        Ok(self.store.write(async move |tx| store::files::delete_unused(tx, id).await).await?)
    }

    /// Takes away contents whose last file was removed ([`store::files::detach_message`]), after the commit of whatever
    /// removed it. What can't be taken away now goes within an hour or two: contents that somebody has just brought stay
    /// until it is sure that nobody uses them.
    pub(super) async fn forget_files(&self) {
        if let Err(error) = self.forget_contents(BATCH).await {
            tracing::warn!(error = %error, "Contents of removed files stay for now.");
        }
    }

    /// Whoever brings the same contents meanwhile has marked them as new before adding a row, so that they stay.
    async fn forget_contents(&self, limit: i64) -> Result<()> {
        let before = self.clock.now() - MARGIN;
        let mut done = Vec::new();
        for Noted { contents, is_used } in removed::list(&mut self.store.read().await?, limit).await? {
            if is_used || self.files.remove(&contents, before).await? || !self.files.has(&contents).await? {
                done.push(contents);
            }
        }
        Ok(self.store.write(async move |tx| removed::done(tx, &done).await).await?)
    }

    /// Opens a file for somebody who may see it.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not there or not for them.
    pub async fn open_file(&self, viewer: &Viewer, id: FileId) -> Result<OpenFile> {
        let stored = access::file(&mut self.store.read().await?, self.asks(viewer), id).await?;
        let contents = self.files.open(&stored.digest).await?.ok_or(ActionError::NotFound)?;
        Ok(OpenFile { file: stored.file, digest: stored.digest.hex(), contents })
    }

    /// Stores the contents of a mail's files. Their rows are added by whoever uses them. A letter of ours among them is
    /// left out: it holds its receiver's personal link.
    pub(super) async fn store_mail_files(&self, files: &[IncomingFile]) -> Result<Vec<StoredFile>> {
        let mut stored = Vec::with_capacity(files.len());
        for file in files.iter().filter(|file| !self.is_own_letter(file)) {
            let contents = self.files.put_file(file.bytes.clone()).await?;
            stored.push(self.named(&contents, file.name.clone(), None));
        }
        Ok(stored)
    }

    fn is_own_letter(&self, file: &IncomingFile) -> bool {
        let may_be_a_mail = file.media_type.starts_with("message/") || file.name.as_str().ends_with(".eml");
        may_be_a_mail
            && head_of(&file.bytes).is_some_and(|mail| own_letters::is_own(&mail, &self.settings.mail))
    }

    pub(super) fn named(
        &self,
        contents: &Contents,
        name: FileName,
        created_by: Option<PersonId>,
    ) -> StoredFile {
        StoredFile {
            file: File {
                id: self.clock.new_id(),
                media_type: media_type(&contents.head, &name),
                name,
                size: i64::try_from(contents.size).unwrap_or(i64::MAX),
                created_at: self.clock.now(),
                picture: contents.picture,
            },
            digest: contents.digest,
            created_by,
        }
    }
}

/// The kind of a file by its first bytes, else by the end of its name; what the sender claimed is not asked.
fn media_type(head: &[u8], name: &FileName) -> String {
    if let Some(kind) = infer::get(head) {
        return registered(kind.mime_type()).to_owned();
    }
    let known = match name.ending().as_str() {
        "txt" | "log" | "md" => "text/plain",
        "csv" => "text/csv",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        "eml" => "message/rfc822",
        "json" => "application/json",
        _ => "application/octet-stream",
    };
    known.to_owned()
}

/// What browsers call it, for kinds that have more than one name.
fn registered(kind: &'static str) -> &'static str {
    match kind {
        "audio/m4a" => "audio/mp4",
        "audio/opus" => "audio/ogg",
        "audio/x-wav" => "audio/wav",
        "audio/x-flac" => "audio/flac",
        "video/x-m4v" => "video/mp4",
        other => other,
    }
}

/// The files that a message names: each must be an upload of its author's in this group, of the last day.
pub(super) async fn claim_uploads(
    tx: &mut Tx,
    (group, person): (GroupId, PersonId),
    now: Timestamp,
    ids: &[FileId],
) -> Result<Vec<File>> {
    let files = store::files::list_uploads(tx, group, person, now - WAITS, ids).await?;
    if files.len() == ids.len() { Ok(files) } else { Err(ActionError::invalid("files", Problem::FileGone)) }
}
