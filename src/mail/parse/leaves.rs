//! The parts that hold something: texts, files, mails inside, reports.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};

use super::charset;
use super::encoded_word::{base64, decode_words};
use super::fence::Fenced;
use crate::domain::file::FileName;
use crate::mail::incoming::IncomingFile;

/// One part that is no multipart.
pub struct Leaf<'m> {
    part: &'m MessagePart<'m>,
    message: &'m Message<'m>,
    fenced: &'m Fenced<'m>,
    /// `text/plain` and so on, in lower case.
    pub media_type: String,
}

/// All leaves in the order they stand.
pub fn leaves<'m>(message: &'m Message<'m>, fenced: &'m Fenced<'m>) -> Vec<Leaf<'m>> {
    let leaf = |part: &&MessagePart<'_>| !matches!(part.body, PartType::Multipart(_));
    message.parts.iter().filter(leaf).map(|part| leaf_of(message, part, fenced)).collect()
}

/// One part of the message as a leaf.
pub fn leaf_of<'m>(message: &'m Message<'m>, part: &'m MessagePart<'m>, fenced: &'m Fenced<'m>) -> Leaf<'m> {
    let written = part.content_type().map(|t| {
        let subtype = t.subtype().unwrap_or(if t.ctype().eq_ignore_ascii_case("text") {
            "plain"
        } else {
            "octet-stream"
        });
        format!("{}/{subtype}", t.ctype()).to_ascii_lowercase()
    });
    let media_type = written.unwrap_or_else(|| match part.body {
        PartType::Message(_) => "message/rfc822".to_owned(),
        PartType::Html(_) => "text/html".to_owned(),
        PartType::Binary(_) | PartType::InlineBinary(_) => "application/octet-stream".to_owned(),
        _ => "text/plain".to_owned(),
    });
    Leaf { part, message, fenced, media_type }
}

impl Leaf<'_> {
    pub fn is_message(&self) -> bool {
        matches!(self.part.body, PartType::Message(_))
    }

    pub fn is_plain(&self) -> bool {
        matches!(self.part.body, PartType::Text(_))
    }

    pub fn is_html(&self) -> bool {
        matches!(self.part.body, PartType::Html(_))
    }

    /// The part's bytes, the transfer encoding undone, the character set not.
    pub fn bytes(&self) -> Vec<u8> {
        let bytes = match &self.part.body {
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.to_vec(),
            _ => self.decoded_raw(),
        };
        self.fenced.plain(bytes)
    }

    fn decoded_raw(&self) -> Vec<u8> {
        let range = self.part.offset_body as usize..self.part.offset_end as usize;
        let raw = self.message.raw_message.get(range).unwrap_or_default();
        match self.part.encoding {
            Encoding::None => raw.to_vec(),
            Encoding::QuotedPrintable => quoted_printable_decode(raw).unwrap_or_else(|| raw.to_vec()),
            Encoding::Base64 => base64_decode(raw).unwrap_or_else(|| base64(raw)),
        }
    }

    /// The part as text, line ends as `\n`.
    pub fn text(&self) -> String {
        let label = self.part.content_type().and_then(|t| t.attribute("charset")).unwrap_or_default();
        let trusted = !label.is_empty() && !charset::is_odd(label);
        let text = match &self.part.body {
            PartType::Text(text) | PartType::Html(text) if trusted => text.to_string(),
            _ => {
                let bytes = self.decoded_raw();
                charset::decode(label, &bytes).unwrap_or_else(|| charset::guess(&bytes))
            }
        };
        self.fenced.text(text).replace("\r\n", "\n").replace('\r', "\n")
    }

    /// Whether it says what its author feels about the mail that is answered (RFC 9078 3).
    pub fn is_reaction(&self) -> bool {
        self.part.content_disposition().is_some_and(|d| d.ctype().eq_ignore_ascii_case("reaction"))
    }

    /// Whether lines are only folded for the wire (RFC 3676), and whether the space before the fold goes.
    pub fn flowed(&self) -> Option<bool> {
        let content_type = self.part.content_type()?;
        let flowed = content_type.attribute("format").is_some_and(|f| f.eq_ignore_ascii_case("flowed"));
        flowed.then(|| content_type.attribute("delsp").is_some_and(|d| d.eq_ignore_ascii_case("yes")))
    }

    /// The part as a file; `number` names it when nobody else did.
    pub fn file(&self, number: usize) -> IncomingFile {
        let disposition = self.part.content_disposition();
        let written = self.part.attachment_name().map(|name| self.fenced.text(decode_words(name)));
        let inner = match &self.part.body {
            PartType::Message(inner) => {
                inner.subject().map(|s| format!("{}.eml", s.replace(['/', '\\'], "_")))
            }
            _ => None,
        };
        let fallback = format!("file-{number}{}", extension(&self.media_type));
        IncomingFile {
            name: FileName::cleaned(&written.or(inner).unwrap_or_default(), &fallback),
            media_type: self.media_type.clone(),
            content_id: self.part.content_id().map(|id| id.trim_matches(['<', '>', ' ']).to_owned()),
            inline: disposition.map_or(self.part.content_id().is_some(), |d| d.is_inline()),
            bytes: self.bytes(),
        }
    }
}

/// The usual extension of the types that come without a name.
fn extension(media_type: &str) -> &'static str {
    match media_type {
        "text/plain" => ".txt",
        "text/html" => ".html",
        "text/calendar" => ".ics",
        "message/rfc822" => ".eml",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "application/pdf" => ".pdf",
        "application/pgp-signature" => ".asc",
        _ => "",
    }
}
