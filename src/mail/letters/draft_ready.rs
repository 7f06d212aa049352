//! The mail that tells the sender of a forwarded mail that a draft of a group is ready.

use std::borrow::Cow;

use askama::Template;

use super::{FONT, Words, answer_to, greeting, words};
use crate::texts::Texts;

/// Only to the sender: nobody else knows of the draft. An answer to the sender's own mail.
#[derive(Clone, Copy, Debug)]
pub struct DraftReadyLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// Empty when the mail had no subject.
    pub topic: &'a str,
    /// Opens the draft as this person.
    pub link: &'a str,
    /// All of them, the sender too.
    pub members: usize,
    /// The address to which the mail was forwarded.
    pub gateway: &'a str,
}

impl DraftReadyLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    /// Keeps the sender's own subject, without which some programs open a new thread.
    fn subject(&self) -> String {
        match self.topic.trim() {
            "" => self.texts.get("mail-draft-title").into_owned(),
            topic => answer_to(topic),
        }
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn shown_topic(&self) -> Cow<'_, str> {
        match self.topic.trim() {
            "" => self.texts.get("no-topic"),
            topic => Cow::Borrowed(topic),
        }
    }
}

#[derive(Template)]
#[template(path = "mail/draft_ready/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a DraftReadyLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/draft_ready/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a DraftReadyLetter<'a>,
}
