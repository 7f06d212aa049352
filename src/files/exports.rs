//! Files that are made to be fetched: each under the id of what was asked for. What is half written has another name.

use std::io;
use std::path::PathBuf;

use tokio::fs;

use super::{Files, FilesError, done_unless_gone};
use crate::domain::digest::Digest;
use crate::domain::ids::ExportId;

/// Below the folder of contents.
pub(super) const FOLDER: &str = "exports";

impl Files {
    /// A new file for an export; what was written of it before is forgotten. Blocks.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub fn create_export(&self, id: ExportId) -> io::Result<std::fs::File> {
        std::fs::File::create(self.half_path(id))
    }

    /// All of it is written: from now on it can be fetched. Its size in bytes. Blocks.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub fn keep_export(&self, id: ExportId, file: &std::fs::File) -> io::Result<u64> {
        file.sync_all()?;
        std::fs::rename(self.half_path(id), self.export_path(id))?;
        Ok(file.metadata()?.len())
    }

    /// Opens an export; `None` if there is none, or not yet.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub async fn open_export(&self, id: ExportId) -> Result<Option<fs::File>, FilesError> {
        match fs::File::open(self.export_path(id)).await {
            Ok(file) => Ok(Some(file)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Forgets an export, half written or whole.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub async fn remove_export(&self, id: ExportId) -> Result<(), FilesError> {
        for path in [self.half_path(id), self.export_path(id)] {
            done_unless_gone(fs::remove_file(path).await)?;
        }
        Ok(())
    }

    /// Of which exports there are files, half written ones too.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub async fn list_exports(&self) -> Result<Vec<ExportId>, FilesError> {
        let mut entries = fs::read_dir(self.root.join(FOLDER)).await?;
        let mut found = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name().to_string_lossy().into_owned();
            found.extend(name.split('.').next().and_then(|id| id.parse::<ExportId>().ok()));
        }
        Ok(found)
    }

    /// Opens contents for reading, on a thread that may block; `None` if there are none with this digest.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn open_blocking(&self, digest: &Digest) -> io::Result<Option<std::fs::File>> {
        match std::fs::File::open(self.path(digest)) {
            Ok(file) => Ok(Some(file)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn export_path(&self, id: ExportId) -> PathBuf {
        self.root.join(FOLDER).join(id.to_string())
    }

    fn half_path(&self, id: ExportId) -> PathBuf {
        self.root.join(FOLDER).join(format!("{id}.half"))
    }
}
