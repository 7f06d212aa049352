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
    /// Where they hand mails of the group on to be shared; `None` where addresses carry no token.
    pub share: Option<&'a str>,
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

    fn lines(&self) -> Vec<Cow<'static, str>> {
        let share = self.share.unwrap_or_default();
        let about = [("limit", self.limit), ("gateway", self.gateway), ("share", share)];
        let how = if share.is_empty() { "share-word" } else { "share" };
        [
            "post", "attach", "mention", "tag", how, "add", "remove", "often", "quote", "quiet", "leave",
            "new", "chat",
        ]
        .map(|what| self.texts.with(&format!("mail-help-{what}"), &about))
        .to_vec()
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
