//! Messages: what members write, wherever they write it.

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::file::File;
use super::ids::{ClientMessageId, GroupId, MailId, MessageId, PersonId, ShareId};
use super::mail_notes::MailNotes;
use super::mark::Mark;
use super::notice::Notice;
use super::reaction::Reaction;
use super::receipt::Receipts;
use super::safe_html::SafeHtml;
use super::time::Timestamp;

/// One contribution to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub group_id: GroupId,
    /// Its place in the group: 1, 2, 3 ... in the order of commits, without gaps.
    pub seq: i64,
    pub author: Author,
    pub source: Source,
    pub posted_at: Timestamp,
    pub body: Body,
    /// What the author's mail program quoted; hidden, one click away.
    pub quotation: String,
    pub signature: String,
    /// What its mail is besides its words.
    pub notes: MailNotes,
    pub mail_id: Option<MailId>,
    pub client_id: Option<ClientMessageId>,
    pub files: Vec<File>,
    /// In the order in which they came up.
    pub reactions: Vec<Reaction>,
    /// What members marked of it, in the order in which they did.
    pub marks: Vec<Mark>,
    /// The message it answers.
    pub answers: Option<Answered>,
    /// What became of it since.
    pub trace: Trace,
    /// What its author changed about the group, if it is no contribution but tells of that; then it has no text.
    pub notice: Option<Notice>,
    /// Where it stood first, if it was taken along when its group began, or moved here since.
    pub taken_from: Option<TakenFrom>,
    /// The share whose mail it answers, from outside.
    pub share: Option<ShareId>,
    /// What it asks of its receivers, and how they stand.
    pub receipts: Receipts,
}

/// Where a message stood that was taken along into a new group, or moved by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenFrom {
    pub place: MessagePlace,
    /// What that group was called then. Of one that was moved: empty, as not all who read it may know.
    pub topic: String,
    /// When it was posted there.
    pub at: Timestamp,
    /// Who moved it; `None` for a copy, which was taken along.
    pub moved_by: Option<Mover>,
}

/// Who moved a message, as they were called then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mover {
    pub id: PersonId,
    pub name: String,
}

/// A message that another one answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub id: MessageId,
    pub seq: i64,
    /// How it begins; `None` for a reader who may not see it.
    pub line: Option<Glance>,
}

impl Message {
    pub fn place(&self) -> MessagePlace {
        MessagePlace { group: self.group_id, seq: self.seq }
    }

    /// Whether it was brought here by hand, rather than copied or said here.
    pub fn is_moved(&self) -> bool {
        self.taken_from.as_ref().is_some_and(|from| from.moved_by.is_some())
    }

    /// When it was said: of one that was moved, where it stood before.
    pub fn said_at(&self) -> &Timestamp {
        let from = self.taken_from.as_ref().filter(|from| from.moved_by.is_some());
        from.map_or(&self.posted_at, |from| &from.at)
    }

    /// Where it stands now, if it was moved away.
    pub fn moved_to(&self) -> Option<MessagePlace> {
        self.trace.removed.as_ref().and_then(|removed| removed.moved_to)
    }

    /// What a message of files alone says: their names, one on a line.
    pub fn file_names(&self) -> String {
        self.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Whether it shows words of a message that a member who sees all from `first_seq` on may not see.
    pub fn quotes_before(&self, first_seq: i64) -> bool {
        self.answers.as_ref().is_some_and(|answered| answered.seq < first_seq)
    }

    /// The message as a member sees it who sees all from `first_seq` on.
    pub fn seen_from(mut self, first_seq: i64) -> Self {
        if let Some(answered) = self.answers.as_mut().filter(|answered| answered.seq < first_seq) {
            answered.line = None;
        }
        self
    }
}

/// What became of a message after it was posted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The number of its last change among the changes of its group: 1, 2, 3 ... in the order of commits; 0 for none.
    pub changed: i64,
    /// How often it was edited.
    pub edits: i64,
    pub edited_at: Option<Timestamp>,
    pub removed: Option<Removed>,
    pub pinned_at: Option<Timestamp>,
}

/// Who removed a message, or moved it away, and when. Nothing else is left of it but its place and its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    pub by: PersonId,
    pub name: String,
    pub at: Timestamp,
    /// Where it stands now, if it was moved.
    pub moved_to: Option<MessagePlace>,
}

/// A message that is pinned, who pinned it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Its place and how it begins.
    pub message: Answered,
    pub posted_at: Timestamp,
    pub by: String,
    pub at: Timestamp,
}

/// What a message said before it was edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub body: Body,
    /// Since when it said so.
    pub written_at: Timestamp,
}

/// The place of a message: its group, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessagePlace {
    pub group: GroupId,
    pub seq: i64,
}

/// Who wrote a message, and how sure that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// `None` for somebody who is no member.
    pub person_id: Option<PersonId>,
    pub name: String,
    pub grade: Grade,
    /// What their picture was made of, if there is one now.
    pub photo: Option<Digest>,
}

/// How sure it is that the author wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Grade {
    /// Signed in, or the member's own token together with one of the member's addresses.
    Confirmed,
    /// Came by a member's token, but from an address that is not the member's.
    ByLink,
    /// The same, and the member says that it is not theirs. Stored beside the grade.
    Disowned,
}

/// Through which door a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Source {
    Browser,
    Mail,
    /// The opening message of a confirmed draft.
    Draft,
}

/// The newest message as the list of groups shows it, on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    pub author: String,
    /// Without the signs of Markdown; empty for files alone.
    pub words: String,
    /// The name of its first file.
    pub file: Option<String>,
    /// How many files it has besides.
    pub more_files: i64,
    /// Nothing is left of it.
    pub removed: bool,
    /// The same, as it stands in another group now.
    pub moved: bool,
}

/// A text as it was written and as it is shown. Rendered once, when it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    pub markdown: String,
    pub html: SafeHtml,
}

/// What a [`ClientMessageId`] names.
#[derive(Debug)]
pub struct ClientMessage;
