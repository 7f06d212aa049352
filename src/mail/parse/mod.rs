//! From bytes to an [`IncomingMail`]. The only folder that names `mail_parser`.
//!
//! What comes in is hostile or broken: `fence` looks at the bytes before the parser does, everything odd that
//! does not stop the parsing is noted in `problems`, and what is no mail at all says why.

mod addresses;
mod build;
mod charset;
mod encoded_word;
mod fence;
mod fields;
mod leaves;
mod null;
mod protected;

use super::incoming::IncomingMail;

pub use addresses::parse_addresses;
pub use build::Texts;
pub use fence::HARD_CAP;

/// Mails within mails are opened down to this depth; deeper ones stay files.
const DEEPEST: usize = 3;

/// Why some bytes are no mail that can be worked with, in words for an admin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAMail {
    #[error("The file is empty")]
    Empty,
    #[error("The mail has {bytes} bytes; more than {cap} can't be read")]
    TooLarge { bytes: usize, cap: usize },
    #[error("This is no mail: it does not begin with headers such as \"From: ...\"")]
    NoHeaders,
    #[error("This is an Outlook .msg file, not a mail as it travels; save it as .eml and use that")]
    OutlookFile,
    #[error("The headers do not end within {cap} bytes")]
    HeadersWithoutEnd { cap: usize },
    #[error("The mail holds {found} mails within mails; more than {cap} are not opened")]
    NestedTooDeep { found: usize, cap: usize },
    #[error("The mail has more than {cap} parts")]
    TooManyParts { cap: usize },
    #[error("A header of the mail has more than {cap} continued parameters (RFC 2231)")]
    TooManyParameters { cap: usize },
    #[error("The parts of this mail contradict each other; it can't be taken apart")]
    Contradiction,
}

/// Understands a mail as far as it can be. Safe on a small stack; still, it takes time, so not for an async thread.
///
/// # Errors
/// [`NotAMail`] when the bytes are no mail, or too big or too deep to be opened.
pub fn parse(raw: &[u8]) -> Result<IncomingMail, NotAMail> {
    parse_at(raw, 0)
}

/// What the header of a mail tells, whatever its parts are: for one that [`parse`] refuses. It has no text and no files.
/// `None` if the bytes have no header that can be read.
pub fn head_of(raw: &[u8]) -> Option<IncomingMail> {
    let head = fence::head(raw);
    let message = take_apart(&head).ok()?;
    let mut mail = build::outline(&message, &fields::headers(&message));
    null::strip(&mut mail);
    (!mail.from.is_empty() || !mail.subject.is_empty() || mail.message_id.is_some()).then_some(mail)
}

/// A mail's texts as they were written, nothing taken apart or cleaned, the text made from the HTML where there is
/// only that. The HTML is for a page of its own without any rights.
///
/// # Errors
/// As [`parse`].
pub fn texts_of(raw: &[u8]) -> Result<Texts, NotAMail> {
    let fenced = fence::check(raw)?;
    let message = take_apart(fenced.bytes())?;
    let mut texts = build::texts(&message, &fenced, &mut Vec::new());
    if texts.plain.trim().is_empty() {
        texts.plain = super::html_text::html_to_text(&texts.html);
    }
    Ok(texts)
}

fn parse_at(raw: &[u8], depth: usize) -> Result<IncomingMail, NotAMail> {
    let fenced = fence::check(raw)?;
    let message = take_apart(fenced.bytes())?;
    let mut mail = build::incoming(&message, &fenced, depth);
    null::strip(&mut mail);
    Ok(mail)
}

/// The parser gives up some contradictory mails by a panic ("Invalid part ID", 0.11.9). Without the answer from here
/// such a mail would be tried again for twenty minutes before it is put aside.
fn take_apart(bytes: &[u8]) -> Result<mail_parser::Message<'_>, NotAMail> {
    std::panic::catch_unwind(|| mail_parser::MessageParser::default().parse(bytes))
        .map_err(|_| NotAMail::Contradiction)?
        .ok_or(NotAMail::NoHeaders)
}

#[cfg(test)]
mod tests;
