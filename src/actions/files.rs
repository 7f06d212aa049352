//! Files: taking them in, handing them out.

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::file::{File, FileName};
use crate::domain::ids::{FileId, GroupId, PersonId};
use crate::domain::person::Viewer;
use crate::files::{Contents, Upload};
use crate::mail::incoming::IncomingFile;
use crate::mail::own_letters;
use crate::mail::parse::head_of;
use crate::store;
use crate::store::files::StoredFile;

/// A file that may be sent to somebody.
#[derive(Debug)]
pub struct OpenFile {
    pub file: File,
    /// 64 hexadecimal digits; the same contents have the same.
    pub digest: String,
    pub contents: tokio::fs::File,
}

impl Actions {
    /// Begins to take a file for a group of this person's. Write the bytes into it, then [`Actions::finish_upload`].
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member; too large a file fails as soon as it is.
    pub async fn begin_upload(&self, viewer: &Viewer, group: GroupId) -> Result<Upload> {
        access::group(&mut self.store.read().await?, viewer.person_id, group).await?;
        Ok(self.files.begin(self.settings.limits.file_size).await?)
    }

    /// Keeps an uploaded file for a message of this person's in the group.
    ///
    /// # Errors
    /// [`ActionError::Internal`] when the disk fails.
    pub async fn finish_upload(
        &self,
        viewer: &Viewer,
        group: GroupId,
        upload: Upload,
        name: &str,
    ) -> Result<File> {
        let contents = upload.finish().await?;
        let stored = self.named(&contents, FileName::cleaned(name, "file"), Some(viewer.person_id));
        let (file, now, person) = (stored.file.clone(), self.clock.now(), viewer.person_id);
        self.store
            .write(async move |tx| {
                access::group(tx, person, group).await?;
                store::files::insert(tx, std::slice::from_ref(&stored)).await?;
                store::files::add_upload(tx, stored.file.id, group, now).await?;
                Ok::<_, ActionError>(())
            })
            .await?;
        Ok(file)
    }

    /// Opens a file for somebody who may see it.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not there or not for them.
    pub async fn open_file(&self, viewer: &Viewer, id: FileId) -> Result<OpenFile> {
        let stored = access::file(&mut self.store.read().await?, viewer.person_id, id).await?;
        let contents = self.files.open(&stored.digest).await?.ok_or(ActionError::NotFound)?;
        Ok(OpenFile { file: stored.file, digest: stored.digest.hex(), contents })
    }

    /// Stores the contents of a mail's files. Their rows are added by whoever uses them. A letter of ours among them is
    /// left out: it holds its receiver's personal link.
    pub(super) async fn store_mail_files(&self, files: &[IncomingFile]) -> Result<Vec<StoredFile>> {
        let mut stored = Vec::with_capacity(files.len());
        for file in files.iter().filter(|file| !self.is_own_letter(file)) {
            let contents = self.files.put(&file.bytes).await?;
            stored.push(self.named(&contents, file.name.clone(), None));
        }
        Ok(stored)
    }

    fn is_own_letter(&self, file: &IncomingFile) -> bool {
        let may_be_a_mail = file.media_type.starts_with("message/") || file.name.as_str().ends_with(".eml");
        may_be_a_mail
            && head_of(&file.bytes).is_some_and(|mail| own_letters::is_own(&mail, &self.settings.mail))
    }

    fn named(&self, contents: &Contents, name: FileName, created_by: Option<PersonId>) -> StoredFile {
        StoredFile {
            file: File {
                id: self.clock.new_id(),
                media_type: media_type(&contents.head, &name),
                name,
                size: i64::try_from(contents.size).unwrap_or(i64::MAX),
                created_at: self.clock.now(),
            },
            digest: contents.digest,
            created_by,
        }
    }
}

/// The kind of a file by its first bytes, else by the end of its name; what the sender claimed is not asked.
fn media_type(head: &[u8], name: &FileName) -> String {
    if let Some(kind) = infer::get(head) {
        return kind.mime_type().to_owned();
    }
    let extension = name.as_str().rsplit_once('.').map_or(String::new(), |(_, e)| e.to_lowercase());
    let known = match extension.as_str() {
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

/// The files that a message names: each must be an upload of its author's in this group.
pub(super) async fn claim_uploads(
    tx: &mut store::Tx,
    group: GroupId,
    person: PersonId,
    ids: &[FileId],
) -> Result<Vec<File>> {
    let files = store::files::list_uploads(tx, group, person, ids).await?;
    if files.len() == ids.len() { Ok(files) } else { Err(ActionError::invalid("files", Problem::FileGone)) }
}
