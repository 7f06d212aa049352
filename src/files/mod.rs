//! File contents, stored once by digest in a local folder.
//!
//! Contents are written to a temporary file, synced to disk and renamed: a digest that can be opened is complete. Their
//! time of change says when somebody last brought them, so that contents nobody uses any more can be taken away while
//! others bring the same.
//!
//! Pictures lose their notes before they are stored, and have a thumbnail beside their contents (`pictures`). What
//! comes in parts waits in a folder of its own (`parts`), and what was made to be fetched lies in another (`exports`).

pub mod archive;
mod exports;
mod fonts;
mod parts;
mod picture;
mod pictures;
mod portrait;

pub use fonts::Fonts;
pub use pictures::{PlainPicture, data_url};

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::digest::{Context, SHA256};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::domain::digest::Digest;
use crate::domain::file::PictureSize;
use crate::domain::health::Disk;
use crate::domain::time::Timestamp;

/// The folder of contents. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
    clock: Clock,
    /// One picture is worked on at a time: each takes some hundred megabytes for a moment.
    at_picture: Arc<Semaphore>,
    fonts: Fonts,
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
    /// Of a picture that has a thumbnail.
    pub picture: Option<PictureSize>,
}

const HEAD: usize = 512;
/// The folder of what is being written.
const INCOMING: &str = "incoming";
/// What is digested at once, in bytes; other tasks get their turn in between.
const PIECE: usize = 256 * 1024;

impl Files {
    /// Uses a folder, making it if it is missing.
    ///
    /// # Errors
    /// When it can't be made.
    pub async fn open_folder(root: impl Into<PathBuf>, clock: Clock) -> Result<Self, FilesError> {
        let root = root.into();
        for folder in [INCOMING, parts::FOLDER, exports::FOLDER] {
            fs::create_dir_all(root.join(folder)).await?;
        }
        let fonts = Fonts::beside(root.parent().unwrap_or(&root));
        Ok(Self { root, clock, at_picture: Arc::new(Semaphore::new(1)), fonts })
    }

    /// Writes a little and takes it away again.
    ///
    /// # Errors
    /// When nothing can be written.
    pub async fn try_out(&self) -> io::Result<()> {
        let path = self.root.join(INCOMING).join(format!("try-out-{}", std::process::id()));
        let mut file = fs::File::create(&path).await?;
        file.write_all(b"mailmoot").await?;
        file.sync_all().await?;
        fs::remove_file(path).await
    }

    /// How much room there is where the folder lies.
    ///
    /// # Errors
    /// When the folder is not there any more.
    pub fn disk(&self) -> io::Result<Disk> {
        let all = rustix::fs::statvfs(&self.root)?;
        let bytes = |blocks: u64| blocks.saturating_mul(all.f_frsize);
        Ok(Disk { free: bytes(all.f_bavail), size: bytes(all.f_blocks) })
    }

    /// The fonts of this machine, and those beside the folder.
    pub fn fonts(&self) -> Fonts {
        self.fonts.clone()
    }

    /// Begins to take contents of at most `limit` bytes. Dropping the [`Upload`] forgets them.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn begin(&self, limit: u64) -> Result<Upload, FilesError> {
        let temporary = self.temporary();
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
        let digest = digest_of(bytes).await;
        let head = bytes[..bytes.len().min(HEAD)].to_vec();
        let contents = Contents { digest, size: bytes.len() as u64, head, picture: None };
        if let Some(file) = self.open(&digest).await? {
            mark(&file, self.clock.now()).await?;
            // Still there after the mark: from now on nobody takes them away.
            if fs::try_exists(self.path(&digest)).await? {
                return Ok(contents);
            }
        }
        let mut upload = self.begin(u64::MAX).await?;
        for piece in bytes.chunks(PIECE) {
            upload.write(piece).await?;
        }
        upload.finish().await
    }

    /// Takes contents away, unless somebody has brought them since `before`: then they are about to be used again.
    /// Whether they are gone.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn remove(&self, digest: &Digest, before: Timestamp) -> Result<bool, FilesError> {
        let path = self.path(digest);
        if !is_older(&path, before).await? {
            return Ok(false);
        }
        // Whoever brings the same contents from here on makes a new file; who did just before has marked this one.
        let aside = self.temporary();
        if !done_unless_gone(fs::rename(&path, &aside).await)? {
            return Ok(false);
        }
        if is_older(&aside, before).await? {
            fs::remove_file(&aside).await?;
            done_unless_gone(fs::remove_file(self.thumbnail_path(digest)).await)?;
            return Ok(true);
        }
        fs::rename(&aside, &path).await?;
        Ok(false)
    }

    /// Forgets contents that were broken off before a time, as by a crash.
    ///
    /// # Errors
    /// When the folder can't be read or written to.
    pub async fn clear_broken_off(&self, before: Timestamp) -> Result<(), FilesError> {
        let mut entries = fs::read_dir(self.root.join(INCOMING)).await?;
        while let Some(entry) = entries.next_entry().await? {
            if is_older(&entry.path(), before).await? {
                done_unless_gone(fs::remove_file(entry.path()).await)?;
            }
        }
        Ok(())
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

    /// Whether there are contents with this digest.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub async fn has(&self, digest: &Digest) -> Result<bool, FilesError> {
        Ok(fs::try_exists(self.path(digest)).await?)
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

    /// A place for something new.
    fn temporary(&self) -> PathBuf {
        self.root.join(INCOMING).join(self.clock.new_id::<Upload>().to_string())
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        below(&self.root, digest)
    }

    fn thumbnail_path(&self, digest: &Digest) -> PathBuf {
        below(&self.root.join("thumbnails"), digest)
    }
}

