//! What the author typed, apart from quotation and signature.

use super::incoming::ReplyText;

/// Splits a text.
pub fn split(text: &str, _html: &str) -> ReplyText {
    ReplyText { new_text: text.trim_matches('\n').to_owned(), ..ReplyText::default() }
}
