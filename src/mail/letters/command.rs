//! The mail that says what became of a word for mailmoot.

use std::borrow::Cow;

use askama::Template;

use super::{FONT, Words, answer_to, greeting, words};
use crate::domain::cadence::Cadence;
use crate::domain::notices::QuietHours;
use crate::domain::quoted::Quoted;
use crate::texts::{Texts, Value};

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
    /// So many earlier messages the mails of the group quote from now on.
    Quoting(Quoted),
    /// In these hours no mails of groups come, on the clock of `zone`; `None`: they come at any time.
    Quiet {
        hours: Option<QuietHours>,
        zone: &'a str,
    },
    Left,
    /// They are still in the group, which would have no owner. `settings` is the address of its settings.
    OnlyOwner {
        settings: &'a str,
    },
    /// These people are in the group now.
    Added {
        people: &'a str,
    },
    /// These people are in it no more.
    Removed {
        people: &'a str,
    },
    /// Nothing was done about these people; `why` is the key of the words that say it.
    Refused {
        why: &'a str,
        people: &'a str,
    },
    /// This address is that of a distribution list, so nobody was added; `link` leads to its people.
    IsList {
        address: &'a str,
        name: &'a str,
        link: &'a str,
    },
    /// The owners were asked about these addresses.
    Proposed {
        people: &'a str,
    },
    /// An owner is asked, because `by` wants these addresses to take part.
    Wanted {
        by: &'a str,
        people: &'a str,
    },
    /// A share was begun; `link` leads to it.
    Shared {
        link: &'a str,
    },
    /// It is not known what is to be shared; `page` is the group's.
    NotShared {
        page: &'a str,
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
        let (key, by, people) = match self.became {
            Became::Cadence(_) => ("mail-command-cadence", "", ""),
            Became::Quoting(quoted) => {
                let about = [("topic", Value::from(self.topic)), ("n", Value::from(quoted.count()))];
                let key = if quoted.is_none() { "mail-command-quote-none" } else { "mail-command-quote" };
                return self.texts.with(key, &about);
            }
            Became::Quiet { hours: None, .. } => ("mail-command-quiet-none", "", ""),
            Became::Quiet { hours: Some(hours), zone } => {
                let (from, until) = (hours.from.to_string(), hours.until.to_string());
                let about = [("from", from.as_str()), ("until", until.as_str()), ("zone", zone)];
                return self.texts.with("mail-command-quiet", &about);
            }
            Became::Left => ("mail-command-left", "", ""),
            Became::OnlyOwner { .. } => ("mail-command-only-owner", "", ""),
            Became::Added { people } => ("mail-command-added", "", people),
            Became::Removed { people } => ("mail-command-removed", "", people),
            Became::Refused { why, people } => (why, "", people),
            Became::IsList { address, name, .. } => {
                let about = [("topic", self.topic), ("address", address), ("name", name)];
                return self.texts.with("mail-command-list", &about);
            }
            Became::Proposed { people } => ("mail-command-proposed", "", people),
            Became::Wanted { by, people } => ("mail-command-wanted", by, people),
            Became::Shared { .. } => ("mail-command-shared", "", ""),
            Became::NotShared { .. } => ("mail-command-not-shared", "", ""),
        };
        self.texts.with(key, &[("topic", self.topic), ("by", by), ("people", people)])
    }

    fn choice(&self) -> Option<Cadence> {
        match self.became {
            Became::Cadence(cadence) => Some(cadence),
            _ => None,
        }
    }

    fn next(&self) -> Option<Cow<'static, str>> {
        let (key, people) = match self.became {
            Became::Cadence(Cadence::None) => ("mail-command-resume", ""),
            Became::Quoting(quoted) if !quoted.is_none() => ("mail-command-quote-off", ""),
            Became::Quiet { hours: Some(_), .. } => ("mail-command-quiet-off", ""),
            Became::OnlyOwner { .. } => ("mail-command-only-owner-next", ""),
            Became::Added { .. } => ("mail-command-added-next", ""),
            Became::Wanted { people, .. } => ("mail-command-wanted-next", people),
            Became::IsList { .. } => ("mail-command-list-next", ""),
            Became::Shared { .. } => ("mail-command-shared-next", ""),
            _ => return None,
        };
        Some(self.texts.with(key, &[("people", people)]))
    }

    fn why(&self) -> Cow<'static, str> {
        let is_asked = matches!(self.became, Became::Wanted { .. });
        self.texts.get(if is_asked { "mail-command-wanted-why" } else { "mail-command-why" })
    }

    /// Where to go on, what stands on the button, and what before the link in the text.
    fn button(&self) -> Option<(&'a str, Cow<'static, str>)> {
        let (link, key) = match self.became {
            Became::OnlyOwner { settings } => (settings, "mail-command-settings"),
            Became::IsList { link, .. } => (link, "mail-command-open-list"),
            Became::Shared { link } => (link, "mail-command-open-share"),
            Became::NotShared { page } => (page, "mail-command-open-group"),
            _ => return None,
        };
        Some((link, self.texts.get(key)))
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
