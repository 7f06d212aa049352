//! A message of a group as it stands in a letter.

use crate::domain::safe_html::SafeHtml;

/// One message.
#[derive(Clone, Debug)]
pub struct LetterMessage {
    /// A sentence on what changed about the group, if that is all there is to say.
    pub notice: Option<String>,
    pub author: String,
    /// Date and time as the reader writes them.
    pub when: String,
    /// Whom it answers, and how that begins.
    pub answers: Option<LetterAnswered>,
    pub html: SafeHtml,
    /// The same for the text part: Markdown, or the text of the mail.
    pub text: String,
    /// Says so when it is not sure who wrote it, or where it was taken from.
    pub note: Option<String>,
    pub files: Vec<LetterFile>,
}

/// The line above a message that answers another one.
#[derive(Clone, Debug)]
pub struct LetterAnswered {
    pub author: String,
    pub words: String,
}

/// How a mail brings a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Carried {
    /// Not at all: its link leads to it.
    #[default]
    Linked,
    Attached,
    /// A picture among the words, by its Content-ID (RFC 2392).
    Shown(String),
}

/// A file of a message.
#[derive(Clone, Debug)]
pub struct LetterFile {
    pub name: String,
    /// Such as `1.4 MB`.
    pub size: String,
    pub link: String,
    pub carried: Carried,
}

impl LetterFile {
    pub(super) fn is_linked(&self) -> bool {
        self.carried == Carried::Linked
    }

    pub(super) fn text_key(&self) -> &'static str {
        if self.is_linked() { "mail-file" } else { "mail-file-attached" }
    }

    pub(super) fn content_id(&self) -> Option<&str> {
        match &self.carried {
            Carried::Shown(id) => Some(id),
            Carried::Linked | Carried::Attached => None,
        }
    }
}
