//! Files that come in parts: begun with a name and a size, gone on with after a lost connection, finished or cancelled.
//! A finished upload is a file of the same id, which a message may name.

use super::{ActionError, Actions, Conflict, Problem, Result, access};
use crate::domain::file::{File, FileName, Upload};
use crate::domain::ids::{FileId, GroupId, UploadId};
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    UnderWay(Upload),
    Finished(File),
}

/// As many as a message can have files.
const MOST_UNDER_WAY: usize = super::messages::MOST_FILES;
/// The largest part, in bytes: what a lost connection costs, and what one request keeps in memory.
pub const LARGEST_PART: usize = 4 * 1024 * 1024;
/// How many old uploads are forgotten at once.
const BATCH: i64 = 100;

impl Actions {
    /// Begins a file of a group in parts. It may take a day.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member; [`ActionError::Invalid`] when it is empty, too large, of
    /// a forbidden kind, or when too much of this person's waits already.
    pub async fn start_upload(
        &self,
        viewer: &Viewer,
        group: GroupId,
        name: &str,
        size: u64,
    ) -> Result<Upload> {
        let limit = self.settings.limits.file_size;
        access::group(&mut self.store.read().await?, viewer.person_id, group).await?;
        let upload = Upload {
            id: self.clock.new_id(),
            group_id: group,
            person_id: viewer.person_id,
            name: FileName::cleaned(name, "file"),
            size: i64::try_from(size).unwrap_or(i64::MAX),
            received: 0,
            created_at: self.clock.now(),
        };
        match size {
            0 => return Err(ActionError::invalid("file", Problem::EmptyFile)),
            _ if size > limit => return Err(ActionError::invalid("file", Problem::TooLarge { limit })),
            _ => self.check_kind(&upload.name, &[])?,
        }
        let (new, actions) = (upload.clone(), self.clone());
        self.store
            .write(async move |tx| {
                access::member(tx, new.person_id, group).await?;
                // One after the other, or many at once would all find room.
                store::persons::hold(tx, new.person_id).await?;
                let (under_way, _) = store::uploads::under_way(tx, new.person_id).await?;
                if usize::try_from(under_way).is_ok_and(|count| count >= MOST_UNDER_WAY) {
                    return Err(ActionError::invalid("file", Problem::TooMany { limit: MOST_UNDER_WAY }));
                }
                actions.check_room(tx, new.person_id, size).await?;
                Ok::<_, ActionError>(store::uploads::insert(tx, &new).await?)
            })
            .await?;
        Ok(upload)
    }

    /// How far an upload of this person's is.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when there is none, or it was not this person's, or they are no member any more.
    pub async fn find_upload(&self, viewer: &Viewer, id: UploadId) -> Result<Progress> {
        let mut tx = self.store.read().await?;
        match access::upload(&mut tx, viewer.person_id, id).await? {
            // Everything was there, but the end was never noted: as when the power failed.
            Some(upload) if upload.received == upload.size => {
                drop(tx);
                self.join(upload).await.map(Progress::Finished)
            }
            Some(upload) => Ok(Progress::UnderWay(upload)),
            None => Ok(Progress::Finished(finished(&mut tx, self.asks(viewer), id).await?)),
        }
    }

