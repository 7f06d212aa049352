//! The mail with a sign-in link and its six digits; without the link, the digits alone for a personal link.

use askama::Template;

use super::{Letter, letter};
use crate::texts::Texts;

/// Link and code, or the code alone.
pub struct SignInLetter {
    pub t: Texts,
    pub link: Option<String>,
    /// Six digits.
    pub code: String,
}

#[derive(Template)]
#[template(path = "mail/sign_in/subject.txt")]
struct Subject<'a> {
    l: &'a SignInLetter,
}
#[derive(Template)]
#[template(path = "mail/sign_in/body.txt")]
struct Text<'a> {
    l: &'a SignInLetter,
}
#[derive(Template)]
#[template(path = "mail/sign_in/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a SignInLetter,
}

impl SignInLetter {
    /// Its words.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn letter(&self) -> askama::Result<Letter> {
        letter(&Subject { l: self }, &Text { l: self }, &Html { t: self.t, l: self })
    }
}
