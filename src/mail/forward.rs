//! Mails handed on inline: who wrote the mail inside, to whom, about what.

use super::incoming::Forwarded;

/// The mail inside a text.
pub fn find_forwarded(_subject: &str, _text: &str) -> Option<Forwarded> {
    None
}
