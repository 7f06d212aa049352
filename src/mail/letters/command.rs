//! The mail that says what became of a word for mailmoot.

use std::borrow::Cow;

use askama::Template;

use super::{FONT, Words, answer_to, greeting, words};
use crate::domain::cadence::Cadence;
use crate::texts::Texts;

/// An answer to a mail of one word that a member wrote. Never to a program (RFC 3834 2).
#[derive(Clone, Copy, Debug)]
pub struct CommandLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// Theirs.
    pub subject: &'a str,
    pub topic: &'a str,
    pub became: Became<'a>,
    /// Where they choose how often mails of the group come, while they are in it.
    pub often: Option<&'a str>,
}

/// What became of it.
#[derive(Clone, Copy, Debug)]
pub enum Became<'a> {
    /// This is how often the group writes from now on.
    Cadence(Cadence),
    Left,
    /// They are still in the group, which would have no owner. `settings` is the address of its settings.
    OnlyOwner {
        settings: &'a str,
    },
}

impl<'a> CommandLetter<'a> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn subject(&self) -> String {
        answer_to(if self.subject.trim().is_empty() { self.topic } else { self.subject })
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn lead(&self) -> Cow<'static, str> {
        let key = match self.became {
            Became::Cadence(_) => "mail-command-cadence",
            Became::Left => "mail-command-left",
            Became::OnlyOwner { .. } => "mail-command-only-owner",
        };
        self.texts.with(key, &[("topic", self.topic)])
    }

    fn choice(&self) -> Option<Cadence> {
        match self.became {
            Became::Cadence(cadence) => Some(cadence),
            Became::Left | Became::OnlyOwner { .. } => None,
        }
    }

    fn next(&self) -> Option<Cow<'static, str>> {
        match self.became {
            Became::Cadence(Cadence::None) => Some(self.texts.get("mail-command-resume")),
            Became::OnlyOwner { .. } => Some(self.texts.get("mail-command-only-owner-next")),
            Became::Cadence(_) | Became::Left => None,
        }
    }

    fn settings(&self) -> Option<&'a str> {
        match self.became {
            Became::OnlyOwner { settings } => Some(settings),
            Became::Cadence(_) | Became::Left => None,
        }
    }
}

#[derive(Template)]
#[template(path = "mail/command/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a CommandLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/command/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a CommandLetter<'a>,
}
