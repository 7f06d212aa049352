//! The answer to a forwarded mail: its draft is ready. Only the sender gets it.

use askama::Template;

use super::{one_line, plain};
use crate::texts::Texts;

/// A draft's link for whoever forwarded the mail.
pub struct DraftReadyLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub topic: &'a str,
    pub link: &'a str,
    /// How many people the draft has.
    pub members: usize,
    pub gateway: &'a str,
}

#[derive(Template)]
#[template(path = "mail/draft_ready/subject.txt")]
struct Subject<'a> {
    l: &'a DraftReadyLetter<'a>,
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

impl DraftReadyLetter<'_> {
    pub fn subject(&self) -> String {
        one_line(&Subject { l: self })
    }

    /// The plain part.
    ///
    /// # Errors
    /// When the template fails, which the tests rule out.
    pub fn text(&self) -> Result<String, askama::Error> {
        plain(&Text { t: self.texts, l: self })
    }

    /// The HTML part.
    ///
    /// # Errors
    /// When the template fails, which the tests rule out.
    pub fn html(&self) -> Result<String, askama::Error> {
        Html { t: self.texts, l: self }.render()
    }
}
