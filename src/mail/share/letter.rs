//! The mail of a share.

use askama::Template;

use super::Reading;
use super::text;
use super::view::View;
use crate::domain::share_document::Document;
use crate::mail::letters::dress::filters;
use crate::mail::letters::{FONT, Words, one_line, preview};
use crate::texts::Texts;

/// To everybody who is to read the share.
#[derive(Clone, Copy, Debug)]
pub struct ShareLetter<'a> {
    pub document: &'a Document,
    pub reading: Reading<'a>,
    /// Whether an answer to this mail reaches the group.
    pub can_reply: bool,
}

impl ShareLetter<'_> {
    /// The letter as it is sent. The preview on the page is its HTML.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        let view = View::of(self.document, self.reading);
        let html = Html { t: view.t, l: self, view: &view }.render()?;
        let text = text::render(&view, &self.foot(view.t));
        Ok(Words { subject: self.subject(), text, html })
    }

    fn subject(&self) -> String {
        one_line(&self.document.title)
    }

    /// What the list of mails shows beside the subject: what the sharer says, or how the first item begins.
    fn preview(&self) -> String {
        let note = self.document.note.as_ref().map(|note| note.markdown.as_str());
        let first =
            || self.document.items().find_map(|item| item.body.as_ref()).map(|body| body.markdown.as_str());
        preview(note.filter(|note| !note.trim().is_empty()).or_else(first).unwrap_or_default())
    }

    /// What can be done with the mail, and why it came.
    fn foot(&self, t: Texts) -> Vec<String> {
        let reply = self.can_reply.then(|| t.get("share-doc-reply").into_owned());
        let why = t.with("share-doc-why", &[("sharer", self.document.sharer.as_str())]).into_owned();
        reply.into_iter().chain([why]).collect()
    }
}

#[derive(Template)]
#[template(path = "mail/share/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a ShareLetter<'a>,
    view: &'a View<'a>,
}

impl Html<'_> {
    fn foot(&self) -> Vec<String> {
        self.l.foot(self.t)
    }
}
