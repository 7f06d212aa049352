//! The mails mailmoot itself writes. Each is a trio in `templates/mail/<name>/`: subject, text, HTML.

mod answer;
mod draft_ready;
mod group_link;
mod messages;
mod sign_in;

pub use answer::AnswerLetter;
pub use draft_ready::DraftReadyLetter;
pub use group_link::GroupLinkLetter;
pub use messages::{LetterMessage, MessagesLetter};
pub use sign_in::SignInLetter;

use askama::Template;

use crate::domain::safe_html::SafeHtml;
use crate::texts::Texts;

/// A mail's words, ready to be composed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// The three parts of a letter, rendered.
fn letter(subject: &impl Template, text: &impl Template, html: &impl Template) -> askama::Result<Letter> {
    let subject = subject.render()?.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Letter { subject, text: text.render()?.trim().to_owned() + "\n", html: html.render()? })
}

/// Between names on one line.
fn comma(t: Texts) -> &'static str {
    match t.language() {
        crate::domain::language::Language::English => ", ",
        crate::domain::language::Language::Chinese => "、",
    }
}

/// HTML of the sanitiser, in a mail's template as it is.
struct Marked<'a>(&'a SafeHtml);

impl std::fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str())
    }
}
impl askama::filters::HtmlSafe for Marked<'_> {}

/// `{{ html.mark() }}` in a template.
trait Mark {
    fn mark(&self) -> Marked<'_>;
}
impl Mark for SafeHtml {
    fn mark(&self) -> Marked<'_> {
        Marked(self)
    }
}

#[cfg(test)]
mod tests;
