//! The mail that brings a member into a group: the personal link, the opening message, who takes part.

use askama::Template;

use super::{LetterMessage, Mark, one_line, plain};
use crate::texts::Texts;

/// A member's personal link to a new group.
pub struct InvitationLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    /// Who made the group.
    pub inviter: &'a str,
    pub topic: &'a str,
    /// The personal link.
    pub link: &'a str,
    pub members: &'a [InvitedMember],
    pub opening: Option<LetterMessage>,
    /// Whether an answer to this mail reaches the group.
    pub can_reply: bool,
    /// How long the link works.
    pub days: i64,
}

/// Somebody who takes part.
pub struct InvitedMember {
    pub name: String,
    /// Department and position.
    pub detail: String,
}

#[derive(Template)]
#[template(path = "mail/invitation/subject.txt")]
struct Subject<'a> {
    l: &'a InvitationLetter<'a>,
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

impl InvitationLetter<'_> {
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
