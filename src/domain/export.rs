//! Exports: a whole group as one file, for the member who asked.

use serde::{Deserialize, Serialize};

use super::ids::{ExportId, GroupId, PersonId};
use super::language::Language;
use super::time::Timestamp;

/// What a member asked to have of a group, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub id: ExportId,
    pub group_id: GroupId,
    /// Who asked, and alone may fetch it.
    pub person_id: PersonId,
    pub format: Format,
    /// Of what we write into it.
    pub language: Language,
    pub state: ExportState,
    /// The first message that goes in: the first one this member may see.
    pub first_seq: i64,
    /// The last one: that of the moment when it was asked for.
    pub last_seq: i64,
    /// How many messages were written, of [`Export::to_write`].
    pub written: i64,
    /// In bytes, once it is done.
    pub size: Option<i64>,
    /// Why it failed.
    pub problem: Option<ExportProblem>,
    pub asked_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// It is taken away then.
    pub expires_at: Option<Timestamp>,
}

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Format {
    /// Mails one after the other (RFC 4155), for mail programs and to be imported again.
    Mbox,
    /// Pages to be read, the files, the group as JSON, and the mbox.
    Zip,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ExportState {
    Waiting,
    Running,
    Done,
    Failed,
}

/// Why there is no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ExportProblem {
    /// The file could not be written: the disk is full, most likely.
    Disk,
    /// Whoever asked is no member any more.
    NotMember,
    /// A defect of ours.
    Broken,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::Mbox, Self::Zip];

    /// As it stands in forms, in the database and at the end of the file's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mbox => "mbox",
            Self::Zip => "zip",
        }
    }

    /// RFC 4155 and the registered one of zip files.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mbox => "application/mbox",
            Self::Zip => "application/zip",
        }
    }

    /// How often each message is written: as a mail; in a zip also on a page and as JSON.
    pub fn passes(self) -> i64 {
        match self {
            Self::Mbox => 1,
            Self::Zip => 3,
        }
    }
}

impl ExportState {
    /// As it stands in the database and in the keys of texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Whether it is to be done still.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

impl ExportProblem {
    /// The key of its words.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Disk => "export-problem-disk",
            Self::NotMember => "export-problem-not-member",
            Self::Broken => "export-problem-broken",
        }
    }
}

impl Export {
    /// How many messages it has.
    pub fn messages(&self) -> i64 {
        self.last_seq - self.first_seq + 1
    }

    /// How often a message is to be written until it is done.
    pub fn to_write(&self) -> i64 {
        self.messages() * self.format.passes()
    }

    /// How far it is, in percent; 100 only when it is done.
    pub fn percent(&self) -> i64 {
        match self.state {
            ExportState::Done => 100,
            _ => (self.written * 100 / self.to_write().max(1)).clamp(0, 99),
        }
    }
}
