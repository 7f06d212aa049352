//! The ledger: one line for every mail in or out, with what became of it and why.

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;
use super::command::Command;
use super::ids::{DeliveryId, DraftId, GroupId, MailId, MessageId, PersonId, ShareId, ThreadId};
use super::time::Timestamp;

/// One mail that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailEntry {
    pub id: MailId,
    pub received_at: Timestamp,
    /// Where it came in, such as `imap:moot@mail.corp.example/INBOX`.
    pub source: String,
    pub message_id: String,
    /// The From address in lower case; empty as long as nobody has looked.
    pub sender: String,
    pub subject: String,
    /// In bytes.
    pub size: i64,
    pub outcome: Outcome,
    pub routed: Routed,
    /// What is known of whether its From is true; `None` if nobody knows.
    pub proof: Option<Proof>,
}

/// What is known of whether a mail's From is true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub verdict: Verdict,
    /// As servers write it, such as `dmarc=pass`.
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Who speaks for the domain in From sent the mail.
    Aligned,
    /// The domain in From says that the mail is none of its own.
    Failed,
}

impl Verdict {
    /// The key of the words that tell it.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Aligned => "proof-aligned",
            Self::Failed => "proof-failed",
        }
    }
}

/// How a mail was found to belong where it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Routed {
    /// `None` for a mail to the gateway itself.
    pub way: Option<Way>,
    /// Whose reply address it was sent to.
    pub token_person: Option<PersonId>,
    /// In how many more groups it became a message.
    pub also_groups: i64,
    /// The group it came for, or that it became a message of.
    pub group: Option<GroupId>,
}

/// What tells to which group a mail belongs, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Way {
    /// A member's own address, to which it was sent.
    Address,
    /// The mail that it answers (In-Reply-To).
    Answer,
    /// A mail that it refers to (References), with the same base subject.
    References,
    /// It refers to a group's mails, but its subject is another one: it belongs to none.
    NewMatter,
}

impl Way {
    /// The key of the words that tell it.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Address => "way-address",
            Self::Answer => "way-answer",
            Self::References => "way-references",
            Self::NewMatter => "way-new-matter",
        }
    }
}

/// What became of a mail. Exactly one per mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Stored, not worked on yet.
    Waiting,
    Message {
        group: GroupId,
        message: MessageId,
    },
    /// The same, and a member moved the message into this group.
    Moved {
        group: GroupId,
        message: MessageId,
        /// The group it stood in before.
        from: GroupId,
        by: PersonId,
        /// As they were called then.
        name: String,
        at: Timestamp,
    },
    Draft {
        draft: DraftId,
    },
    ThreadOnly {
        thread: ThreadId,
    },
    /// It answers a share, and waits for its sharer to decide.
    ShareAnswer {
        share: ShareId,
    },
    /// A word that was meant for mailmoot: done, or asked back.
    Command {
        group: GroupId,
        command: Command,
    },
    /// Its author said whether an address is theirs.
    Claim {
        accepted: bool,
    },
    /// An automatic answer that says a member is away: noted beside their name.
    Away {
        person: PersonId,
    },
    Ignored {
        why: Ignored,
    },
    /// Kept for the admin, who can run it again.
    Quarantined {
        why: String,
    },
    /// Its source does not hand it over: only its place is known. Fetched once more when the admin wants it `again`.
    Unfetched {
        place: SourcePlace,
        why: String,
        again: bool,
    },
    /// An admin wants nothing more of it; it can still be run again.
    Dropped {
        by: PersonId,
        /// As they were called then.
        name: String,
        at: Timestamp,
        was: Box<Outcome>,
    },
}

/// Where a mail lies in its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourcePlace {
    /// In an IMAP folder (RFC 9051 2.3.1.1).
    Uid { uid_validity: i64, uid: i64 },
    /// In a Maildir.
    File { name: String },
}

impl std::fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Uid { uid, .. } => write!(f, "UID {uid}"),
            Self::File { name } => f.write_str(name),
        }
    }
}

impl Ignored {
    /// Whether an admin can change what stood in the way (the address book, a limit), so that running the mail again
    /// helps.
    pub fn can_be_mended(self) -> bool {
        match self {
            Self::NotAMember
            | Self::Departed
            | Self::TakenBack
            | Self::NoSuchGroup
            | Self::NotAllowed
            | Self::TooMany
            | Self::TooManyPeople
            | Self::NotConfirmed => true,
            Self::Automatic
            | Self::Loop
            | Self::Duplicate
            | Self::Repeated
            | Self::Report
            | Self::TooLarge
            | Self::Empty
            | Self::OwnLetter
            | Self::ClaimUnclear
            | Self::ShareRecalled => false,
        }
    }

    /// The key of the words that tell it, to the admin and to the sender.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::Automatic => "ignored-automatic",
            Self::Loop => "ignored-loop",
            Self::Duplicate => "ignored-duplicate",
            Self::Repeated => "ignored-repeated",
            Self::Report => "ignored-report",
            Self::NotAMember => "ignored-not-a-member",
            Self::Departed => "ignored-departed",
            Self::TakenBack => "ignored-taken-back",
            Self::NoSuchGroup => "ignored-no-such-group",
            Self::NotAllowed => "ignored-not-allowed",
            Self::TooMany => "ignored-too-many",
            Self::TooManyPeople => "ignored-too-many-people",
            Self::TooLarge => "ignored-too-large",
            Self::Empty => "ignored-empty",
            Self::OwnLetter => "ignored-own-letter",
            Self::ShareRecalled => "ignored-share-recalled",
            Self::NotConfirmed => "ignored-not-confirmed",
            Self::ClaimUnclear => "ignored-claim-unclear",
        }
    }
}

