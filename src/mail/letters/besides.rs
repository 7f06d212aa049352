//! What a mail of a group says beside what is new.

use std::borrow::Cow;

use super::LetterMessage;
use crate::texts::Texts;

/// Below and above the new messages; empty in most mails.
#[derive(Clone, Debug, Default)]
pub struct LetterBesides {
    pub tasks: Vec<LetterTask>,
    pub changes: Vec<LetterChange>,
    /// From before what is new, oldest first.
    pub quoted: Vec<LetterMessage>,
}

/// Something that the reader is asked to do.
#[derive(Clone, Debug)]
pub struct LetterTask {
    /// Who asks.
    pub by: String,
    /// Such as `2026-12-01`.
    pub due: Option<String>,
    /// What the marked words begin with, on one line.
    pub said: String,
    /// Whose message they are of, and of when.
    pub author: String,
    pub when: String,
    pub link: String,
}

/// A message of an earlier mail that is another one now.
#[derive(Clone, Debug)]
pub struct LetterChange {
    /// As it is now; nothing is left of a removed one.
    pub message: LetterMessage,
    pub removed: bool,
    /// Removed here, since somebody moved it to another group.
    pub moved: bool,
}

impl LetterTask {
    pub(super) fn lead(&self, t: &Texts) -> Cow<'static, str> {
        match &self.due {
            Some(due) => t.with("mail-task-due", &[("by", self.by.as_str()), ("day", due.as_str())]),
            None => t.with("mail-task", &[("by", self.by.as_str())]),
        }
    }

    pub(super) fn origin(&self, t: &Texts) -> Cow<'static, str> {
        t.with("mail-task-origin", &[("author", self.author.as_str()), ("when", self.when.as_str())])
    }
}

impl LetterChange {
    pub(super) fn lead(&self, t: &Texts) -> Cow<'static, str> {
        let key = match (self.moved, self.removed) {
            (true, _) => "mail-change-moved",
            (false, true) => "mail-change-removed",
            (false, false) => "mail-change-edited",
        };
        t.with(key, &[("author", self.message.author.as_str()), ("when", self.message.when.as_str())])
    }
}
