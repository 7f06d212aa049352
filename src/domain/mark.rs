//! Marks: a member puts a tag on a message, a passage of it, one of its files or one of its links.

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::ids::{FileId, GroupId, MarkId, MessageId, PersonId};
use super::message::MessagePlace;
use super::safe_html::SafeHtml;
use super::tag::Tag;
use super::time::Timestamp;

/// One tag on one piece of content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub id: MarkId,
    pub message_id: MessageId,
    /// Where the message stands.
    pub place: MessagePlace,
    pub tag: Tag,
    pub piece: Piece,
    pub content: Content,
    /// What it is about, in free words; may be empty.
    pub topic: String,
    pub source: MarkSource,
    pub marked_by: Somebody,
    pub marked_at: Timestamp,
    pub task: Task,
    /// How often the message had been edited when it was marked.
    pub edits: i64,
}

/// What the marked content said when it was marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Markdown of a message, the words of a passage or a link, the name of a file.
    pub text: String,
    /// The same as it was shown; empty for a file.
    pub html: SafeHtml,
}

/// Which piece of a message is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// All of it.
    Message,
    Passage(Passage),
    File(FileId),
    /// A link by its address.
    Link(String),
}

/// A stretch of the message's plain text as it is shown, found by its words and those around it (W3C Web Annotation
/// Data Model 4.2.4, "Text Quote Selector").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    pub quote: String,
    pub before: String,
    pub after: String,
    /// How many characters of the plain text stand before it; `None` once an edit took it out of the message.
    pub start: Option<i64>,
}

/// A person as a mark names them, and what they were called then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Somebody {
    pub id: Option<PersonId>,
    pub name: String,
}

/// What is to be done about an action, by whom and until when, and who has done it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Task {
    pub assignee: Option<Somebody>,
    pub due_on: Option<Day>,
    pub done: Option<Done>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub by: Somebody,
    pub at: Timestamp,
}

/// The kind of a [`Piece`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum What {
    Message,
    Passage,
    File,
    Link,
}

/// What readers look for: words, an address, something to see, something to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Content {
    Text,
    Link,
    Picture,
    Attachment,
}

/// How a mark was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum MarkSource {
    /// Beside the content, on a page.
    Browser,
    /// By `#tag` in the message itself, wherever it was written.
    Hashtag,
}

impl Content {
    pub const ALL: [Self; 4] = [Self::Text, Self::Link, Self::Picture, Self::Attachment];

    /// As it stands in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Link => "link",
            Self::Picture => "picture",
            Self::Attachment => "attachment",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|content| content.name() == name)
    }
}

impl Piece {
    pub fn what(&self) -> What {
        match self {
            Self::Message => What::Message,
            Self::Passage(_) => What::Passage,
            Self::File(_) => What::File,
            Self::Link(_) => What::Link,
        }
    }

    pub fn passage(&self) -> Option<&Passage> {
        match self {
            Self::Passage(passage) => Some(passage),
            _ => None,
        }
    }

    /// One name for one piece of a message, so that it has a tag once. A lost passage is nobody's any more but its
    /// mark's.
    pub fn target(&self, mark: MarkId) -> String {
        match self {
            Self::Message => "message".to_owned(),
            Self::File(file) => format!("file:{file}"),
            Self::Link(url) => format!("link:{url}"),
            Self::Passage(passage) => match passage.start {
                Some(start) => format!("passage:{start}+{}", passage.quote.chars().count()),
                None => format!("lost:{mark}"),
            },
        }
    }
}

impl Mark {
    pub fn group(&self) -> GroupId {
        self.place.group
    }

    /// Whether an edit took the marked passage out of its message.
    pub fn is_lost(&self) -> bool {
        self.piece.passage().is_some_and(|passage| passage.start.is_none())
    }
}
