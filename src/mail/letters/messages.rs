//! The mail that brings a member what was written in a group.

use askama::Template;

use super::dress::filters;
use super::{FONT, LetterBesides, LetterMessage, Words, answer_to, preview, words};
use crate::texts::Texts;

/// One or several messages of one group.
#[derive(Clone, Copy, Debug)]
pub struct MessagesLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub topic: &'a str,
    /// What the group's mails began with.
    pub subject: &'a str,
    /// The group's page.
    pub link: &'a str,
    /// Where its receiver chooses how often mails of the group come.
    pub often: &'a str,
    /// Oldest first.
    pub messages: &'a [LetterMessage],
    /// How many older ones are left out.
    pub earlier: usize,
    /// It is the one of the day.
    pub daily: bool,
    pub besides: &'a LetterBesides,
}

impl MessagesLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn subject(&self) -> String {
        answer_to(self.subject)
    }

    /// How many messages it tells of.
    fn count(&self) -> usize {
        self.earlier + self.messages.iter().filter(|message| message.notice.is_none()).count()
    }

    /// The newest message, so that the list of mails shows what is new; without any, what is to be done.
    fn preview(&self) -> String {
        if let Some(newest) = self.messages.iter().rfind(|message| message.notice.is_none()) {
            return preview(&format!("{}: {}", newest.author, newest.text));
        }
        let task = self.besides.tasks.first();
        task.map(|task| preview(&format!("{} {}", task.lead(&self.texts), task.said))).unwrap_or_default()
    }

    /// Whether it says how many messages the day had.
    fn counts(&self) -> bool {
        self.daily && self.count() > 0
    }
}

#[derive(Template)]
#[template(path = "mail/messages/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a MessagesLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/messages/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a MessagesLetter<'a>,
}
