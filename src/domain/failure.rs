//! What went wrong within the last day, by kind, and how old is what directories said.

use super::directory_sync::SyncTrouble;
use super::time::Timestamp;

/// When a directory was read well last, and why it can't be now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryAge {
    /// As the configuration calls it.
    pub name: String,
    pub well_at: Option<Timestamp>,
    /// Of the last time, if that went wrong.
    pub trouble: Option<SyncTrouble>,
}

/// Something that goes wrong once in a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A mail that came in could not be read.
    MailSetAside,
    /// A mail out was given up.
    MailGivenUp,
    /// A directory could not be read.
    DirectoryStopped,
    /// A job of a lane went wrong and is tried again.
    WorkAgain { lane: String },
}

/// How often it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures {
    pub kind: FailureKind,
    pub count: i64,
}

impl FailureKind {
    /// For programs.
    pub fn name(&self) -> String {
        match self {
            Self::MailSetAside => "mail_set_aside".to_owned(),
            Self::MailGivenUp => "mail_given_up".to_owned(),
            Self::DirectoryStopped => "directory_stopped".to_owned(),
            Self::WorkAgain { lane } => format!("work_{lane}"),
        }
    }

    /// The page that shows them.
    pub fn page(&self) -> &'static str {
        match self {
            Self::MailSetAside => "/admin/ledger?outcome=quarantined",
            Self::MailGivenUp => "/admin/ledger?out=yes&outcome=failed",
            Self::DirectoryStopped => "/admin/directory",
            Self::WorkAgain { .. } => "/admin/check",
        }
    }
}