    /// Takes the next part of an upload. With the last one it becomes a file.
    ///
    /// # Errors
    /// [`ActionError::Conflict`] when the part does not begin where the last one ended, [`ActionError::Invalid`] when it goes
    /// beyond what was announced or shows that the file is of a forbidden kind.
    pub async fn append_upload(
        &self,
        viewer: &Viewer,
        id: UploadId,
        offset: u64,
        bytes: &[u8],
    ) -> Result<Progress> {
        let upload = match self.find_upload(viewer, id).await? {
            Progress::UnderWay(upload) => upload,
            finished @ Progress::Finished(_) => return Ok(finished),
        };
        let received = upload.received;
        if i64::try_from(offset) != Ok(received) {
            return Err(ActionError::Conflict(Conflict::OtherOffset { received }));
        }
        let end = received.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        if end > upload.size {
            let limit = u64::try_from(upload.size).unwrap_or(0);
            return Err(ActionError::invalid("file", Problem::TooLarge { limit }));
        }
        if received == 0 {
            self.check_kind(&upload.name, bytes)?;
        }
        self.files.write_part(id, offset, bytes).await?;
        let went_on =
            self.store.write(async move |tx| store::uploads::advance(tx, id, received, end).await).await?;
        if !went_on {
            // The same part came twice at the same moment.
            let progress = self.find_upload(viewer, id).await?;
            if matches!(progress, Progress::Finished(_)) {
                // We may have written it anew after the other one had joined the parts and taken them away.
                self.files.remove_parts(id).await?;
            }
            return Ok(progress);
        }
        let upload = Upload { received: end, ..upload };
        if end < upload.size {
            return Ok(Progress::UnderWay(upload));
        }
        self.join(upload).await.map(Progress::Finished)
    }

    /// Forgets an upload that is not finished.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when there is none of this person's under way.
    pub async fn cancel_upload(&self, viewer: &Viewer, id: UploadId) -> Result<()> {
        let found = access::upload(&mut self.store.read().await?, viewer.person_id, id).await?;
        found.ok_or(ActionError::NotFound)?;
        self.forget_upload(id).await
    }

    /// Makes a file of the parts. It can be done twice: one of them is the first.
    async fn join(&self, upload: Upload) -> Result<File> {
        let (id, person, group) = (upload.id, upload.person_id, upload.group_id);
        let whole = match self.files.join_parts(id, u64::try_from(upload.size).unwrap_or(0)).await {
            Ok(whole) => whole,
            // Somebody else was the first, and has taken the parts away.
            Err(error) => {
                let found =
                    finished(&mut self.store.read().await?, (person, &self.settings.sign_in), id).await;
                return found.map_err(|_| error.into());
            }
        };
        let mut stored = match self.keep_upload(whole, upload.name, person).await {
            Err(refused @ ActionError::Invalid { .. }) => {
                self.forget_upload(id).await?;
                return Err(refused);
            }
            kept => kept?,
        };
        stored.file.id = id.cast();
        let (file, now) = (stored.file.clone(), self.clock.now());
        let done = self
            .store
            .write(async move |tx| {
                access::member(tx, person, group).await?;
                store::files::insert(tx, std::slice::from_ref(&stored)).await?;
                store::files::add_upload(tx, stored.file.id, group, now).await?;
                Ok::<_, ActionError>(store::uploads::delete(tx, id).await?)
            })
            .await;
        match done {
            Ok(()) => self.files.remove_parts(id).await?,
            Err(error) if error.is_taken() => {}
            Err(error) => return Err(error),
        }
        Ok(file)
    }

    /// Forgets uploads that were begun before a time.
    pub(super) async fn clear_old_uploads(&self, before: Timestamp) -> Result<()> {
        loop {
            let old = store::uploads::list_old(&mut self.store.read().await?, before, BATCH).await?;
            if old.is_empty() {
                return Ok(());
            }
            for id in old {
                self.forget_upload(id).await?;
            }
        }
    }

    /// The row goes last: if we are interrupted, the next time finds it again.
    async fn forget_upload(&self, id: UploadId) -> Result<()> {
        self.files.remove_parts(id).await?;
        Ok(self.store.write(async move |tx| store::uploads::delete(tx, id).await).await?)
    }
}

/// The file that an upload has become, for the one who brought it.
async fn finished(tx: &mut Tx, asks: access::Asks<'_>, id: UploadId) -> Result<File> {
    let id: FileId = id.cast();
    let stored = access::file(tx, asks, id).await?;
    if stored.created_by == Some(asks.0) { Ok(stored.file) } else { Err(ActionError::NotFound) }
}
