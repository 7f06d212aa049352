//! The mail that asks somebody whether an address is theirs.

use askama::Template;

use super::{FONT, Words, greeting, one_line, preview, words};
use crate::texts::Texts;

/// Sent to an address that is known, about one that is not.
#[derive(Clone, Copy, Debug)]
pub struct ClaimLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// The address in question.
    pub address: &'a str,
    /// Of the group that its mail came to.
    pub topic: &'a str,
    /// How that mail begins; empty when it is only files.
    pub begins: &'a str,
    /// An answer by one word finds its way.
    pub can_reply: bool,
    /// Where it is answered.
    pub link: &'a str,
}

impl ClaimLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn subject(&self) -> String {
        one_line(&self.texts.with("mail-claim-subject", &[("address", self.address)]))
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn lead(&self) -> String {
        self.texts.with("mail-claim-lead", &[("address", self.address), ("topic", self.topic)]).into_owned()
    }

    fn preview(&self) -> String {
        preview(&self.lead())
    }
}

#[derive(Template)]
#[template(path = "mail/claim/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a ClaimLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/claim/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a ClaimLetter<'a>,
}
