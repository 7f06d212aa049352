//! The mail that brings a message to a member whose program is a messenger: what was said, and nothing around it.

use askama::Template;

use super::{LetterBesides, LetterMessage, Words, answer_to};
use crate::texts::Texts;

/// One message with the notices before it, or what was said meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct ChatLetter<'a> {
    pub texts: Texts,
    /// What the group's mails began with.
    pub subject: &'a str,
    /// Oldest first.
    pub messages: &'a [LetterMessage],
    /// How many older ones are left out, and where they are.
    pub earlier: usize,
    pub link: &'a str,
    /// Quotes nothing: a messenger shows what was said.
    pub besides: &'a LetterBesides,
}

impl ChatLetter<'_> {
    /// The letter as it is sent: a text alone.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        let text = Text { t: self.texts, l: self }.render()?.trim().to_owned() + "\n";
        Ok(Words { subject: answer_to(self.subject), text, html: String::new() })
    }

    /// Several messages name their authors; a single one is its mail's.
    fn is_one(&self) -> bool {
        self.messages.iter().filter(|message| message.notice.is_none()).count() == 1
    }
}

#[derive(Template)]
#[template(path = "mail/chat/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a ChatLetter<'a>,
}
