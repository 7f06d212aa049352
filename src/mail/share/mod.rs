//! A share for its readers: one document as a mail's HTML and text, as a page of its own, and as Markdown.
//!
//! Everything is made of the [`Document`](crate::domain::share_document::Document) alone and says the same. What differs
//! is where it is read, and so where its pictures and files are found; [`Reading`] tells that.

mod columns;
mod letter;
mod markdown;
mod page;
mod parcel;
mod pdf;
mod text;
pub mod view;

pub use letter::ShareLetter;
pub use markdown::render_markdown_file;
pub use page::render_page_file;
pub use parcel::Parcel;
pub use pdf::{PdfError, Pictures, render_pdf};

use crate::domain::share_document::SharedFile;
use crate::domain::time::Timestamp;

/// From where a document is read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The share's page for these readers.
    pub page: Option<&'a str>,
    /// Until when that page can be opened.
    pub until: Option<Timestamp>,
    /// Where a picture that is shown is: `cid:`, `data:` or a path. `None` for one that can't be shown.
    pub picture: &'a dyn Fn(&SharedFile) -> Option<String>,
    /// Where a file can be downloaded.
    pub file: &'a dyn Fn(&SharedFile) -> Option<String>,
    /// Files that are to be attached came along, so they need no link: it is a mail.
    pub attached: bool,
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("until", &self.until).finish_non_exhaustive()
    }
}
