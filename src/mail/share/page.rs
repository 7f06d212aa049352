//! The document as one HTML file that needs nothing besides: to be kept, printed and read without a network.

use askama::Template;

use super::Reading;
use super::view::View;
use crate::domain::share_document::Document;
use crate::mail::letters::FONT;
use crate::mail::letters::dress::filters;
use crate::texts::Texts;

/// The document as a file. Its pictures are those of `reading`, which gives `data:` addresses for them.
///
/// # Errors
/// When the template fails, which the tests rule out.
pub fn render_page_file(document: &Document, reading: Reading<'_>) -> Result<String, askama::Error> {
    let view = View::of(document, reading);
    File { t: view.t, view: &view }.render()
}

#[derive(Template)]
#[template(path = "mail/share/file.html")]
struct File<'a> {
    t: Texts,
    view: &'a View<'a>,
}
