//! What can stand in an action's way, told so that every door can show it to a person.

use crate::domain::ids::{ListId, PersonId};
use crate::domain::tag::{OwnName, TagProblem};
use crate::files::FilesError;
use crate::mail::parse::NotAMail;
use crate::store::StoreError;

/// See the variants. From outside, [`ActionError::NotFound`] and [`ActionError::Forbidden`] look the same for things
/// one may not know of.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    #[error("There is nothing here, or not for this person")]
    NotFound,
    /// The person may see the thing, but not do this.
    #[error("This person may not do this")]
    Forbidden,
    /// What was given can't be used: which field, and why.
    #[error("The field {field} can't be used: {problem:?}")]
    Invalid { field: &'static str, problem: Problem },
    /// It was changed meanwhile.
    #[error("Changed meanwhile: {0:?}")]
    Conflict(Conflict),
    /// Trying again later may help.
    #[error("Not available now: {0}")]
    Unavailable(String),
    /// A defect, or a broken disk.
    #[error("Internal error: {0:#}")]
    Internal(anyhow::Error),
}

/// Why a value can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    Empty,
    /// In characters.
    TooLong {
        limit: usize,
    },
    /// In bytes.
    TooLarge {
        limit: u64,
    },
    TooMany {
        limit: usize,
    },
    NotAnAddress,
    /// A guest, who may not begin groups or find people.
    Guest,
    /// More people than a group can have.
    TooManyPeople {
        limit: usize,
    },
    /// The gateway itself can't be a member.
    OwnAddress,
    /// Whoever asks has left the organisation.
    NoLongerHere,
    /// They have left the organisation.
    Departed {
        name: String,
    },
    /// Who was to be added is in it.
    AlreadyMember {
        person: PersonId,
        name: String,
    },
    /// The address is that of a distribution list, which is nobody itself.
    IsList {
        list: ListId,
        name: String,
        address: String,
    },
    /// Nobody of those who were added can be taken out in one step any more.
    NobodyToTakeBack,
    /// In the demo nobody has this address.
    NobodyThere {
        address: String,
    },
    /// Of several members one must be an owner.
    LastOwner,
    /// What was pasted as addresses is none.
    Unreadable {
        text: String,
    },
    /// A group needs two people at least.
    TooFewMembers,
    /// Not a mail; in words for the one who dropped it.
    NotAMail {
        why: NotAMail,
    },
    /// Mailmoot itself wrote the mail.
    OwnLetter,
    /// A wrong or used-up six-digit code.
    WrongCode,
    /// Done too often within an hour; it can be again after so long.
    TooOften {
        minutes: u64,
    },
    /// The same of mails to sign in.
    TooManySignInMails {
        minutes: u64,
    },
    /// With the password of a mailbox.
    MailPassword(PasswordProblem),
    /// With somebody's own mailbox.
    Mailbox(MailboxProblem),
    /// Asked for again and again within seconds.
    TooFast,
    /// Who has not read the message was reminded already; they can be again after so long.
    JustReminded {
        minutes: u64,
    },
    /// So much may wait for a message, in bytes.
    TooMuchWaits {
        limit: u64,
    },
    /// More messages for one new group than it can begin with.
    TooManyChosen {
        limit: usize,
    },
    /// An upload that is not there any more.
    FileGone,
    /// A message to be answered that is not there.
    AnswerGone,
    /// The time in which an author may change a message has passed.
    TooLate,
    /// A group that is not there for this person, or the one where the message stands anyway.
    NoOtherGroup,
    /// The message was removed, and nothing more can be done with it.
    MessageGone,
    /// What is no emoji, or more than one.
    NoEmoji,
    /// A message has as many reactions as one can have.
    TooManyReactions,
    /// A group has as many pins as one can have.
    TooManyPins {
        limit: usize,
    },
    /// What was chosen to be marked is not in the message any more.
    PieceGone,
    /// The words of a passage are not in the message.
    PassageMissing,
    /// The piece has the tag.
    MarkedAlready,
    /// A message has as many marks as one can have.
    TooManyMarks {
        limit: usize,
    },
    /// More messages to be marked at once than can be.
    TooManyMarked {
        limit: usize,
    },
    /// What is no action is nobody's to do.
    NoTask,
    /// Somebody who is not in the group.
    NoMember,
    /// What is no day of the calendar.
    NoDay,
    /// No tag was chosen.
    NoTag,
    /// A tag that was merged into another one meanwhile.
    TagGone,
    /// Another tag of the group has the name.
    TagTaken,
    /// A name of a tag without a letter, or with signs that part names.
    TagSigns,
    /// A group has as many tags of its own as one can have.
    TooManyTags {
        limit: usize,
    },
    /// The message was edited as often as one can be.
    TooManyEdits,
    /// A status that would have ended already, or never soon.
    NoSuchEnd,
    /// A file without contents, or a folder that was dropped.
    EmptyFile,
    /// A kind of file that the admin forbids, by its ending or its contents.
    ForbiddenFile {
        ending: String,
    },
    /// What a browser named as its push service can't be used.
    NoPushService,
    /// A group of which this person sees no message yet.
    NothingToExport,
    /// A legal hold keeps what was said in a group.
    Held,
    /// In days.
    Days {
        limit: i64,
    },
    /// What was to be typed before something that can't be undone is not what was typed.
    NotConfirmed,
    /// No time zone of that name.
    NoZone,
    /// No time of day, or the same one twice.
    NoTime,
    /// A share that has nothing in it, or nothing any more.
    NothingShared,
    /// More pieces of content than a share can have.
    TooMuchShared {
        limit: usize,
    },
    /// The owners of the group keep its content inside.
    OutsideForbidden,
    /// The company lets nobody open shares by their link alone.
    LinksNotAllowed,
    /// The company lets only some begin groups.
    MayNotStart,
    /// The company lets nobody of this domain be a member.
    MemberNotAllowed {
        name: String,
        domain: String,
    },
    /// The admin allows no mails of shares to this domain.
    DomainNotAllowed {
        domain: String,
    },
    /// A share that is not out is mailed to nobody.
    NotPublished,
    /// Nobody is left who lacks the newest version.
    NobodyToMail,
    /// No font of this machine has these letters.
    NoFont {
        letters: String,
    },
    /// What was answered to a share was decided about before.
    AnswerDecided,
    /// In characters.
    PasswordTooShort {
        least: usize,
    },
    WrongPassword,
    /// With mails of the ledger.
    Ledger(LedgerProblem),
}

