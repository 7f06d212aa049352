//! The mail that brings a group's new messages to a member without an open page, several in one.

use askama::Template;

use super::{Letter, Mark, comma, letter};
use crate::domain::safe_html::SafeHtml;
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// New messages of one group, oldest first.
pub struct MessagesLetter {
    pub t: Texts,
    pub topic: String,
    /// The member's personal link.
    pub link: String,
    pub messages: Vec<LetterMessage>,
}

/// One message.
pub struct LetterMessage {
    pub author: String,
    /// The author is not sure (`Grade::ByLink`).
    pub not_confirmed: bool,
    pub at: Timestamp,
    /// As it was written; Markdown reads well.
    pub text: String,
    pub html: SafeHtml,
    /// Names of the files that go along.
    pub files: Vec<String>,
}

impl LetterMessage {
    fn shown_at(&self) -> String {
        self.at.utc().format("%Y-%m-%d %H:%M UTC").to_string()
    }
}

impl Html<'_> {
    fn comma(&self) -> &'static str {
        comma(self.t)
    }
}

#[derive(Template)]
#[template(path = "mail/messages/subject.txt")]
struct Subject<'a> {
    l: &'a MessagesLetter,
}
#[derive(Template)]
#[template(path = "mail/messages/body.txt")]
struct Text<'a> {
    l: &'a MessagesLetter,
}
#[derive(Template)]
#[template(path = "mail/messages/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a MessagesLetter,
}

impl MessagesLetter {
    /// Its words.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn letter(&self) -> askama::Result<Letter> {
        letter(&Subject { l: self }, &Text { l: self }, &Html { t: self.t, l: self })
    }
}
