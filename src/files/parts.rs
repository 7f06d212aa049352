//! Contents that come in parts: they wait in a folder of their own under the id of their upload, until all is there.

use std::path::PathBuf;

use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom};

use super::{Files, FilesError, PIECE, Upload};
use crate::domain::ids::UploadId;

/// Below the folder of contents.
pub(super) const FOLDER: &str = "parts";

impl Files {
    /// Writes a part at its place, for good. What stood there, of a part whose end was never noted, is overwritten. What
    /// stands behind it stays: the same part may come twice at once, and the parts be joined already.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn write_part(&self, id: UploadId, offset: u64, bytes: &[u8]) -> Result<(), FilesError> {
        let path = self.part_path(id);
        let mut file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(path).await?;
        file.seek(SeekFrom::Start(offset)).await?;
        file.write_all(bytes).await?;
        file.flush().await?;
        Ok(file.sync_data().await?)
    }

    /// The first `size` bytes of an upload, ready to be finished. They are copied: whoever still writes to the parts
    /// writes to nothing that is stored under a digest.
    ///
    /// # Errors
    /// When the folder can't be read or written to, or not all parts are there.
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
        if upload.size() < size {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[tokio::test]
    async fn a_part_that_comes_once_more_takes_nothing_from_those_behind_it() {
        let folder = tempfile::tempdir().unwrap();
        let (files, id) =
            (Files::open_folder(folder.path(), Clock::system()).await.unwrap(), Clock::system().new_id());
        for (offset, part) in [(0, "pla".as_bytes()), (3, b"ns"), (0, b"pla")] {
            files.write_part(id, offset, part).await.unwrap();
        }
        let joined = files.join_parts(id, 5).await.unwrap().finish().await.unwrap();
        assert_eq!(files.read(&joined.digest).await.unwrap().unwrap(), b"plans");
        assert!(files.join_parts(id, 6).await.is_err(), "not all of it is there");
    }
}
