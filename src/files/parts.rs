//! Contents that come in parts: they wait in a folder of their own under the id of their upload, until all is there.

use std::path::PathBuf;

use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom};

use super::{Files, FilesError, PIECE, Upload};
use crate::domain::ids::UploadId;

/// Below the folder of contents.
pub(super) const FOLDER: &str = "parts";

impl Files {
    /// Writes a part at its place, for good. What stood there and behind it, of a part whose end was never noted, is
    /// overwritten or cut off.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn write_part(&self, id: UploadId, offset: u64, bytes: &[u8]) -> Result<(), FilesError> {
        let path = self.part_path(id);
        let mut file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(path).await?;
        file.set_len(offset).await?;
        file.seek(SeekFrom::Start(offset)).await?;
        file.write_all(bytes).await?;
        file.flush().await?;
        Ok(file.sync_data().await?)
    }

    /// The first `size` bytes of an upload, ready to be finished. They are copied: whoever still writes to the parts
    /// writes to nothing that is stored under a digest.
    ///
    /// # Errors
    /// When the folder can't be read or written to, or the parts are not there.
    pub async fn join_parts(&self, id: UploadId, size: u64) -> Result<Upload, FilesError> {
        let mut parts = fs::File::open(self.part_path(id)).await?.take(size);
        let mut upload = self.begin(size).await?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = parts.read(&mut piece).await?;
            if read == 0 {
                break;
            }
            upload.write(&piece[..read]).await?;
        }
        Ok(upload)
    }

    /// Forgets what came of an upload.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn remove_parts(&self, id: UploadId) -> Result<(), FilesError> {
        super::done_unless_gone(fs::remove_file(self.part_path(id)).await)?;
        Ok(())
    }

    fn part_path(&self, id: UploadId) -> PathBuf {
        self.root.join(FOLDER).join(id.to_string())
    }
}