/// Why nothing can be done with mails of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerProblem {
    NoneChosen,
    /// The bytes of a mail are not there any more.
    BytesGone,
    /// The sender of a mail may not start groups.
    SenderMayNotStart,
}

/// Why nobody is signed in by the password of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// It is wrong, or of nobody here.
    Wrong,
    /// The mail server cannot say now.
    Unchecked,
    /// Wrong ones too often; one can be tried again after so long.
    TooOften { minutes: u64 },
}

/// Why somebody's own mailbox can't be looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailboxProblem {
    /// The mail server takes the password no more; it was forgotten.
    PasswordChanged,
    /// The mailbox is not open in this session.
    NotOpen,
    /// The mail server is away or in trouble.
    Away,
    TooSlow,
    /// The server opens no INBOX.
    FolderMissing,
    /// It cannot search for what was asked.
    NotSearched,
    /// The mailbox is another one than when the list was made.
    Outdated,
    /// The mails are in it no more, or all of them are too large.
    NothingLeft,
    /// The provider at which they signed in gives no access to it any more; it was forgotten.
    AccessEnded,
    /// The provider let them in, but gives no access to it, as it says itself; it was forgotten.
    NotGranted,
    /// The mail server does not take the access that the provider gave; it was forgotten.
    AccessRefused,
    /// The mail server takes nobody's access but passwords; it was forgotten.
    NoTokenLogin,
    /// The provider does not renew the access just now.
    SignInAway,
    /// Their other windows wait for the mail server already.
    TooManyAtOnce,
    /// Asked again and again within a minute.
    TooOften,
}

/// What changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Somebody else's page edits the draft now.
    LeaseLost {
        holder: Option<String>,
    },
    /// The same person edits the draft in another window.
    LeaseMoved,
    /// The draft is a group now.
    AlreadyConfirmed,
    Discarded,
    /// There is nothing left of the message.
    MessageRemoved,
    /// What an admin wants to do with a mail of the ledger can't be done any more: it was done, or the mail was used.
    MailDecided,
    /// The message stands in another group now.
    MessageMoved,
    /// The message says something else than whoever is about to move it has read.
    EditedMeanwhile,
    /// Its author has edited the message in another window.
    EditedElsewhere,
    /// Title or note of the share were saved in another window, which says this now.
    SharedElsewhere {
        title: String,
        note: String,
        saves: i64,
    },
    /// A part of an upload that does not go on where the last one ended, in bytes.
    OtherOffset {
        received: i64,
    },
}

impl ActionError {
    /// Whether something of that name or id came to be at the same moment: PostgreSQL writes side by side.
    pub(super) fn is_taken(&self) -> bool {
        matches!(self, Self::Internal(error) if matches!(error.downcast_ref(), Some(StoreError::Taken)))
    }

    pub(crate) fn invalid(field: &'static str, problem: Problem) -> Self {
        Self::Invalid { field, problem }
    }
}

impl From<TagProblem> for Problem {
    fn from(problem: TagProblem) -> Self {
        match problem {
            TagProblem::Empty => Self::Empty,
            TagProblem::TooLong => Self::TooLong { limit: OwnName::LONGEST },
            TagProblem::Signs => Self::TagSigns,
        }
    }
}

impl From<StoreError> for ActionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(why) => Self::Unavailable(why),
            StoreError::TooSlow => Self::Unavailable(error.to_string()),
            other => Self::Internal(other.into()),
        }
    }
}

impl From<FilesError> for ActionError {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::TooLarge { limit } => Self::invalid("file", Problem::TooLarge { limit }),
            other => Self::Internal(other.into()),
        }
    }
}
