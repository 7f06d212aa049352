//! The mail with a sign-in link and its six digits.

use askama::Template;

use super::{one_line, plain};
use crate::texts::Texts;

/// Lets somebody in.
pub struct SignInLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub link: &'a str,
    /// Six digits, for the browser that asked.
    pub code: &'a str,
    /// How long both work.
    pub minutes: i64,
}

impl SignInLetter<'_> {
    /// `204 917`: easier to carry in the head.
    fn code_shown(&self) -> String {
        match self.code.split_at_checked(3) {
            Some((first, last)) if self.code.len() == 6 => format!("{first} {last}"),
            _ => self.code.to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "mail/sign_in/subject.txt")]
struct Subject<'a> {
    l: &'a SignInLetter<'a>,
}
#[derive(Template)]
#[template(path = "mail/sign_in/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a SignInLetter<'a>,
}
#[derive(Template)]
#[template(path = "mail/sign_in/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a SignInLetter<'a>,
}

impl SignInLetter<'_> {
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
