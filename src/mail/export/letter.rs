//! A message as a mail: from its author, at its time, answering what it answers, with its files.

use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::record::{self, FileRecord, GroupRecord, MessageRecord, PersonRecord};
use super::sink::LetterSink;
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::file::FileName;
use crate::domain::ids::MessageId;
use crate::domain::time::Timestamp;
use crate::mail::compose::{ComposeError, OutgoingMail, compose, compose_open};
use crate::mail::identity::message_id_for;

/// One message and what its mail says besides.
#[derive(Debug)]
pub struct ArchivedLetter<'a> {
    pub group: &'a GroupRecord,
    /// Of the first mail: who is in the group.
    pub people: &'a [PersonRecord],
    pub message: &'a MessageRecord,
    /// Where the author is reached; the gateway for who has no address.
    pub from: &'a EmailAddress,
    /// The gateway.
    pub to: &'a EmailAddress,
    /// The messages it stands below, the first of all first.
    pub ancestors: &'a [MessageId],
    /// As it was typed.
    pub text: &'a str,
    /// As it is shown.
    pub html: &'a str,
    /// When it was edited, for a mail of its own beside that of what it said first.
    pub edition: Option<Timestamp>,
    /// The gateway in a mail that is not to come back to us as somebody's: a copy that lies in a mailbox.
    pub loop_mark: Option<&'a str>,
}

/// Why a mail can't be written.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    #[error("A mail can't be put together")]
    Compose(#[from] ComposeError),
    #[error("A record can't be written")]
    Record(#[from] serde_json::Error),
    #[error("The file can't be written")]
    Write(#[from] io::Error),
}

/// Bytes of a file that make one line of base64 (RFC 2045 6.8: 76 signs).
const LINE: usize = 57;
/// Lines that are read at once.
const LINES: usize = 1024;

/// Writes a message as the next mail. `open` gives the contents of a file.
///
/// # Errors
/// [`LetterError::Write`] when sink or source fail; the others are defects.
pub fn write_letter<R: Read>(
    out: &mut impl LetterSink,
    letter: &ArchivedLetter<'_>,
    mut open: impl FnMut(&FileRecord) -> io::Result<R>,
) -> Result<(), LetterError> {
    let mail = mail_of(letter);
    let files: Vec<&FileRecord> = letter.message.files.iter().filter(|file| !file.lost).collect();
    out.begin(letter.from.as_str(), letter.message.at)?;
    out.lines(headers_of(letter)?.as_bytes())?;
    if files.is_empty() {
        out.lines(&compose(&mail)?)?;
        return Ok(out.end()?);
    }
    // No line of a text ends it, since an id stands in it that the text's author never saw.
    let boundary = format!("part-{}", letter.message.id.uuid().simple());
    let started = compose_open(&mail, boundary)?;
    out.lines(&started.bytes)?;
    for file in files {
        out.lines(&started.part(&FileName::cleaned(&file.name, "file"), &file.media_type))?;
        write_base64(out, open(file)?)?;
    }
    out.lines(&started.end())?;
    Ok(out.end()?)
}

fn write_base64(out: &mut impl LetterSink, mut contents: impl Read) -> io::Result<()> {
    let mut piece = vec![0; LINE * LINES];
    let mut lines = String::with_capacity(80 * LINES);
    loop {
        let read = fill(&mut contents, &mut piece)?;
        lines.clear();
        for line in piece[..read].chunks(LINE) {
            STANDARD.encode_string(line, &mut lines);
            lines.push('\n');
        }
        out.lines(lines.as_bytes())?;
        if read < piece.len() {
            return Ok(());
        }
    }
}

/// Reads until the piece is full or nothing is left.
fn fill(contents: &mut impl Read, piece: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match contents.read(&mut piece[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// What a mail has no place for.
fn headers_of(letter: &ArchivedLetter<'_>) -> serde_json::Result<String> {
    let mut headers = format!("{}: {}\r\n", record::NUMBER, letter.message.number);
    headers += &record::to_header(record::MESSAGE, letter.message)?;
    if letter.ancestors.is_empty() {
        headers += &record::to_header(record::GROUP, letter.group)?;
        for person in letter.people {
            headers += &record::to_header(record::PERSON, person)?;
        }
    }
    Ok(headers)
}

impl ArchivedLetter<'_> {
    /// Its own name, without brackets.
    pub fn message_id(&self) -> String {
        let id = message_id_for(self.group.id, self.message.id.uuid(), self.to.domain());
        match self.edition {
            Some(at) => format!("edited.{}.{id}", at.millis()),
            None => id,
        }
    }
}

fn mail_of(letter: &ArchivedLetter<'_>) -> OutgoingMail {
    let (group, message) = (letter.group, letter.message);
    let id = |message: MessageId| message_id_for(group.id, message.uuid(), letter.to.domain());
    let mut references: Vec<String> = letter.ancestors.iter().map(|ancestor| id(*ancestor)).collect();
    if letter.edition.is_some() {
        references.push(id(message.id));
    }
    let subject = group.subject.as_str();
    OutgoingMail {
        from: NamedAddress { name: Some(message.author_name.clone()), address: letter.from.clone() },
        to: vec![NamedAddress { name: Some(group.topic.clone()), address: letter.to.clone() }],
        cc: Vec::new(),
        reply_to: None,
        subject: if references.is_empty() { subject.to_owned() } else { format!("Re: {subject}") },
        message_id: letter.message_id(),
        in_reply_to: references.last().cloned().into_iter().collect(),
        references,
        date: letter.edition.unwrap_or(message.at),
        list: None,
        notify: None,
        auto_submitted: false,
        loop_mark: letter.loop_mark.map(str::to_owned),
        chat: false,
        text: letter.text.to_owned(),
        html: Some(format!(
            "<!doctype html>\n<html><head><meta charset=\"utf-8\"></head><body>\n{}\n</body></html>\n",
            letter.html
        )),
        files: Vec::new(),
    }
}
