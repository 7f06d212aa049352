//! The one polite answer to a mail that could not be used. Never sent to automatic mail (RFC 3834 2).

use askama::Template;

use super::{Letter, letter};
use crate::texts::Texts;

/// Why a mail was not used, and what to do.
pub struct AnswerLetter {
    pub t: Texts,
    /// The subject of the mail that is answered.
    pub subject: String,
    /// The same text as in the ledger.
    pub why: String,
    /// What the sender can do; may be empty.
    pub advice: String,
}

#[derive(Template)]
#[template(path = "mail/answer/subject.txt")]
struct Subject<'a> {
    l: &'a AnswerLetter,
}
#[derive(Template)]
#[template(path = "mail/answer/body.txt")]
struct Text<'a> {
    l: &'a AnswerLetter,
}
#[derive(Template)]
#[template(path = "mail/answer/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a AnswerLetter,
}

impl AnswerLetter {
    /// Its words.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn letter(&self) -> askama::Result<Letter> {
        letter(&Subject { l: self }, &Text { l: self }, &Html { t: self.t, l: self })
    }
}
