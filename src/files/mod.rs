//! File contents, stored once by digest in a local folder.
//!
//! Contents are written to a temporary file, synced to disk and renamed: a digest that can be opened is complete.

use std::io;
use std::path::{Path, PathBuf};

use ring::digest::{Context, SHA256};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use crate::clock::Clock;
use crate::domain::digest::Digest;

/// The folder of contents. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
    clock: Clock,
}

/// What can go wrong with contents.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("The contents are larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("The folder of file contents can't be used: {0}")]
    Folder(#[from] io::Error),
}

/// Contents on their way in.
pub struct Upload {
    files: Files,
    temporary: PathBuf,
    file: fs::File,
    hash: Context,
    size: u64,
    limit: u64,
    /// The beginning, by which the kind of file is told.
    head: Vec<u8>,
}

/// Contents that are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    pub digest: Digest,
    pub size: u64,
    /// Up to 512 bytes of the beginning.
    pub head: Vec<u8>,
}

const HEAD: usize = 512;

impl Files {
    /// Uses a folder, making it if it is missing.
    ///
    /// # Errors
    /// When it can't be made.
    pub async fn open_folder(root: impl Into<PathBuf>, clock: Clock) -> Result<Self, FilesError> {
        let root = root.into();
        fs::create_dir_all(root.join("incoming")).await?;
        Ok(Self { root, clock })
    }

    /// Begins to take contents of at most `limit` bytes. Dropping the [`Upload`] forgets them.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn begin(&self, limit: u64) -> Result<Upload, FilesError> {
        let temporary = self.root.join("incoming").join(self.clock.new_id::<Upload>().to_string());
        let file = fs::File::create_new(&temporary).await?;
        Ok(Upload {
            files: self.clone(),
            temporary,
            file,
            hash: Context::new(&SHA256),
            size: 0,
            limit,
            head: Vec::new(),
        })
    }

    /// Stores bytes that are in memory already.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn put(&self, bytes: &[u8]) -> Result<Contents, FilesError> {
        let digest = Digest::of(bytes);
        let contents =
            Contents { digest, size: bytes.len() as u64, head: bytes[..bytes.len().min(HEAD)].to_vec() };
        if fs::try_exists(self.path(&digest)).await? {
            return Ok(contents);
        }
        let mut upload = self.begin(u64::MAX).await?;
        upload.write(bytes).await?;
        upload.finish().await
    }

    /// Opens contents for reading; `None` if there are none with this digest.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub async fn open(&self, digest: &Digest) -> Result<Option<fs::File>, FilesError> {
        match fs::File::open(self.path(digest)).await {
            Ok(file) => Ok(Some(file)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// All bytes of contents; `None` if there are none with this digest.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub async fn read(&self, digest: &Digest) -> Result<Option<Vec<u8>>, FilesError> {
        match fs::read(self.path(digest)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// `ab/cdef...`: a folder for each first byte, so that none grows too long to list.
    fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.root.join(&hex[..2]).join(&hex[2..])
    }
}

impl Upload {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`FilesError::TooLarge`] as soon as the limit is passed.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FilesError> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > self.limit {
            return Err(FilesError::TooLarge { limit: self.limit });
        }
        self.hash.update(bytes);
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(self.file.write_all(bytes).await?)
    }

    /// Makes the contents durable under their digest. The same contents twice are stored once.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn finish(mut self) -> Result<Contents, FilesError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let mut digest = [0; 32];
        digest.copy_from_slice(self.hash.clone().finish().as_ref());
        let digest = Digest::from_array(digest);
        let path = self.files.path(&digest);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).await?;
            fs::rename(&self.temporary, &path).await?;
            sync_folder(folder).await?;
        }
        Ok(Contents { digest, size: self.size, head: std::mem::take(&mut self.head) })
    }
}

/// A rename is durable when its folder is.
async fn sync_folder(folder: &Path) -> Result<(), FilesError> {
    fs::File::open(folder).await?.sync_all().await?;
    Ok(())
}

impl Drop for Upload {
    fn drop(&mut self) {
        // After `finish` there is nothing under this name any more.
        drop(std::fs::remove_file(&self.temporary));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn files() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open_folder(folder.path(), Clock::system()).await.unwrap();
        (folder, files)
    }

    fn waiting(folder: &Path) -> usize {
        std::fs::read_dir(folder.join("incoming")).unwrap().count()
    }

    #[tokio::test]
    async fn the_same_contents_are_stored_once() {
        let (folder, files) = files().await;
        let first = files.put(b"budget").await.unwrap();
        let mut upload = files.begin(100).await.unwrap();
        upload.write(b"bud").await.unwrap();
        upload.write(b"get").await.unwrap();
        assert_eq!(upload.finish().await.unwrap(), first);
        assert_eq!(files.read(&first.digest).await.unwrap().unwrap(), b"budget");
        assert_eq!(waiting(folder.path()), 0);
        assert!(files.read(&Digest::of(b"other")).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn what_is_too_large_or_broken_off_leaves_nothing() {
        let (folder, files) = files().await;
        let mut upload = files.begin(5).await.unwrap();
        assert!(matches!(upload.write(b"budget").await, Err(FilesError::TooLarge { limit: 5 })));
        drop(upload);
        drop(files.begin(5).await.unwrap());
        assert_eq!(waiting(folder.path()), 0);
    }
}
