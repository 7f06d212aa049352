//! How the house is: figures, and the rules by which something is wrong.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure::{DirectoryAge, Failures};
use super::ids::AlertId;
use super::time::Timestamp;

/// A mail server that could not be used for so long stands still.
const STANDS: Duration = Duration::from_secs(10 * 60);
/// Work that is due for so long waits.
const WAITS: Duration = Duration::from_secs(15 * 60);
/// An address book that could not be read for so long is old: who has left is still let in.
const AGES: Duration = Duration::from_secs(3600);
/// A certificate is renewed by hand in so much time.
const RENEWS: Duration = Duration::from_secs(14 * 24 * 3600);
/// Less room than this on the disk, in bytes, and files of mails may not fit.
const ROOM: u64 = 1_000_000_000;
/// A trouble has to be seen for so long before somebody is told: clocks jump, and laptops sleep.
pub const LASTS: Duration = Duration::from_secs(60);
/// What was not seen for so long is over.
pub const OVER: Duration = Duration::from_secs(5 * 60);

/// Figures of one moment.
#[derive(Clone, Debug)]
pub struct Health {
    pub at: Timestamp,
    pub sources: Vec<SourceHealth>,
    pub mails_in: MailsIn,
    pub mails_out: MailsOut,
    /// The lanes in which something is to be done now.
    pub lanes: Vec<LaneLoad>,
    pub certificates: Vec<Certificate>,
    /// Those that are configured.
    pub directories: Vec<DirectoryAge>,
    /// What went wrong within the last day.
    pub failures: Vec<Failures>,
    /// `None` where it can't be told.
    pub disk: Option<Disk>,
}

/// Where mail comes from, and how it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceHealth {
    /// As the ledger has it, such as `imap:moot@mail.corp.example:993/INBOX`.
    pub name: String,
    pub last_success_at: Option<Timestamp>,
    /// The server's words since then; empty if all is well.
    pub last_error: String,
    pub last_error_at: Option<Timestamp>,
}

/// Mails that came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailsIn {
    pub last_at: Option<Timestamp>,
    /// What became of those of the last day: the outcome's name in the ledger, and how many.
    pub outcomes: Vec<(String, i64)>,
}

/// Mails that go out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailsOut {
    pub waiting: i64,
    /// Since when the first of them waits.
    pub waiting_since: Option<Timestamp>,
    /// The submission server itself can't be used.
    pub away: Option<Away>,
    /// The archive can't be written.
    pub archive: Option<Away>,
    /// When one was handed over last.
    pub last_sent_at: Option<Timestamp>,
    /// Handed over, and given up, within the last day.
    pub sent: i64,
    pub failed: i64,
}

/// A server that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    pub since: Timestamp,
    /// What it says.
    pub words: String,
}

/// What is to be done in a lane of jobs now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneLoad {
    /// Its name in the table.
    pub lane: String,
    /// Jobs that are due and that nobody is at.
    pub due: i64,
    /// Jobs that a worker is at, or was when it died.
    pub under_way: i64,
    /// Since when the first of those that nobody is at is due.
    pub due_since: Option<Timestamp>,
}

/// Until when a server's certificate holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// `host:port`.
    pub server: String,
    pub ends_at: Timestamp,
}

/// Of the file system that `server.data` is on, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    pub free: u64,
    pub size: u64,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Concern {
    /// No mail can be fetched. `since` is when that worked last.
    SourceStands {
        source: String,
        since: Option<Timestamp>,
        words: String,
    },
    /// No mail can be handed over: the submission server is away, or refuses us.
    OutboxStands {
        waiting: i64,
        since: Timestamp,
        words: String,
    },
    /// Nothing can be put into the archive.
    ArchiveStands {
        since: Timestamp,
        words: String,
    },
    /// A directory can't be read, or is not believed. `since` is when that worked last.
    DirectoryStands {
        directory: String,
        since: Option<Timestamp>,
        words: String,
    },
    /// Jobs of a lane are not begun.
    WorkWaits {
        lane: String,
        waiting: i64,
        since: Timestamp,
    },
    CertificateEnds {
        server: String,
        ends_at: Timestamp,
    },
    DiskFull {
        free: u64,
    },
    /// So many mails of the last day could not be read.
    SetAside {
        mails: i64,
    },
}

