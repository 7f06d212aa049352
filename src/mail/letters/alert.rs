//! The mail that tells an admin what is wrong with the house, or that it is well again.

use askama::Template;

use super::{FONT, Words, greeting, one_line, preview, words};
use crate::domain::health::Concern;
use crate::texts::Texts;

/// Sent once when it begins, and once when it ends.
#[derive(Clone, Copy, Debug)]
pub struct AlertLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub concern: &'a Concern,
    /// When it was seen first, as it is told.
    pub begun: &'a str,
    /// When it was over; empty while it lasts.
    pub ended: &'a str,
    /// The status page.
    pub link: &'a str,
}

impl AlertLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    /// What servers say stays in the text: a subject is short.
    fn subject(&self) -> String {
        let what = self.texts.get(&format!("concern-short-{}", self.concern.kind().replace('_', "-")));
        let key = if self.is_over() { "mail-alert-subject-ended" } else { "mail-alert-subject" };
        one_line(&self.texts.with(key, &[("what", what.as_ref())]))
    }

    fn is_over(&self) -> bool {
        !self.ended.is_empty()
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn lead(&self) -> String {
        let times = [("begun", self.begun), ("ended", self.ended)];
        let key = if self.is_over() { "mail-alert-lead-ended" } else { "mail-alert-lead" };
        self.texts.with(key, &times).into_owned()
    }

    fn what(&self) -> String {
        self.texts.concern(self.concern)
    }

    fn advice(&self) -> String {
        self.texts.concern_advice(self.concern)
    }

    fn preview(&self) -> String {
        preview(&self.what())
    }
}

#[derive(Template)]
#[template(path = "mail/alert/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a AlertLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/alert/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a AlertLetter<'a>,
}
