//! The document as a PDF (ISO 32000): the same words, pictures and links on pages of A4, tagged for screen readers.
//!
//! [`blocks`] reads the sanitised HTML, [`set`] shapes words into lines, [`flow`] puts lines on pages, and [`mod@write`]
//! makes bytes of the pages. Fonts are those of the machine; what they can't show is never a row of boxes in silence.

mod blocks;
mod document;
mod flow;
mod set;
mod write;

use std::collections::BTreeSet;

use parley::FontContext;

use super::Reading;
use super::view::View;
use crate::domain::share_document::Document;

/// Gives the bytes of a picture by what [`Reading::picture`] called it.
pub type Pictures<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// Letters without which it can't be read.
    #[error("No font of this machine has the letters {0}")]
    NoFont(String),
    #[error("The PDF could not be written: {0}")]
    Write(String),
}

/// How many of the letters without a font are named.
const NAMED: usize = 8;

/// The document as a file. Takes as long as a second for hundreds of items: for a thread of its own.
///
/// # Errors
/// [`PdfError::NoFont`] when letters of a language can't be shown. Signs and emojis without a font are told at the end of
/// the document instead.
pub fn render_pdf(
    document: &Document,
    reading: Reading<'_>,
    pictures: &Pictures<'_>,
    fonts: FontContext,
) -> Result<Vec<u8>, PdfError> {
    let view = View::of(document, reading);
    let mut flow = flow::Flow::new(set::Setter::new(fonts));
    document::put(&mut flow, &view, pictures);
    let missing = flow.missing().clone();
    let (letters, signs): (BTreeSet<char>, BTreeSet<char>) = missing.iter().partition(|c| c.is_alphabetic());
    if !letters.is_empty() {
        return Err(PdfError::NoFont(letters.into_iter().take(NAMED).collect()));
    }
    if !signs.is_empty() {
        tracing::warn!(signs = signs.len(), "No font of this machine has some signs of a PDF.");
        document::put_missing(&mut flow, &view, signs.len());
    }
    write::write(document, flow.finish(), &view)
}
