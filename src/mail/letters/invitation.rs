//! The mail that brings a member the link of a new group.

use askama::Template;

use super::dress::filters;
use super::{FONT, LetterMessage, Words, greeting, one_line, preview, words};
use crate::texts::Texts;

/// The members shown by name; of the others only the number.
const MOST_SHOWN: usize = 12;

/// One of the people in the group.
#[derive(Clone, Debug)]
pub struct InvitedMember {
    pub name: String,
    /// Department and position, or empty.
    pub detail: String,
}

/// To each member of a new group, and to members added later.
#[derive(Clone, Debug)]
pub struct InvitationLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub inviter: &'a str,
    pub topic: &'a str,
    /// What the group's mails began with.
    pub subject: &'a str,
    /// Opens the group as this member.
    pub link: &'a str,
    /// Where its receiver chooses how often mails of the group come.
    pub often: &'a str,
    /// All of them; the first ones are shown.
    pub members: &'a [InvitedMember],
    /// What the group begins with: the opening, and messages of the group it goes on from.
    pub opening: &'a [LetterMessage],
    /// Whether an answer to this mail reaches the group.
    pub can_reply: bool,
    /// How long the link works; 0 when it has no end.
    pub days: i64,
}

impl InvitationLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    /// The first topic alone, so that the group's messages and the answers to them stay in one thread.
    fn subject(&self) -> String {
        match one_line(self.subject) {
            subject if subject.is_empty() => one_line(&self.title()),
            subject => subject,
        }
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    /// Whoever made the group can have been taken out of the address book since.
    fn inviter(&self) -> &str {
        match self.inviter.trim() {
            "" => "mailmoot",
            name => name,
        }
    }

    fn title(&self) -> String {
        self.texts.with("mail-invitation-title", &[("inviter", self.inviter())]).into_owned()
    }

    fn preview(&self) -> String {
        match self.opening.first() {
            Some(opening) => format!("{} {}", self.title(), preview(&opening.text)),
            None => self.title(),
        }
    }

    fn shown(&self) -> &[InvitedMember] {
        self.members.get(..MOST_SHOWN).unwrap_or(self.members)
    }

    fn hidden(&self) -> usize {
        self.members.len().saturating_sub(MOST_SHOWN)
    }
}

#[derive(Template)]
#[template(path = "mail/invitation/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a InvitationLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/invitation/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a InvitationLetter<'a>,
}
