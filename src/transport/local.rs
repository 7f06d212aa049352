//! Delivery into local folders instead of a mail server: one Maildir for each receiver. The demo's mail system.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::fs;

use super::maildir::Maildir;
use crate::clock::Clock;
use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;

/// The folder that holds the receivers' Maildirs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LocalMail {
    root: PathBuf,
    clock: Clock,
    delivered: Arc<AtomicU64>,
}

/// A mail in somebody's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalMailItem {
    /// The file's name, newer ones sort later.
    pub name: String,
    pub raw: Vec<u8>,
}

impl LocalMail {
    /// Uses a folder; it is made when the first mail comes.
    pub fn new(root: impl Into<PathBuf>, clock: Clock) -> Self {
        Self { root: root.into(), clock, delivered: Arc::default() }
    }

    /// Puts a mail into its receiver's folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn send(&self, to: &EmailAddress, raw: &[u8]) -> io::Result<()> {
        let folder = Maildir::open(self.folder_of(to), self.clock.clone()).await?;
        folder.counting_with(self.delivered.clone()).deliver(raw).await.map(drop)
    }

    /// The mails of somebody, newest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn list(&self, of: &EmailAddress) -> io::Result<Vec<LocalMailItem>> {
        let mut found = Vec::new();
        let mut entries = match fs::read_dir(self.folder_of(of).join("new")).await {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(found),
            Err(e) => return Err(e),
        };
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name().to_string_lossy().into_owned();
            found.push(LocalMailItem { name, raw: fs::read(entry.path()).await? });
        }
        found.sort_by(|a, b| b.name.cmp(&a.name));
        Ok(found)
    }

    /// One mail of somebody's, by its name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn read(&self, of: &EmailAddress, name: &str) -> io::Result<Option<Vec<u8>>> {
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
            return Ok(None);
        }
        match fs::read(self.folder_of(of).join("new").join(name)).await {
            Ok(raw) => Ok(Some(raw)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// How many mails somebody has.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn count(&self, of: &EmailAddress) -> io::Result<usize> {
        let mut entries = match fs::read_dir(self.folder_of(of).join("new")).await {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(e) => return Err(e),
        };
        let mut count = 0;
        while entries.next_entry().await?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    /// Named by digest: an address may hold what a path must not.
    fn folder_of(&self, address: &EmailAddress) -> PathBuf {
        self.root.join(&Digest::of(address.key().as_bytes()).hex()[..32])
    }
}
