//! The mail that says what can be done by mail alone.

use std::borrow::Cow;

use askama::Template;

use super::{FONT, Words, answer_to, greeting, words};
use crate::texts::Texts;

/// An answer to a member who asked for it by a mail of one word.
#[derive(Clone, Copy, Debug)]
pub struct HelpLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// Theirs.
    pub subject: &'a str,
    pub topic: &'a str,
    /// The largest mail that is taken, in words.
    pub limit: &'a str,
    /// The address to which mails are forwarded.
    pub gateway: &'a str,
    /// Where they choose how often mails of the group come.
    pub often: &'a str,
}

impl HelpLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        let subject = match self.subject.trim() {
            "" => self.texts.get("mail-help-title").into_owned(),
            subject => answer_to(subject),
        };
        words(subject, &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn lead(&self) -> Cow<'static, str> {
        self.texts.with("mail-help-lead", &[("topic", self.topic)])
    }

    fn lines(&self) -> [Cow<'static, str>; 8] {
        let about = [("limit", self.limit), ("gateway", self.gateway)];
        ["post", "attach", "mention", "tag", "often", "leave", "new", "chat"]
            .map(|what| self.texts.with(&format!("mail-help-{what}"), &about))
    }
}

#[derive(Template)]
#[template(path = "mail/help/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a HelpLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/help/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a HelpLetter<'a>,
}
