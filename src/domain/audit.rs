//! The audit log: who did what with content that leaves a group. It names no content.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::export::Format;
use super::identity::Right;
use super::ids::{AuditId, DeliveryId, ExportId, GroupId, MailId, PersonId, ShareId};
use super::time::Timestamp;

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    pub id: AuditId,
    pub at: Timestamp,
    pub who: Doer,
    pub group_id: Option<GroupId>,
    pub deed: Deed,
}

/// Who did it, as they were called then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doer {
    /// `None` for somebody who is not known.
    pub person_id: Option<PersonId>,
    /// Empty for somebody who is not known.
    pub name: String,
    pub whence: Whence,
}

/// From where something was done.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Whence {
    /// Nobody did it: the house acts by itself. Or it was noted before this was.
    #[default]
    House,
    /// A browser, or another program, at this address.
    Network(IpAddr),
    /// The command line of the server.
    CommandLine,
    /// A mail, handed over by this host or, where that is not known, of this domain.
    Mail(String),
}

impl Doer {
    /// Whoever sits at the machine.
    pub fn at_the_machine() -> Self {
        Self { whence: Whence::CommandLine, ..Self::default() }
    }
}

impl Whence {
    /// As the database has it.
    pub fn as_text(&self) -> String {
        match self {
            Self::House => String::new(),
            Self::Network(address) => format!("ip {address}"),
            Self::CommandLine => "cli".to_owned(),
            Self::Mail(host) => format!("mail {host}"),
        }
    }

    /// What is not understood is as if it were not known.
    pub fn of_text(text: &str) -> Self {
        match text.split_once(' ') {
            Some(("ip", address)) => address.parse().map_or(Self::House, Self::Network),
            Some(("mail", host)) => Self::Mail(host.to_owned()),
            _ if text == "cli" => Self::CommandLine,
            _ => Self::House,
        }
    }
}

impl fmt::Debug for Whence {
    /// Addresses do not get into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::House => "House",
            Self::Network(_) => "Network(***)",
            Self::CommandLine => "CommandLine",
            Self::Mail(_) => "Mail(***)",
        })
    }
}

/// What was done. Its kind stands in a column of its own; the rest is JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "details", rename_all = "snake_case")]
pub enum Deed {
    /// A share was published, or published anew.
    SharePublished {
        share: ShareId,
        version: i64,
        items: i64,
        outside: bool,
    },
    /// Who can open a share that is out was changed.
    ShareOpened {
        share: ShareId,
        outside: bool,
        password: bool,
    },
    /// A share was opened by somebody who is known.
    ShareViewed {
        share: ShareId,
        version: i64,
    },
    /// A share, or one of its files, was saved by a reader.
    ShareDownloaded {
        share: ShareId,
        what: String,
    },
    /// A share was mailed to so many receivers.
    ShareMailed {
        share: ShareId,
        version: i64,
        receivers: i64,
    },
    ShareRecalled {
        share: ShareId,
    },
    /// Asked for a whole group as a file.
    GroupExported {
        export: ExportId,
        format: Format,
        messages: i64,
    },
    /// The file was fetched.
    ExportDownloaded {
        export: ExportId,
    },
    /// A message of the group was moved into another one, or back.
    MessageMoved {
        seq: i64,
        to: GroupId,
        back: bool,
    },
    /// A quiet time was announced, until then or until it is ended.
    MaintenanceBegun {
        ends_at: Option<Timestamp>,
        why: String,
    },
    MaintenanceEnded,
    /// Somebody became an admin or an auditor.
    RightGiven {
        right: Right,
        to: PersonId,
        /// As they were called then.
        name: String,
    },
    RightWithdrawn {
        right: Right,
        from: PersonId,
        name: String,
    },
    /// Whose accounts at sign-in providers are known no longer.
    IdentitiesForgotten {
        of: PersonId,
        name: String,
    },
    /// A file of people was taken.
    PeopleImported {
        added: usize,
        changed: usize,
    },
    /// Settings were kept on a page, or put back.
    SettingsChanged {
        names: Vec<String>,
    },
    /// The bytes of a mail of the ledger were saved.
    OriginalSaved {
        mail: Option<MailId>,
        delivery: Option<DeliveryId>,
    },
    /// Mails that came in were sorted again.
    MailsRunAgain {
        mails: Vec<MailId>,
    },
    /// Mails in, or mails out, were dropped.
    MailsDropped {
        mails: Vec<MailId>,
        deliveries: Vec<DeliveryId>,
    },
    /// Mails out were tried again.
    MailsRetried {
        deliveries: Vec<DeliveryId>,
    },
    /// A mail that was not used was handed to a group, or to a draft.
    MailReleased {
        mail: MailId,
    },
    /// Asked for all that is known of somebody, as a file.
    PersonExported {
        of: PersonId,
    },
    /// The file was fetched.
    PersonExportDownloaded {
        of: PersonId,
    },
    /// Erased somebody. Who that was is not known any more.
    PersonErased {
        of: PersonId,
        texts: bool,
    },
    /// An address that was erased may come back. Which one that is stays unknown.
    AddressReadmitted,
    /// A legal hold keeps what was said in a group, or does so no longer.
    HoldSet {
        why: String,
    },
    HoldLifted {
        why: String,
    },
    /// Owners said after how many days messages are deleted; `None` as the house does.
    RetentionSet {
        days: Option<i64>,
    },
    /// Messages were deleted for their age.
    MessagesExpired {
        messages: i64,
    },
    /// Took the audit log along as a file.
    AuditDownloaded,
    /// Owners said whether content may be shared with people outside.
    OutsideSharing {
        allowed: bool,
    },
}

impl Deed {
    /// The share it was done with, if it was one.
    pub fn share(&self) -> Option<ShareId> {
        match self {
            Self::SharePublished { share, .. }
            | Self::ShareOpened { share, .. }
            | Self::ShareViewed { share, .. }
            | Self::ShareDownloaded { share, .. }
            | Self::ShareMailed { share, .. }
            | Self::ShareRecalled { share } => Some(*share),
            Self::GroupExported { .. }
            | Self::ExportDownloaded { .. }
            | Self::MessageMoved { .. }
            | Self::RightGiven { .. }
            | Self::RightWithdrawn { .. }
            | Self::IdentitiesForgotten { .. }
            | Self::PeopleImported { .. }
            | Self::SettingsChanged { .. }
            | Self::OriginalSaved { .. }
            | Self::MailsRunAgain { .. }
            | Self::MailsDropped { .. }
            | Self::MailsRetried { .. }
            | Self::MailReleased { .. }
            | Self::PersonExported { .. }
            | Self::PersonExportDownloaded { .. }
            | Self::PersonErased { .. }
            | Self::HoldSet { .. }
            | Self::HoldLifted { .. }
            | Self::RetentionSet { .. }
            | Self::MessagesExpired { .. }
            | Self::AuditDownloaded
            | Self::AddressReadmitted
            | Self::MaintenanceBegun { .. }
            | Self::MaintenanceEnded
            | Self::OutsideSharing { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_was_done_is_read_as_it_was_written() {
        let v6: IpAddr = "2001:db8::7".parse().unwrap();
        for whence in
            [Whence::House, Whence::Network(v6), Whence::CommandLine, Whence::Mail("mx.x.example".to_owned())]
        {
            assert_eq!(Whence::of_text(&whence.as_text()), whence);
        }
        assert_eq!(Whence::of_text("ip nonsense"), Whence::House);
    }
}
