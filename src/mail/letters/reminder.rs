//! The mail that asks a member to read a message.

use askama::Template;

use super::dress::filters;
use super::{FONT, LetterMessage, Words, greeting, one_line, preview, words};
use crate::texts::Texts;

/// Sent because the message's author asked for it.
#[derive(Clone, Debug)]
pub struct ReminderLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// Whose message it is.
    pub sender: &'a str,
    pub topic: &'a str,
    /// The message's place on the group's page.
    pub link: &'a str,
    /// Where its receiver chooses how often mails of the group come.
    pub often: &'a str,
    pub message: LetterMessage,
}

impl ReminderLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    /// Not that of the group's thread: it is to be noticed. The references keep it there.
    fn subject(&self) -> String {
        one_line(&self.texts.with("mail-reminder-subject", &[("topic", self.topic)]))
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn title(&self) -> String {
        self.texts.with("mail-reminder-title", &[("sender", self.sender)]).into_owned()
    }

    fn preview(&self) -> String {
        preview(&format!("{}: {}", self.message.author, self.message.text))
    }
}

#[derive(Template)]
#[template(path = "mail/reminder/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a ReminderLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/reminder/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a ReminderLetter<'a>,
}
