//! The mail that brings a member into a group: the personal link, the opening message, who takes part.

use askama::Template;

use super::{Letter, Mark, comma, letter};
use crate::domain::safe_html::SafeHtml;
use crate::texts::Texts;

/// A member's personal link to a new group.
pub struct GroupLinkLetter {
    pub t: Texts,
    pub topic: String,
    /// Who made the group.
    pub inviter: String,
    /// The personal link.
    pub link: String,
    /// The opening message, in Markdown and shown; both empty if there is none.
    pub opening: String,
    pub opening_html: SafeHtml,
    /// The members' names.
    pub members: Vec<String>,
    /// Names of the files that go along.
    pub files: Vec<String>,
}

impl Html<'_> {
    fn comma(&self) -> &'static str {
        comma(self.t)
    }
}

#[derive(Template)]
#[template(path = "mail/group_link/subject.txt")]
struct Subject<'a> {
    l: &'a GroupLinkLetter,
}
#[derive(Template)]
#[template(path = "mail/group_link/body.txt")]
struct Text<'a> {
    l: &'a GroupLinkLetter,
}
#[derive(Template)]
#[template(path = "mail/group_link/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a GroupLinkLetter,
}

impl GroupLinkLetter {
    /// Its words.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn letter(&self) -> askama::Result<Letter> {
        letter(&Subject { l: self }, &Text { l: self }, &Html { t: self.t, l: self })
    }
}
