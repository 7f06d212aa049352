//! The mail to somebody who asks to sign in and has left the organisation, as far as its directories say.

use askama::Template;

use super::{FONT, Words, greeting, one_line, words};
use crate::texts::Texts;

/// To whoever is marked as departed, in the place of the letter with the link.
#[derive(Clone, Copy, Debug)]
pub struct DepartedLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
}

impl DepartedLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        let subject = one_line(&self.texts.get("no-longer-here"));
        words(subject, &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }
}

#[derive(Template)]
#[template(path = "mail/departed/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a DepartedLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/departed/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a DepartedLetter<'a>,
}
