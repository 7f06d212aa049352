//! The one polite answer to a mail that could not be used. Never sent to automatic mail (RFC 3834 2).

use askama::Template;

use super::{one_line, plain};
use crate::texts::Texts;

/// Why a mail was not used, and what to do.
pub struct AnswerLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// The subject of the mail that is answered.
    pub subject: &'a str,
    /// The key of the reason, the same as in the ledger.
    pub why: &'a str,
    pub gateway: &'a str,
}

impl AnswerLetter<'_> {
    /// What the sender can do, if anything.
    fn advice(&self) -> Option<std::borrow::Cow<'static, str>> {
        let key = match self.why {
            "ignored-not-a-member" => "advice-not-a-member",
            "ignored-no-such-group" => "advice-no-such-group",
            "ignored-not-allowed" => "advice-not-allowed",
            "ignored-too-many" => "advice-too-many",
            "ignored-too-many-people" => "advice-too-many-people",
            "ignored-too-large" => "advice-too-large",
            "ignored-empty" => "advice-empty",
            _ => return None,
        };
        Some(self.texts.get(key))
    }

    fn subject_shown(&self) -> &str {
        let subject = self.subject.trim();
        subject.strip_prefix("Re:").or(subject.strip_prefix("RE:")).unwrap_or(subject).trim()
    }
}

#[derive(Template)]
#[template(path = "mail/answer/subject.txt")]
struct Subject<'a> {
    l: &'a AnswerLetter<'a>,
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

impl AnswerLetter<'_> {
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
