//! What is wrong with the house, in a sentence, and what to do about it.

use super::{Texts, Value};
use crate::domain::health::Concern;

impl Texts {
    /// What is wrong.
    pub fn concern(&self, concern: &Concern) -> String {
        let text = match concern {
            Concern::SourceStands { source, words, .. } if words.is_empty() => {
                self.with("concern-source-silent", &[("source", source.as_str())])
            }
            Concern::SourceStands { source, words, .. } => {
                self.with("concern-source-stands", &[("source", source.as_str()), ("words", words)])
            }
            Concern::OutboxStands { waiting, words, .. } => self.with(
                "concern-outbox-stands",
                &[("n", Value::from(*waiting)), ("words", Value::from(words.as_str()))],
            ),
            Concern::ArchiveStands { words, .. } => {
                self.with("concern-archive-stands", &[("words", words.as_str())])
            }
            Concern::DirectoryStands { directory, words, .. } if words.is_empty() => {
                self.with("concern-directory-silent", &[("directory", directory.as_str())])
            }
            Concern::DirectoryStands { directory, words, .. } => {
                self.with("concern-directory-stands", &[("directory", directory.as_str()), ("words", words)])
            }
            Concern::WorkWaits { lane, waiting, .. } => {
                let work = self.get(work_key(lane));
                self.with(
                    "concern-work-waits",
                    &[("work", Value::from(work.as_ref())), ("n", Value::from(*waiting))],
                )
            }
            Concern::CertificateEnds { server, ends_at } => {
                let day = ends_at.utc().date_naive().to_string();
                self.with("concern-certificate-ends", &[("server", server.as_str()), ("day", &day)])
            }
            Concern::DiskFull { free } => self.with("concern-disk-full", &[("n", free / 1_000_000)]),
            Concern::SetAside { mails } => self.with("concern-set-aside", &[("n", *mails)]),
        };
        text.into_owned()
    }

    /// What to do about it.
    pub fn concern_advice(&self, concern: &Concern) -> String {
        let key = match concern {
            Concern::SourceStands { .. } => "concern-advice-source",
            Concern::OutboxStands { .. } => "concern-advice-outbox",
            Concern::ArchiveStands { .. } => "concern-advice-archive",
            Concern::DirectoryStands { .. } => "concern-advice-directory",
            Concern::WorkWaits { .. } => "concern-advice-work",
            Concern::CertificateEnds { .. } => "concern-advice-certificate",
            Concern::DiskFull { .. } => "concern-advice-disk",
            Concern::SetAside { .. } => "concern-advice-set-aside",
        };
        self.get(key).into_owned()
    }
}

/// What a lane of jobs does; lanes that are newer than this have the words of all others.
pub fn work_key(lane: &str) -> &'static str {
    match lane {
        "sort" => "work-sort",
        "members" => "work-members",
        "asks" => "work-asks",
        "send" => "work-send",
        "index" => "work-index",
        "push" => "work-push",
        "export" => "work-export",
        "directory" => "work-directory",
        "watch" => "work-watch",
        _ => "work-other",
    }
}
