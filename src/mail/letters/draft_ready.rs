//! The answer to a forwarded mail: its draft is ready. Only the sender gets it.

use askama::Template;

use super::{Letter, letter};
use crate::texts::Texts;

/// A draft's link for whoever forwarded the mail.
pub struct DraftReadyLetter {
    pub t: Texts,
    pub topic: String,
    pub link: String,
    /// The members' names.
    pub members: Vec<String>,
    /// What the sender should know, such as files that were too large.
    pub notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "mail/draft_ready/subject.txt")]
struct Subject<'a> {
    l: &'a DraftReadyLetter,
}
#[derive(Template)]
#[template(path = "mail/draft_ready/body.txt")]
struct Text<'a> {
    l: &'a DraftReadyLetter,
}
#[derive(Template)]
#[template(path = "mail/draft_ready/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a DraftReadyLetter,
}

impl DraftReadyLetter {
    /// Its words.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn letter(&self) -> askama::Result<Letter> {
        letter(&Subject { l: self }, &Text { l: self }, &Html { t: self.t, l: self })
    }
}