impl Outcome {
    /// All names in the ledger.
    pub const NAMES: [&'static str; 7] =
        ["message", "draft", "thread_only", "ignored", "quarantined", "waiting", "dropped"];

    /// Its name in the ledger.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting | Self::Unfetched { again: true, .. } => "waiting",
            Self::Message { .. }
            | Self::Moved { .. }
            | Self::ShareAnswer { .. }
            | Self::Command { .. }
            | Self::Claim { .. }
            | Self::Away { .. } => "message",
            Self::Draft { .. } => "draft",
            Self::ThreadOnly { .. } => "thread_only",
            Self::Ignored { .. } => "ignored",
            Self::Quarantined { .. } | Self::Unfetched { again: false, .. } => "quarantined",
            Self::Dropped { .. } => "dropped",
        }
    }

    /// The group that it says the mail belongs to.
    pub fn group(&self) -> Option<GroupId> {
        match self {
            Self::Message { group, .. } | Self::Moved { group, .. } | Self::Command { group, .. } => {
                Some(*group)
            }
            _ => None,
        }
    }

    /// What it is when the mail is run again; `None` where that must not be: it was used, or waits for its turn.
    pub fn again(&self) -> Option<Self> {
        match self {
            Self::Ignored { .. } | Self::Quarantined { .. } | Self::ThreadOnly { .. } => Some(Self::Waiting),
            Self::Unfetched { place, why, again: false } => {
                Some(Self::Unfetched { place: place.clone(), why: why.clone(), again: true })
            }
            Self::Dropped { was, .. } => was.again(),
            _ => None,
        }
    }

    /// Whether it waits for an admin, who may want nothing more of it.
    pub fn can_be_dropped(&self) -> bool {
        matches!(self, Self::Quarantined { .. } | Self::Unfetched { .. })
    }

    /// Whether an admin may hand the mail to a group although it was not used. Not what was used elsewhere: a report, or the
    /// same mail once more.
    pub fn can_be_released(&self) -> bool {
        match self {
            Self::Quarantined { .. } => true,
            Self::Ignored { why } => !matches!(why, Ignored::Report | Ignored::Duplicate),
            Self::Dropped { was, .. } => was.can_be_released(),
            _ => false,
        }
    }
}

/// Why a mail was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ignored {
    /// No person wrote it (RFC 3834).
    Automatic,
    /// Our own mail came back.
    Loop,
    /// The same mail came before.
    Duplicate,
    /// The same sender said the same in the same group within the last hour.
    Repeated,
    /// A delivery or disposition report.
    Report,
    /// Written to a group by somebody who has no part in it.
    NotAMember,
    /// Written by somebody whom no directory has any more.
    Departed,
    /// Written to a group by somebody who was added to it by mistake.
    TakenBack,
    /// The group is gone, or the token was taken back.
    NoSuchGroup,
    /// The sender may not start groups.
    NotAllowed,
    /// The sender's hourly limit is used up.
    TooMany,
    /// More people than a group can have.
    TooManyPeople,
    /// More bytes than the admin allows.
    TooLarge,
    /// Neither text nor files.
    Empty,
    /// It hands on or answers a letter of ours, and is for no group.
    OwnLetter,
    /// It answers a share that was taken back.
    ShareRecalled,
    /// A word for mailmoot, of which it is not sure that the member wrote it.
    NotConfirmed,
    /// Neither yes nor no to the question whose an address is, or not from who was asked, or too late.
    ClaimUnclear,
}

/// One mail that goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub kind: DeliveryKind,
    pub person_id: Option<PersonId>,
    pub group_id: Option<GroupId>,
    pub address: EmailAddress,
    pub message_id: String,
    pub state: DeliveryState,
    pub attempts: i64,
    /// The server's last words, for the admin.
    pub last_reply: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When an admin had it tried again: it waits from then on.
    pub retried_at: Option<Timestamp>,
}

impl Delivery {
    /// Since when it waits.
    pub fn waits_since(&self) -> Timestamp {
        self.retried_at.unwrap_or(self.created_at)
    }
}

/// What a mail of ours is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum DeliveryKind {
    SignIn,
    DraftReady,
    GroupLink,
    Messages,
    /// Tells of a mail that came: its sender why it was not used, a sharer that it answers their share.
    Answer,
    /// Asks a member to read a message.
    Reminder,
    /// A share, to whomever its sharer chose.
    Share,
    /// Finds out whether an address works again.
    Trial,
    /// Tells the author of a mail that asked for it who has read it (RFC 8098).
    Readers,
    /// Tells an admin what is wrong, or that it is not any more.
    Alert,
}

impl DeliveryKind {
    /// Whether it goes to people who have left the house, too: what answers their asking to sign in, or a mail of theirs.
    pub fn is_for_departed(self) -> bool {
        matches!(self, Self::SignIn | Self::Answer)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum DeliveryState {
    Waiting,
    /// The submission server took it.
    Sent,
    /// Given up, or refused for good.
    Failed,
    /// An admin did not want it to be sent.
    Dropped,
}

impl DeliveryState {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Failed, Self::Dropped];

    /// As the table has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }

    pub fn is_dropped(self) -> bool {
        self == Self::Dropped
    }

    /// Whether it will not come, as far as is known.
    pub fn is_lost(self) -> bool {
        matches!(self, Self::Failed | Self::Dropped)
    }
}