/// A concern that lasts, or lasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub id: AlertId,
    pub concern: Concern,
    /// When it was seen first.
    pub begun_at: Timestamp,
    /// When it was seen last.
    pub seen_at: Timestamp,
    /// When admins were told.
    pub told_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

impl Concern {
    /// The same trouble has the same key, however its figures change.
    pub fn key(&self) -> String {
        match self {
            Self::SourceStands { source, .. } => format!("source:{source}"),
            Self::OutboxStands { .. } => "outbox".to_owned(),
            Self::ArchiveStands { .. } => "archive".to_owned(),
            Self::DirectoryStands { directory, .. } => format!("directory:{directory}"),
            Self::WorkWaits { lane, .. } => format!("work:{lane}"),
            Self::CertificateEnds { server, .. } => format!("certificate:{server}"),
            Self::DiskFull { .. } => "disk".to_owned(),
            Self::SetAside { .. } => "set-aside".to_owned(),
        }
    }

    /// For logs and programs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SourceStands { .. } => "source_stands",
            Self::OutboxStands { .. } => "outbox_stands",
            Self::ArchiveStands { .. } => "archive_stands",
            Self::DirectoryStands { .. } => "directory_stands",
            Self::WorkWaits { .. } => "work_waits",
            Self::CertificateEnds { .. } => "certificate_ends",
            Self::DiskFull { .. } => "disk_full",
            Self::SetAside { .. } => "set_aside",
        }
    }
}

impl Alert {
    /// Since when it is so, as far as can be told.
    pub fn since(&self) -> Timestamp {
        match &self.concern {
            Concern::SourceStands { since, .. } | Concern::DirectoryStands { since, .. } => {
                since.unwrap_or(self.begun_at)
            }
            Concern::OutboxStands { since, .. }
            | Concern::ArchiveStands { since, .. }
            | Concern::WorkWaits { since, .. } => *since,
            Concern::CertificateEnds { .. } | Concern::DiskFull { .. } | Concern::SetAside { .. } => {
                self.begun_at
            }
        }
    }
}

impl Disk {
    pub fn is_nearly_full(&self) -> bool {
        self.free < ROOM
    }
}

impl Certificate {
    /// Whether it is time to renew it.
    pub fn runs_out(&self, now: Timestamp) -> bool {
        self.ends_at < now + RENEWS
    }
}

impl Health {
    /// Everything that is wrong.
    pub fn concerns(&self) -> Vec<Concern> {
        let sources = self.sources.iter().filter_map(|source| self.of_source(source));
        let lanes = self.lanes.iter().filter_map(|lane| self.of_lane(lane));
        let certificates = self.certificates.iter().filter(|one| one.runs_out(self.at));
        let ends = certificates
            .map(|one| Concern::CertificateEnds { server: one.server.clone(), ends_at: one.ends_at });
        let disk = self.disk.filter(Disk::is_nearly_full).map(|disk| Concern::DiskFull { free: disk.free });
        let unread = |(outcome, _): &&(String, i64)| outcome == "quarantined";
        let aside = self.mails_in.outcomes.iter().find(unread);
        let aside = aside.map(|(_, mails)| Concern::SetAside { mails: *mails });
        sources
            .chain(self.of_outbox())
            .chain(self.of_archive())
            .chain(self.directories.iter().filter_map(|one| self.of_directory(one)))
            .chain(lanes)
            .chain(ends)
            .chain(disk)
            .chain(aside)
            .collect()
    }

    fn of_source(&self, source: &SourceHealth) -> Option<Concern> {
        let stands = source.last_success_at.is_none_or(|at| at + STANDS < self.at);
        stands.then(|| Concern::SourceStands {
            source: source.name.clone(),
            since: source.last_success_at,
            words: source.last_error.clone(),
        })
    }

    /// Mails that wait say nothing: their receivers' servers may be slow.
    fn of_outbox(&self) -> Option<Concern> {
        let MailsOut { waiting, away, .. } = &self.mails_out;
        let away = away.as_ref().filter(|away| away.since + STANDS < self.at)?;
        Some(Concern::OutboxStands { waiting: *waiting, since: away.since, words: away.words.clone() })
    }

