//! The mail that tells a sender why their mail was not used, and what helps.

use std::borrow::Cow;

use askama::Template;

use super::{FONT, Words, answer_to, greeting, one_line, words};
use crate::texts::Texts;

/// An answer to a mail that a person wrote in vain. Never to a program (RFC 3834 2).
#[derive(Clone, Copy, Debug)]
pub struct AnswerLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// Theirs.
    pub subject: &'a str,
    /// The text key of the reason in the ledger, such as `ignored-not-a-member`.
    pub why: &'a str,
    /// The address to which mails are forwarded.
    pub gateway: &'a str,
}

impl AnswerLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn subject(&self) -> String {
        match self.subject.trim() {
            "" => self.texts.get("mail-answer-title").into_owned(),
            subject => answer_to(subject),
        }
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn lead(&self) -> Cow<'static, str> {
        let subject = match one_line(self.subject) {
            none if none.is_empty() => self.texts.get("no-subject").into_owned(),
            subject => subject,
        };
        self.texts.with("mail-answer-lead", &[("subject", subject)])
    }

    /// The reason, said to the sender; the ledger's words when there are no own ones.
    fn reason(&self) -> Cow<'static, str> {
        let key = self.key("");
        match self.say(&key) {
            text if text == key => self.texts.get(self.why),
            text => text,
        }
    }

    fn help(&self) -> Cow<'static, str> {
        let key = self.key("-help");
        match self.say(&key) {
            text if text == key => self.texts.get("mail-answer-other-help"),
            text => text,
        }
    }

    /// From `ignored-too-large` to `mail-answer-too-large`.
    fn key(&self, ending: &str) -> String {
        let reason = self.why.split_once('-').map_or(self.why, |(_, reason)| reason);
        format!("mail-answer-{}{ending}", reason.replace('_', "-"))
    }

    fn say(&self, key: &str) -> Cow<'static, str> {
        self.texts.with(key, &[("gateway", self.gateway)])
    }
}

#[derive(Template)]
#[template(path = "mail/answer/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a AnswerLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/answer/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a AnswerLetter<'a>,
}
