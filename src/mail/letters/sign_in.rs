//! The mail with which somebody signs in: a link, and a code for another device.

use askama::Template;

use super::{FONT, Words, greeting, one_line, words};
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
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    /// Without the digits: subjects are shown on locked screens.
    fn subject(&self) -> String {
        one_line(&self.texts.get("mail-sign-in-title"))
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
