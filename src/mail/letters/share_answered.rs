//! The mail that tells a sharer of an answer that waits for their decision.

use askama::Template;

use super::{FONT, Words, greeting, one_line, preview, words};
use crate::texts::Texts;

/// Sent for each answer, unless answers come in at once.
#[derive(Clone, Copy, Debug)]
pub struct ShareAnsweredLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// Who answered, as their mail says.
    pub writer: &'a str,
    pub address: &'a str,
    /// Of the share.
    pub title: &'a str,
    /// How the answer begins; empty when it is only files.
    pub begins: &'a str,
    pub files: i64,
    /// Where it is decided.
    pub link: &'a str,
}

impl ShareAnsweredLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn subject(&self) -> String {
        one_line(&self.texts.with("mail-share-answered-subject", &[("title", self.title)]))
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn lead(&self) -> String {
        let of = [("writer", self.writer), ("address", self.address)];
        self.texts.with("mail-share-answered-lead", &of).into_owned()
    }

    fn preview(&self) -> String {
        preview(&format!("{}: {}", self.writer, self.begins))
    }
}

#[derive(Template)]
#[template(path = "mail/share_answered/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a ShareAnsweredLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/share_answered/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a ShareAnsweredLetter<'a>,
}
