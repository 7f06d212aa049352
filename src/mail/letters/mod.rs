//! The mails mailmoot writes: each one as a subject, a text that reads well on its own, and the same as HTML.
//!
//! One file per letter; its templates are in `templates/mail/<name>/`. The HTML is made for mail programs: tables,
//! styles in the tags, no pictures, nothing from elsewhere, readable on light and on dark.

mod alert;
mod answer;
mod besides;
mod chat;
mod claim;
mod command;
mod departed;
mod draft_ready;
pub(in crate::mail) mod dress;
mod help;
mod invitation;
mod message;
mod messages;
mod readers;
mod reminder;
mod retention;
mod share_answered;
mod sign_in;
mod trial;

pub use alert::AlertLetter;
pub use answer::AnswerLetter;
pub use besides::{LetterBesides, LetterChange, LetterTask};
pub use chat::ChatLetter;
pub use claim::ClaimLetter;
pub use command::{Became, CommandLetter};
pub use departed::DepartedLetter;
pub use draft_ready::DraftReadyLetter;
pub use help::HelpLetter;
pub use invitation::{InvitationLetter, InvitedMember};
pub use message::{Carried, LetterAnswered, LetterFile, LetterMessage};
pub use messages::MessagesLetter;
pub use readers::ReadersLetter;
pub use reminder::ReminderLetter;
pub use retention::RetentionLetter;
pub use share_answered::ShareAnsweredLetter;
pub use sign_in::SignInLetter;
pub use trial::TrialLetter;

use askama::Template;

use crate::mail::base_subject::{base_subject, has_mark};
use crate::texts::Texts;

/// What a letter says.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Fonts that have Latin and Chinese letters on every system. Without quotes, since it stands in attributes.
pub(in crate::mail) const FONT: &str = "-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Arial,PingFang SC,\
Hiragino Sans GB,Microsoft YaHei,Noto Sans CJK SC,Droid Sans Fallback,sans-serif";

/// What parts the words of a letter from its foot; programs leave it out of answers (RFC 3676 4.3).
pub(in crate::mail) const SIGNATURE: &str = "-- ";

/// How many characters of a message stand beside the subject in the list of mails.
const PREVIEW: usize = 160;

/// The first line of a letter; not everybody has a name.
fn greeting(t: Texts, name: &str) -> String {
    match name.trim() {
        "" => t.get("mail-hello-nobody").into_owned(),
        name => t.with("mail-hello", &[("name", name)]).into_owned(),
    }
}

/// A letter from its templates; the text part ends with one line end.
fn words(subject: String, text: &impl Template, html: &impl Template) -> Result<Words, askama::Error> {
    Ok(Words { subject, text: text.render()?.trim().to_owned() + "\n", html: html.render()? })
}

/// A text of one line without control characters, so that it can stand in a header.
pub(in crate::mail) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_control() || c.is_whitespace());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The subject that keeps a mail in its thread: with one "Re:", whatever the language (RFC 5322 3.6.5).
fn answer_to(subject: &str) -> String {
    let subject = one_line(subject);
    let bare = if has_mark(&subject) { base_subject(&subject) } else { subject };
    format!("Re: {bare}").trim_end().to_owned()
}

/// The beginning of a text on one line, for the list of mails.
pub(crate) fn preview(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(PREVIEW) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
