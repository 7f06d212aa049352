//! Files as people look at them: what one is and where it is used, its thumbnail, the beginning of a text, and the list
//! of a group's.

use tokio::io::AsyncReadExt;

use super::{ActionError, Actions, Result, access};
use crate::directory::charset;
use crate::domain::file::File;
use crate::domain::group::Group;
use crate::domain::ids::{FileId, GroupId};
use crate::domain::person::Viewer;
use crate::store::files::shown;

pub use crate::store::files::shown::{Filter, Place, Shared, Use};

/// A file with what is known of it.
#[derive(Clone, Debug)]
pub struct FileEntry {
    pub file: File,
    /// 64 hexadecimal digits: SHA-256 of the contents.
    pub digest: String,
    /// The first ones that this person sees, the oldest first; none for a file that waits for its message, or stands in
    /// a draft.
    pub uses: Vec<Use>,
}

/// A page of a group's files.
#[derive(Clone, Debug)]
pub struct GroupFiles {
    pub group: Group,
    pub files: Vec<Shared>,
    /// There are files before this place.
    pub older: Option<Place>,
}

/// The beginning of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    pub text: String,
    /// There is more than is shown.
    pub goes_on: bool,
}

impl FileEntry {
    /// The name of the one who brought it, as its first message has it; empty for a file that stands in no message.
    pub fn brought_by(&self) -> &str {
        self.uses.first().map_or("", |first| &first.author_name)
    }
}

/// How many uses of a file are told.
const MOST_USES: i64 = 50;
/// How many files of a group are listed at once.
const PAGE: i64 = 40;
/// How much of a text is shown, in bytes.
const SHOWN: u64 = 100_000;

impl Actions {
    /// What a file is, and where this person sees it used. Two statements and one for the rights.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not there or not for them.
    pub async fn get_file(&self, viewer: &Viewer, id: FileId) -> Result<FileEntry> {
        let mut tx = self.store.read().await?;
        let stored = access::file(&mut tx, self.asks(viewer), id).await?;
        let uses = shown::list_uses(&mut tx, id, viewer.person_id, MOST_USES).await?;
        Ok(FileEntry { file: stored.file, digest: stored.digest.hex(), uses })
    }

    /// Up to 40 files of a group's messages that this person may see, the newest first; three statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn list_files(
        &self,
        viewer: &Viewer,
        group: GroupId,
        filter: Filter,
        before: Option<Place>,
    ) -> Result<GroupFiles> {
        let mut tx = self.store.read().await?;
        let (group, member) = access::group(&mut tx, viewer.person_id, group).await?;
        let place = (group.id, member.first_seq);
        let mut files = shown::list(&mut tx, place, filter, before, PAGE + 1).await?;
        let goes_on = files.len() > PAGE as usize;
        files.truncate(PAGE as usize);
        let older = files.last().filter(|_| goes_on).map(|file| file.at);
        Ok(GroupFiles { group, files, older })
    }

    /// A picture made small, as JPEG or WebP.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the file is not there, not for them, or no picture that can be made small.
    pub async fn get_thumbnail(&self, viewer: &Viewer, id: FileId) -> Result<Vec<u8>> {
        let stored = access::file(&mut self.store.read().await?, self.asks(viewer), id).await?;
        stored.file.picture.ok_or(ActionError::NotFound)?;
        self.files.thumbnail(&stored.digest).await?.ok_or(ActionError::NotFound)
    }

    /// How a file begins, as letters of whichever charset it seems to be in.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not there or not for them.
    pub async fn read_beginning(&self, viewer: &Viewer, id: FileId) -> Result<Beginning> {
        let open = self.open_file(viewer, id).await?;
        let mut bytes = Vec::new();
        let read = open.contents.take(SHOWN).read_to_end(&mut bytes).await;
        read.map_err(|e| ActionError::Internal(e.into()))?;
        let goes_on = u64::try_from(open.file.size).is_ok_and(|size| size > SHOWN);
        let whole = if goes_on { whole_characters(&bytes) } else { &bytes };
        Ok(Beginning { text: charset::decode(whole).into_owned(), goes_on })
    }
}

/// Without the half of a character of UTF-8 at its end, which would make the text look like another charset.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    }
}
