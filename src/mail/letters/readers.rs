//! The mail that tells the author of a mail which asked for it who has read it.

use askama::Template;

use super::{FONT, Words, greeting, one_line, words};
use crate::texts::Texts;

/// Sent once for each mail that asked.
#[derive(Clone, Debug)]
pub struct ReadersLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// Of the mail that asked.
    pub subject: &'a str,
    pub topic: &'a str,
    /// How many were asked.
    pub asked: i64,
    /// Who has read it, each with when.
    pub read: Vec<(String, String)>,
    /// Of whom nothing is known yet.
    pub open: Vec<String>,
    /// Who gives no receipts.
    pub declined: Vec<String>,
    /// Whom it did not reach, each with the server's words.
    pub failed: Vec<(String, String)>,
    /// The message's receipts, as they are by then.
    pub link: &'a str,
}

impl ReadersLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn subject(&self) -> String {
        one_line(&self.texts.with("mail-readers-subject", &[("subject", self.subject)]))
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn lead(&self) -> String {
        let read = self.read.len().to_string();
        let of = [("read", read), ("asked", self.asked.to_string()), ("topic", self.topic.to_owned())];
        self.texts.with("mail-readers-lead", &of).into_owned()
    }
}

#[derive(Template)]
#[template(path = "mail/readers/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a ReadersLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/readers/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a ReadersLetter<'a>,
}
