//! A local Maildir as a second source of mail: for the demo, and for admins whose server delivers into a folder.
//!
//! A mail in `new/` has not been taken over yet. When it has been stored it is moved to `cur/` with the flag S, as a
//! mail program does; nothing is ever deleted. A mail that some other program moved to `cur/` unread is taken as well.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::imap::Woken;
use crate::clock::Clock;

/// Of a mail that is too large only this much is read, which holds its header.
const LONGEST_HEADER: u64 = 256 * 1024;
/// How often to look for mails that another program delivered.
const LOOK: Duration = Duration::from_secs(1);

/// One Maildir. Clones share the bell that a delivery through one of them rings.
#[derive(Clone, Debug)]
pub struct Maildir {
    root: PathBuf,
    clock: Clock,
    delivered: Arc<AtomicU64>,
    bell: Arc<Notify>,
}

/// One mail that has not been taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaildirMail {
    /// The unique part of the file's name, the same in `new/` and `cur/`.
    pub name: String,
    /// The whole mail, or its beginning if it is too large.
    pub raw: Vec<u8>,
    /// The mail's bytes when there are more than allowed.
    pub too_large: Option<u64>,
}

/// What lies in a Maildir and was not taken over.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Oldest first.
    pub mails: Vec<MaildirMail>,
    /// The names of files that can't be read, and why.
    pub unreadable: Vec<(String, io::Error)>,
}

impl Maildir {
    /// Opens a Maildir, and makes its folders if they are missing.
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub async fn open(root: impl Into<PathBuf>, clock: Clock) -> io::Result<Self> {
        let root = root.into();
        for folder in ["tmp", "new", "cur"] {
            fs::create_dir_all(root.join(folder)).await?;
        }
        Ok(Self { root, clock, delivered: Arc::default(), bell: Arc::default() })
    }

    /// Counts its mails together with other folders, so that several openings of one folder never give one name twice.
    pub(super) fn counting_with(self, delivered: Arc<AtomicU64>) -> Self {
        Self { delivered, ..self }
    }

    /// Puts a mail into `new/`, whole or not at all. Gives its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn deliver(&self, raw: &[u8]) -> io::Result<String> {
        let millis = self.clock.now().millis();
        let count = self.delivered.fetch_add(1, Ordering::SeqCst);
        let (seconds, micros) = (millis / 1000, millis % 1000 * 1000);
        // Sorts by time, then by count; the process number keeps two programs apart.
        let name = format!("{seconds}.M{micros:06}Q{count:08}P{}.mailmoot", std::process::id());
        let draft = self.root.join("tmp").join(&name);
        let mut file = fs::File::create_new(&draft).await?;
        file.write_all(raw).await?;
        file.sync_all().await?;
        drop(file);
        fs::rename(&draft, self.root.join("new").join(&name)).await?;
        self.bell.notify_waiters();
        Ok(name)
    }

    /// The mails that are not taken over yet, oldest first, `limit` at most.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn fetch(&self, limit: usize, max_size: u64) -> io::Result<Waiting> {
        let mut waiting = Waiting::default();
        for (name, path) in self.list_waiting().await?.into_iter().take(limit) {
            match read(&path, max_size).await {
                Ok((raw, too_large)) => waiting.mails.push(MaildirMail { name, raw, too_large }),
                // Moved by another program between listing and reading: the next call finds it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => waiting.unreadable.push((name, error)),
            }
        }
        Ok(waiting)
    }

    /// One mail by its name, taken over or not.
    ///
    /// # Errors
    /// When it is not there or can't be read.
    pub async fn read(&self, name: &str, max_size: u64) -> io::Result<MaildirMail> {
        let mut found = list(&self.root.join("new")).await?;
        found.extend(list(&self.root.join("cur")).await?);
        let (_, path) = found.into_iter().find(|(file, _)| unique(file) == name).ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, "the mail is not in the folder any more")
        })?;
        let (raw, too_large) = read(path, max_size).await?;
        Ok(MaildirMail { name: name.to_owned(), raw, too_large })
    }

    /// Marks a stored mail as taken over. Marking it twice changes nothing.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub async fn done(&self, name: &str) -> io::Result<()> {
        let target = self.root.join("cur").join(format!("{name}:2,S"));
        for (waiting, path) in self.list_waiting().await? {
            if waiting == name {
                return fs::rename(path, target).await;
            }
        }
        Ok(())
    }

    /// The beginnings of the newest mails, taken over or not.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn newest(&self, count: usize) -> io::Result<Vec<Vec<u8>>> {
        let mut found = list(&self.root.join("new")).await?;
        found.extend(list(&self.root.join("cur")).await?);
        sort_by_time(&mut found);
        let mut beginnings = Vec::new();
        for (_, path) in found.iter().rev().take(count) {
            match read(path, 0).await {
                Ok((raw, _)) => beginnings.push(raw),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(beginnings)
    }

    /// Waits until a mail is there that is not taken over, `at_most` this long. Deliveries through this program
    /// wake at once, those of others within a second.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn wait_for_mail(&self, at_most: Duration) -> io::Result<Woken> {
        let end = Instant::now() + at_most;
        loop {
            // Listens before it looks, so that nothing falls between the two.
            let bell = self.bell.notified();
            tokio::pin!(bell);
            bell.as_mut().enable();
            if !self.list_waiting().await?.is_empty() {
                return Ok(Woken::NewMail);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Woken::Quiet);
            }
            let _ = timeout(left.min(LOOK), bell).await;
        }
    }

    /// Unique name and path of each mail without the mark, oldest first.
    async fn list_waiting(&self) -> io::Result<Vec<(String, PathBuf)>> {
        let mut found = list(&self.root.join("new")).await?;
        found.extend(list(&self.root.join("cur")).await?.into_iter().filter(|(_, path)| !is_taken(path)));
        sort_by_time(&mut found);
        Ok(found.into_iter().map(|(name, path)| (unique(&name).to_owned(), path)).collect())
    }
}

/// A name begins with the seconds since 1970 of its delivery.
fn sort_by_time(found: &mut [(String, PathBuf)]) {
    let seconds = |name: &str| name.split('.').next().and_then(|first| first.parse::<u64>().ok());
    found.sort_by(|(a, _), (b, _)| (seconds(a), a).cmp(&(seconds(b), b)));
}

async fn list(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let mut entries = fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        // Names that are no text or hidden are no mails of a Maildir.
        if let Ok(name) = entry.file_name().into_string()
            && !name.starts_with('.')
            && entry.file_type().await.is_ok_and(|kind| kind.is_file())
        {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

fn unique(name: &str) -> &str {
    name.split_once(":2,").map_or(name, |(unique, _)| unique)
}

/// Seen or thrown away.
fn is_taken(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split_once(":2,").is_some_and(|(_, flags)| flags.contains(['S', 'T']))
}

async fn read(path: impl AsRef<Path>, max_size: u64) -> io::Result<(Vec<u8>, Option<u64>)> {
    let mut file = fs::File::open(path).await?;
    let size = file.metadata().await?.len();
    let mut raw = Vec::new();
    if size > max_size {
        file.take(LONGEST_HEADER).read_to_end(&mut raw).await?;
        return Ok((raw, Some(size)));
    }
    file.read_to_end(&mut raw).await?;
    Ok((raw, None))
}
