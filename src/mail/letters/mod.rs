//! The mails mailmoot itself writes. Each is a trio in `templates/mail/<name>/`: subject, text, HTML.

mod answer;
mod draft_ready;
mod invitation;
mod messages;
mod sign_in;

pub use answer::AnswerLetter;
pub use draft_ready::DraftReadyLetter;
pub use invitation::{InvitationLetter, InvitedMember};
pub use messages::{LetterFile, LetterMessage, MessagesLetter};
pub use sign_in::SignInLetter;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::safe_html::SafeHtml;

/// A subject: one line.
fn one_line(subject: &impl Template) -> String {
    // Writing into a string can't fail, and no filter of a subject can.
    let subject = subject.render().unwrap_or_default();
    subject.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text part: ends with one line end.
fn plain(text: &impl Template) -> Result<String, askama::Error> {
    Ok(text.render()?.trim().to_owned() + "\n")
}

/// `{{ html.mark() }}` in a template: HTML of the sanitiser, as it is.
trait Mark {
    fn mark(&self) -> Marked<'_>;
}
impl Mark for SafeHtml {
    fn mark(&self) -> Marked<'_> {
        Marked(self)
    }
}
struct Marked<'a>(&'a SafeHtml);
impl std::fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str())
    }
}
impl HtmlSafe for Marked<'_> {}

#[cfg(test)]
mod tests;
