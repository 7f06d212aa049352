//! Signed and encrypted mails: what can be read without keys is, and what can't be is said to be encrypted.

use mail_parser::{Message, MimeHeaders, PartType};

use super::leaves::Leaf;
use super::{DEEPEST, parse_at};
use crate::domain::mail_notes::{MailNotes, Scheme};
use crate::mail::incoming::{IncomingMail, Problem};
use crate::mail::sealed::{self, Cms};

/// Takes a signature in clear off the text (RFC 9580 7).
pub(super) fn take_off_pgp(mail: &mut IncomingMail, plain: &mut String) {
    if let Some(text) = sealed::without_pgp_signature(plain).map(|text| text.into_owned()) {
        *plain = text;
        mail.notes.signed = Some(Scheme::Pgp);
    }
}

/// A text that is nothing but encrypted is hidden as quotations are, so that who has the key can take it.
pub(super) fn hide_pgp(mail: &mut IncomingMail) {
    if sealed::is_pgp_message(&mail.text.new_text) {
        let hidden = std::mem::take(&mut mail.text.new_text);
        mail.text.quotation = format!("{hidden}\n\n{}", mail.text.quotation).trim_end().to_owned();
        mail.notes.encrypted = Some(Scheme::Pgp);
    }
}

/// What the multiparts say (RFC 1847).
pub(super) fn note(mail: &mut IncomingMail, message: &Message<'_>) {
    for part in message.parts.iter().filter(|part| matches!(part.body, PartType::Multipart(_))) {
        let Some(kind) = part.content_type() else { continue };
        let protocol = kind.attribute("protocol").unwrap_or_default().to_ascii_lowercase();
        let scheme = if protocol.contains("pgp") { Scheme::Pgp } else { Scheme::Smime };
        match kind.subtype().unwrap_or_default().to_ascii_lowercase().as_str() {
            "signed" => mail.notes.signed = Some(scheme),
            "encrypted" => mail.notes.encrypted = Some(scheme),
            _ => {}
        }
    }
}

fn is_cms(media_type: &str, name: &str) -> bool {
    matches!(media_type, "application/pkcs7-mime" | "application/x-pkcs7-mime")
        || (media_type == "application/octet-stream" && name.eq_ignore_ascii_case("smime.p7m"))
}

/// Reads the mail within an S/MIME part, as if it had come by itself.
pub(super) fn open(mail: &mut IncomingMail, all: &[Leaf<'_>], depth: usize) {
    let file = mail.files.iter().find(|file| is_cms(&file.media_type, file.name.as_str()));
    let bytes = match file {
        Some(file) => file.bytes.clone(),
        None => match all.iter().find(|leaf| is_cms(&leaf.media_type, "")) {
            Some(leaf) => leaf.bytes(),
            None => return,
        },
    };
    match sealed::open_cms(&bytes) {
        Cms::Encrypted => mail.notes.encrypted = Some(Scheme::Smime),
        Cms::Signed(inner) => {
            mail.notes.signed = Some(Scheme::Smime);
            let inner = if depth < DEEPEST { parse_at(&inner, depth + 1).ok() } else { None };
            match inner {
                Some(inner) => take_over(mail, inner),
                _ => mail.problems.push(Problem("What the S/MIME signature wraps can't be read".to_owned())),
            }
        }
        Cms::Other => mail.problems.push(Problem("An S/MIME part can't be read".to_owned())),
    }
}

fn take_over(mail: &mut IncomingMail, inner: IncomingMail) {
    mail.files.retain(|file| !is_cms(&file.media_type, file.name.as_str()));
    mail.files.extend(inner.files);
    if mail.text.new_text.trim().is_empty() {
        (mail.text, mail.rich, mail.html) = (inner.text, inner.rich, inner.html);
        mail.forwarded = mail.forwarded.take().or(inner.forwarded);
        mail.hidden_pictures = inner.hidden_pictures;
    }
    let outer = std::mem::take(&mut mail.notes);
    mail.notes = MailNotes {
        encrypted: inner.notes.encrypted.or(outer.encrypted),
        signed: outer.signed,
        events: if outer.events.is_empty() { inner.notes.events } else { outer.events },
        sent_by: outer.sent_by,
        remote_pictures: outer.remote_pictures + inner.notes.remote_pictures,
    };
}
