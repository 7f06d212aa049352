//! The mail with which somebody signs in: a link, and a code for another device.

use askama::Template;

use super::{FONT, greeting, one_line, plain};
use crate::texts::Texts;

/// To everybody who asked to sign in.
#[derive(Clone, Copy, Debug)]
pub struct SignInLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub link: &'a str,
    /// Six digits.
    pub code: &'a str,
    /// How long link and code work.
    pub minutes: i64,
}

impl SignInLetter<'_> {
    /// With the digits, so that mail programs do not put several of these mails into one thread.
    pub fn subject(&self) -> String {
        one_line(&self.texts.with("mail-sign-in-subject", &[("code", self.spaced_code())]))
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

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    /// In two halves, since people read it from one device and type it into another.
    fn spaced_code(&self) -> String {
        match (self.code.get(..3), self.code.get(3..)) {
            (Some(first), Some(second)) if !second.is_empty() => format!("{first} {second}"),
            _ => self.code.to_owned(),
        }
    }
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
