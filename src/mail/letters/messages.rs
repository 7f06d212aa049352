//! The mail that brings a group's new messages to a member without an open page, several in one.

use askama::Template;

use super::{Mark, one_line, plain};
use crate::domain::safe_html::SafeHtml;
use crate::texts::Texts;

/// New messages of one group, oldest first.
pub struct MessagesLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub topic: &'a str,
    pub link: &'a str,
    pub messages: &'a [LetterMessage],
    /// How many more there are that this mail leaves out.
    pub earlier: usize,
}

/// One message.
pub struct LetterMessage {
    pub author: String,
    pub when: String,
    pub html: SafeHtml,
    /// As it was written; Markdown reads well.
    pub text: String,
    /// What is to be known about the author.
    pub note: Option<String>,
    pub files: Vec<LetterFile>,
}

/// A file of a message.
pub struct LetterFile {
    pub name: String,
    pub size: String,
    pub link: String,
}

#[derive(Template)]
#[template(path = "mail/messages/subject.txt")]
struct Subject<'a> {
    l: &'a MessagesLetter<'a>,
}
#[derive(Template)]
#[template(path = "mail/messages/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a MessagesLetter<'a>,
}
#[derive(Template)]
#[template(path = "mail/messages/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a MessagesLetter<'a>,
}

impl MessagesLetter<'_> {
    pub fn subject(&self) -> String {
        one_line(&Subject { l: self })
    }

    /// The plain part.
    ///
    /// # Errors
    /// When the template fails, which the tests rule out.
    pub fn text(&self) -> Result<String, askama::Error> {
        plain(&Text { t: self.texts, l: self })
    }

    /// The HTML part.
    ///
    /// # Errors
    /// When the template fails, which the tests rule out.
    pub fn html(&self) -> Result<String, askama::Error> {
        Html { t: self.texts, l: self }.render()
    }
}
