//! What an export says of tags and marks.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{FileId, MarkId, PersonId};
use crate::domain::mark::{Content, Mark, MarkSource, Passage, Piece, Somebody};
use crate::domain::tag::{Colour, Tag, TagKind, TagLabel, TagName};
use crate::domain::time::Timestamp;

/// A tag that the group has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRecord {
    /// Of a tag that every group has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<TagKind>,
    /// Of the group's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub colour: Colour,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    pub at: Timestamp,
}

/// One tag on one piece of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRecord {
    pub id: MarkId,
    /// The kind of a tag that every group has, or the name of the group's own.
    pub tag: String,
    pub piece: PieceRecord,
    pub content: Content,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    pub source: MarkSource,
    pub by: SomebodyRecord,
    pub at: Timestamp,
    /// How often the message had been edited by then: it said the version of this number, counted from 0, or its text.
    pub edits: i64,
    /// What the piece said then, if neither that text nor the piece itself tells: the words of a link, for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// Who is to do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<SomebodyRecord>,
    /// Until when: `2026-11-20`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<DoneRecord>,
}

/// What of the message is marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum PieceRecord {
    /// All of it.
    Message,
    /// A stretch of its plain text; without `start` one that an edit took out of it.
    Passage(Passage),
    /// One of its files, counted from 1.
    File {
        number: usize,
    },
    Link {
        url: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SomebodyRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PersonId>,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneRecord {
    pub by: SomebodyRecord,
    pub at: Timestamp,
}

impl TagRecord {
    pub fn of(tag: Tag) -> Self {
        let TagLabel { kind, name, colour } = tag.label;
        Self { kind, name, colour, by: tag.created_by, at: tag.created_at }
    }

    /// By which marks name it: its kind, or its own name. `None` if it is neither.
    pub fn tag_name(&self) -> Option<TagName> {
        let named = || self.name.parse().ok().filter(|name| matches!(name, TagName::Own(_)));
        self.kind.map(TagName::BuiltIn).or_else(named)
    }

    pub fn label(&self) -> TagLabel {
        let name = if self.kind.is_some() { String::new() } else { self.name.clone() };
        TagLabel { kind: self.kind, name, colour: self.colour }
    }
}

impl MarkRecord {
    /// Of a message with these files; `said` as the record has it. `None` for a mark on a file that is none of these.
    pub fn of(mark: &Mark, said: Option<String>, files: &[FileId]) -> Option<Self> {
        let somebody = |somebody: &Somebody| SomebodyRecord { id: somebody.id, name: somebody.name.clone() };
        let piece = match &mark.piece {
            Piece::Message => PieceRecord::Message,
            Piece::Passage(passage) => PieceRecord::Passage(passage.clone()),
            Piece::File(id) => PieceRecord::File { number: files.iter().position(|file| file == id)? + 1 },
            Piece::Link(url) => PieceRecord::Link { url: url.clone() },
        };
        let label = &mark.tag.label;
        Some(Self {
            id: mark.id,
            tag: label.kind.map_or_else(|| label.name.clone(), |kind| kind.name().to_owned()),
            piece,
            content: mark.content,
            topic: mark.topic.clone(),
            source: mark.source,
            by: somebody(&mark.marked_by),
            at: mark.marked_at,
            edits: mark.edits,
            said,
            assignee: mark.task.assignee.as_ref().map(somebody),
            due: mark.task.due_on.map(|day| day.to_string()),
            done: mark.task.done.as_ref().map(|done| DoneRecord { by: somebody(&done.by), at: done.at }),
        })
    }

    /// By which the group knows its tag; `None` if it can't be the name of one.
    pub fn tag_name(&self) -> Option<TagName> {
        self.tag.parse().ok()
    }
}
