//! The mail that finds out whether an address works again.

use askama::Template;

use super::{FONT, Words, greeting, one_line, words};
use crate::texts::Texts;

/// Sent from time to time to an address that mails came back from.
#[derive(Clone, Copy, Debug)]
pub struct TrialLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// When the first mail came back, as it is told.
    pub since: &'a str,
    /// The server's words about the last one.
    pub words: &'a str,
    /// Where everything can be read meanwhile.
    pub link: &'a str,
}

impl TrialLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn subject(&self) -> String {
        one_line(&self.texts.get("mail-trial-subject"))
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn lead(&self) -> String {
        self.texts.with("mail-trial-lead", &[("since", self.since)]).into_owned()
    }
}

#[derive(Template)]
#[template(path = "mail/trial/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a TrialLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/trial/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a TrialLetter<'a>,
}