impl Upload {
    /// How many bytes it has so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Up to 512 bytes of the beginning.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Adds bytes. What comes over the network comes in pieces of some hundred kilobytes at the most, which are digested
    /// in less than a millisecond: nothing to leave the task for.
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
        mark(&self.file, self.files.clock.now()).await?;
        self.file.sync_all().await?;
        let digest = finished(self.hash.clone());
        let path = self.files.path(&digest);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).await?;
            fs::rename(&self.temporary, &path).await?;
            sync_folder(folder).await?;
        }
        Ok(Contents { digest, size: self.size, head: std::mem::take(&mut self.head), picture: None })
    }
}

/// `ab/cdef...`: a folder for each first byte, so that none grows too long to list.
fn below(folder: &Path, digest: &Digest) -> PathBuf {
    let hex = digest.hex();
    folder.join(&hex[..2]).join(&hex[2..])
}

async fn digest_of(bytes: &[u8]) -> Digest {
    let mut hash = Context::new(&SHA256);
    for piece in bytes.chunks(PIECE) {
        hash.update(piece);
        tokio::task::yield_now().await;
    }
    finished(hash)
}

fn finished(hash: Context) -> Digest {
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.finish().as_ref());
    Digest::from_array(digest)
}

/// Notes in the file that it was brought at a time.
async fn mark(file: &fs::File, at: Timestamp) -> io::Result<()> {
    let file = file.try_clone().await?.into_std().await;
    tokio::task::spawn_blocking(move || file.set_modified(system_time(at))).await?
}

/// Whether a file was last brought before a time. One that is not there was not.
async fn is_older(path: &Path, before: Timestamp) -> io::Result<bool> {
    match fs::metadata(path).await {
        Ok(found) => Ok(found.modified()? < system_time(before)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

/// Whether it was done; `false` if somebody else had taken the file away before.
fn done_unless_gone(done: io::Result<()>) -> io::Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

fn system_time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at.millis()).unwrap_or(0))
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

    #[tokio::test]
    async fn contents_that_were_just_brought_again_are_not_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let (start, day) = (Timestamp::from_millis(1_795_168_800_000), Duration::from_secs(24 * 3600));
        let clock = Clock::standing_at(start);
        let files = Files::open_folder(folder.path(), clock.clone()).await.unwrap();
        let digest = files.put(b"budget").await.unwrap().digest;
        assert!(!files.remove(&digest, start).await.unwrap(), "brought at that very time");
        clock.advance(day);
        // Brought again, once from memory and once piece by piece.
        files.put(b"budget").await.unwrap();
        assert!(!files.remove(&digest, start + day).await.unwrap());
        clock.advance(day);
        let mut upload = files.begin(100).await.unwrap();
        upload.write(b"budget").await.unwrap();
        upload.finish().await.unwrap();
        assert!(!files.remove(&digest, start + day * 2).await.unwrap());
        assert!(files.open(&digest).await.unwrap().is_some());
        assert!(files.remove(&digest, start + day * 3).await.unwrap());
        assert!(files.open(&digest).await.unwrap().is_none());
        assert!(!files.remove(&digest, start + day * 3).await.unwrap(), "gone is gone");
        assert_eq!(waiting(folder.path()), 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_brings_contents_while_they_are_taken_away_has_them() {
        let folder = tempfile::tempdir().unwrap();
        let start = Timestamp::from_millis(1_795_168_800_000);
        let clock = Clock::standing_at(start);
        let files = Files::open_folder(folder.path(), clock.clone()).await.unwrap();
        for _ in 0..200 {
            let digest = files.put(b"budget").await.unwrap().digest;
            clock.advance(Duration::from_secs(60));
            let (now, taker) = (clock.now(), files.clone());
            let taking = tokio::spawn(async move { taker.remove(&digest, now).await.unwrap() });
            files.put(b"budget").await.unwrap();
            taking.await.unwrap();
            assert!(files.open(&digest).await.unwrap().is_some());
        }
    }

    #[tokio::test]
    async fn what_a_crash_left_half_written_is_cleared() {
        let (folder, files) = files().await;
        let path = folder.path().join("incoming").join("left");
        let old = Timestamp::from_millis(1_795_168_800_000);
        std::fs::File::create(&path).unwrap().set_modified(system_time(old)).unwrap();
        files.clear_broken_off(old).await.unwrap();
        assert_eq!(waiting(folder.path()), 1);
        files.clear_broken_off(old + Duration::from_millis(1)).await.unwrap();
        assert_eq!(waiting(folder.path()), 0);
    }
}
