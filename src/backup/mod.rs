//! The whole house in one file, and back: every row, every file, and the server's key.
//!
//! A backup is a zip: `rows/TABLE.jsonl` with the rows of one moment, `files/…` with the contents, `server.key`, and at its end
//! `backup.json`, which says what must be in it. Its rows are the same for both databases, so that a house can move from one to the
//! other.

mod read;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::store::{Place, StoreError};

pub use read::restore;
pub use write::back_up;

/// Written last: a file without it is no whole backup.
const CONTENTS: &str = "backup.json";
const KEY: &str = "server.key";
/// Below the folder of data, and in the zip.
const FILES: &str = "files";
const ROWS: &str = "rows";
/// The form of the zip.
const FORM: u32 = 1;

/// Where a house is.
#[derive(Clone, Debug)]
pub struct Home {
    pub database: Place,
    /// `server.data`.
    pub data: PathBuf,
}

/// What is in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    form: u32,
    /// Of the mailmoot that made it.
    pub version: String,
    /// The newest migration of its tables.
    pub schema: i64,
    /// RFC 3339.
    pub made_at: String,
    tables: BTreeMap<String, Table>,
    pub files: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Table {
    columns: Vec<String>,
    rows: u64,
}

impl Contents {
    /// Of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.rows).sum()
    }
}

/// Why there is no backup, or none was put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{path} is there already", path = .0.display())]
    IsThere(PathBuf),
    #[error("{path}: {why}", path = path.display())]
    File { path: PathBuf, why: std::io::Error },
    #[error("This is no whole backup of mailmoot: {0}")]
    NotWhole(String),
    /// Another mailmoot reads it.
    #[error("The backup has tables of migration {found}, this mailmoot of {ours}")]
    OtherSchema { found: i64, ours: i64, version: String },
    /// Something is there that would be lost.
    #[error("There are people, mails or files already")]
    InUse,
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken => Self::InUse,
            StoreError::Stale => Self::NotWhole("its rows do not fit together".to_owned()),
            other => Self::Store(other),
        }
    }
}

type Result<T> = std::result::Result<T, BackupError>;
