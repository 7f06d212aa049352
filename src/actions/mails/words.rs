//! What a mail says in a group: the typed text, in its form where that says something, without the secrets of its
//! author; and what it is besides.

use std::collections::HashMap;

use super::super::drafts::own_words;
use super::super::messages::LONGEST_MESSAGE;
use super::super::{Actions, Result, mentions, off_thread};
use crate::domain::file::{File, FileName};
use crate::domain::ids::FileId;
use crate::domain::mail_notes::MailNotes;
use crate::domain::message::{Body, Source};
use crate::mail::incoming::{IncomingFile, IncomingMail};
use crate::mail::mentions::Names;
use crate::mail::{own_letters, sanitize};

/// Characters of a quotation, or of a signature, that go with a message; the stored mail has all.
const LONGEST_HIDDEN: usize = 100_000;

/// The words of one mail, before it is known whom they mention and which files came of its parts.
#[derive(Clone, Debug)]
pub(in super::super) struct Words {
    pub text: String,
    /// The same in its form.
    markup: Option<String>,
    pub quotation: String,
    pub signature: String,
    pub notes: MailNotes,
    /// All of the text, if it is longer than a message may be.
    pub whole: Option<String>,
}

impl Actions {
    pub(in super::super) fn words_of(&self, mail: &IncomingMail) -> Words {
        let rich = mail.rich.as_ref().filter(|_| mail.handed_on().is_none());
        let split = rich.map_or(&mail.text, |rich| &rich.text);
        let (text, quotation) = match mail.handed_on().filter(|inner| inner.attached.is_none()) {
            // What somebody hands on to the group is what they want to say, but for a letter that the group knows.
            Some(inner) if own_letters::hands_on_own(mail, &self.settings) => {
                (own_words(mail).to_owned(), inner.text.clone())
            }
            Some(inner) => (format!("{}\n\n{}", own_words(mail), inner.text.trim()), split.quotation.clone()),
            None => (split.new_text.clone(), split.quotation.clone()),
        };
        let text = self.redacted(text.trim());
        let (text, whole) = match begin_of(&text, LONGEST_MESSAGE) {
            Some(begin) => (format!("{begin} …"), Some(text)),
            None => (text, None),
        };
        let cut = |hidden: &str| {
            let hidden = self.redacted(hidden);
            begin_of(&hidden, LONGEST_HIDDEN).map(|begin| format!("{begin} …")).unwrap_or(hidden)
        };
        Words {
            text: if text.is_empty() { sign_of(&mail.notes) } else { text },
            // The form of what is cut is that of plain text.
            markup: rich.filter(|_| whole.is_none()).map(|rich| self.redacted(&rich.markup)),
            quotation: cut(&quotation),
            signature: cut(&split.signature),
            notes: mail.notes.clone(),
            whole,
        }
    }
}

/// So many characters of a text, if it has more.
fn begin_of(text: &str, most: usize) -> Option<&str> {
    // Cheap for short ones: no text has more characters than bytes.
    if text.len() <= most {
        return None;
    }
    text.char_indices().nth(most).map(|(end, _)| text[..end].trim_end())
}

/// The whole text of a mail of which a message says the beginning.
pub(super) fn as_file(whole: String) -> IncomingFile {
    IncomingFile {
        name: FileName::cleaned("text.txt", "text.txt"),
        media_type: "text/plain".to_owned(),
        content_id: None,
        inline: false,
        bytes: whole.into_bytes(),
    }
}

/// What stands for a mail without words that can be read: in every language the same, since it is stored.
fn sign_of(notes: &MailNotes) -> String {
    match (notes.encrypted, notes.events.first()) {
        (Some(scheme), _) => format!("🔒 {}", scheme.name()),
        (None, Some(event)) => format!("📅 {} {}", event.summary, event.when).trim().to_owned(),
        (None, None) => String::new(),
    }
}

impl Words {
    /// The text as it is stored and shown. Each picture of the mail stands in its place if one of the message's files came
    /// of it.
    pub(in super::super) async fn read(
        &self,
        names: Names,
        files: HashMap<String, FileId>,
    ) -> Result<mentions::Read> {
        let (text, markup) = (self.text.clone(), self.markup.clone());
        off_thread(move || match markup {
            None => mentions::read(Source::Mail, text, &names),
            Some(markup) => {
                let rendered = sanitize::render_mail_markup(&markup, &names);
                let html = sanitize::with_files(&rendered.html, |id| files.get(id).copied());
                mentions::Read { body: Body { markdown: text, html }, mentions: rendered.mentions }
            }
        })
        .await
    }
}

/// Which of a message's files came of which of the mail's pictures: by name and size, in their order. What runs script
/// in a browser, such as SVG, is none, whatever the mail calls it.
pub(in super::super) fn pictures<'f>(
    parts: &[IncomingFile],
    files: impl Iterator<Item = &'f File>,
) -> HashMap<String, FileId> {
    let mut left: Vec<&File> = files.collect();
    let mut found = HashMap::new();
    for part in parts {
        let is_it = |file: &&File| {
            file.name == part.name && usize::try_from(file.size).is_ok_and(|size| size == part.bytes.len())
        };
        let Some(at) = left.iter().position(is_it) else { continue };
        let file = left.remove(at);
        if let Some(id) = part.content_id.clone().filter(|_| file.is_picture()) {
            found.entry(id).or_insert(file.id);
        }
    }
    found
}

/// The mail's files without the pictures of what it quotes, logos that came with every mail before, and without the parts
/// that only serve a signature or an encryption (RFC 3156, RFC 8551); all of them stay in the stored mail.
pub(in super::super) fn own_files(mail: &IncomingMail) -> Vec<IncomingFile> {
    let is_hidden = |file: &&IncomingFile| {
        file.media_type.starts_with("image/")
            && file.content_id.as_ref().is_some_and(|id| mail.hidden_pictures.contains(id))
    };
    let serves = |file: &&IncomingFile| match file.media_type.as_str() {
        "application/pkcs7-signature" | "application/x-pkcs7-signature" | "application/pgp-signature" => {
            mail.notes.signed.is_some()
        }
        // "Version: 1", and no more.
        "application/pgp-encrypted" => mail.notes.encrypted.is_some(),
        _ => false,
    };
    mail.files.iter().filter(|file| !is_hidden(file) && !serves(file)).cloned().collect()
}
