//! Where the HTML part says that the quotation begins, found again in the plain text.

use crate::mail::html_text::Rendered;

/// The place in `text` where the quotation begins by the marks of the HTML; `None` if it has none or the two differ.
pub fn cut(text: &str, rendered: &Rendered) -> Option<usize> {
    let at = rendered.quotation?;
    if text == rendered.text {
        return Some(at);
    }
    let typed = letters(&rendered.text[..at]);
    if typed == 0 {
        return None;
    }
    let mut wanted = rendered.text[..at].chars().filter(|c| c.is_alphanumeric());
    let mut seen = 0;
    for (place, c) in text.char_indices() {
        if !c.is_alphanumeric() {
            continue;
        }
        if wanted.next() != Some(c) {
            return None;
        }
        seen += 1;
        if seen == typed {
            return line_end(text, place + c.len_utf8());
        }
    }
    None
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// The end of the line, if nothing but signs stands between.
fn line_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let end = rest.find('\n').unwrap_or(rest.len());
    (!rest[..end].contains(char::is_alphanumeric)).then_some(at + end)
}