    fn of_archive(&self) -> Option<Concern> {
        let away = self.mails_out.archive.as_ref().filter(|away| away.since + STANDS < self.at)?;
        Some(Concern::ArchiveStands { since: away.since, words: away.words.clone() })
    }

    fn of_directory(&self, directory: &DirectoryAge) -> Option<Concern> {
        let trouble = directory.trouble.as_ref()?;
        let stands = directory.well_at.is_none_or(|at| at + AGES < self.at);
        stands.then(|| Concern::DirectoryStands {
            directory: directory.name.clone(),
            since: directory.well_at,
            words: trouble.words.clone(),
        })
    }

    fn of_lane(&self, lane: &LaneLoad) -> Option<Concern> {
        let since = lane.due_since.filter(|since| *since + WAITS < self.at)?;
        Some(Concern::WorkWaits { lane: lane.lane.clone(), waiting: lane.due, since })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::directory_sync::{Hitch, SyncTrouble};

    const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);

    fn ago(minutes: u64) -> Timestamp {
        NOW - Duration::from_secs(60 * minutes)
    }

    fn well() -> Health {
        Health {
            at: NOW,
            sources: vec![SourceHealth {
                name: "maildir".to_owned(),
                last_success_at: Some(ago(1)),
                last_error: String::new(),
                last_error_at: None,
            }],
            mails_in: MailsIn { last_at: Some(ago(600)), outcomes: vec![("ignored".to_owned(), 4)] },
            mails_out: MailsOut { last_sent_at: Some(ago(600)), sent: 3, ..MailsOut::default() },
            lanes: vec![LaneLoad { lane: "sort".to_owned(), due: 2, under_way: 1, due_since: Some(ago(1)) }],
            certificates: vec![Certificate { server: "mail:993".to_owned(), ends_at: NOW + 2 * RENEWS }],
            directories: Vec::new(),
            failures: Vec::new(),
            disk: Some(Disk { free: 20 * ROOM, size: 30 * ROOM }),
        }
    }

    fn kinds(change: impl FnOnce(&mut Health)) -> Vec<&'static str> {
        let mut health = well();
        change(&mut health);
        health.concerns().iter().map(Concern::kind).collect()
    }

    #[test]
    fn nothing_is_wrong_where_all_is_well() {
        assert_eq!(well().concerns(), []);
    }

    #[test]
    fn each_trouble_is_seen() {
        let source = |at| kinds(|health| health.sources[0].last_success_at = at);
        assert_eq!(source(Some(ago(9))), [""; 0]);
        assert_eq!(source(Some(ago(11))), ["source_stands"]);
        assert_eq!(source(None), ["source_stands"]);
        let away = |since| {
            kinds(|health| health.mails_out.away = Some(Away { since, words: "421 later".to_owned() }))
        };
        assert_eq!((away(ago(9)), away(ago(11))), (vec![], vec!["outbox_stands"]));
        assert_eq!(
            kinds(|health| health.mails_out.waiting_since = Some(ago(600))),
            [""; 0],
            "slow receivers"
        );
        let book = |well_at, trouble| {
            let name = "staff".to_owned();
            kinds(|health| health.directories = vec![DirectoryAge { name, well_at, trouble }])
        };
        let trouble = Some(SyncTrouble { hitch: Hitch::BindRefused, words: "49".to_owned() });
        assert_eq!(book(Some(ago(59)), trouble.clone()), [""; 0], "a server that is started anew");
        assert_eq!(book(Some(ago(61)), trouble.clone()), ["directory_stands"]);
        assert_eq!((book(None, trouble), book(Some(ago(6000)), None)), (vec!["directory_stands"], vec![]));
        assert_eq!(kinds(|health| health.lanes[0].due_since = Some(ago(16))), ["work_waits"]);
        assert_eq!(
            kinds(|health| health.certificates[0].ends_at = NOW + RENEWS - Duration::from_secs(1)),
            ["certificate_ends"]
        );
        let room = |free| kinds(|health| health.disk = Some(Disk { free, size: 30 * ROOM }));
        assert_eq!((room(ROOM), room(ROOM - 1)), (vec![], vec!["disk_full"]));
        assert_eq!(
            kinds(|health| health.mails_in.outcomes.push(("quarantined".to_owned(), 2))),
            ["set_aside"]
        );
    }
}
