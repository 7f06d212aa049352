//! A message as the mail that is archived.

use super::super::exports::gather::{Gathered, Head};
use super::super::exports::writer::{html_of, open};
use super::super::{ActionError, Actions, Result, off_thread};
use crate::domain::address::EmailAddress;
use crate::domain::ids::MessageId;
use crate::domain::time::Timestamp;
use crate::files::Files;
use crate::mail::export::letter::{ArchivedLetter, write_letter};
use crate::mail::export::record::{FileRecord, GroupRecord, MessageRecord, PersonRecord};
use crate::mail::export::sink::OneMail;

/// So many bytes of files go along in one mail; most servers take 25 MB with everything around.
const MOST: i64 = 17_000_000;

/// A mail that is ready.
#[derive(Debug)]
pub(super) struct ArchiveMail {
    /// Without brackets.
    pub message_id: String,
    pub raw: String,
    /// When it was written.
    pub at: Timestamp,
    wish: Wish,
}

/// What a mail is to say besides its message.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    answered: Vec<MessageId>,
    edition: Option<Timestamp>,
    /// So many bytes of files go along.
    room: i64,
}

impl Wish {
    /// It answers these, or is what the message says since then.
    pub fn new(answered: Vec<MessageId>, edition: Option<Timestamp>) -> Self {
        Self { answered, edition, room: MOST }
    }
}

impl ArchiveMail {
    /// The same with names instead of files.
    pub fn again_without_files(self) -> Wish {
        Wish { room: 0, ..self.wish }
    }
}

impl Actions {
    /// The mail of a message. Files that no mail takes are named with their digest.
    pub(super) async fn archive_mail(
        &self,
        head: &Head,
        gathered: &Gathered,
        wish: Wish,
    ) -> Result<ArchiveMail> {
        let (record, left) = within(&gathered.record, wish.room);
        let more: String = left.iter().map(|line| paragraph(line)).collect();
        let whole = Whole {
            group: head.group.clone(),
            people: if record.number == 1 { head.people.clone() } else { Vec::new() },
            from: head.address_of(record.author).clone(),
            to: head.gateway.clone(),
            wish,
            text: [gathered.text.as_str(), &left.join("\n")].join("\n").trim_end().to_owned(),
            html: html_of(gathered) + &more,
            record,
        };
        let files = self.files.clone();
        off_thread(move || whole.write(&files)).await?.map_err(ActionError::Internal)
    }
}

/// All that a mail is made of, to be written where it may block.
struct Whole {
    group: GroupRecord,
    people: Vec<PersonRecord>,
    record: MessageRecord,
    from: EmailAddress,
    to: EmailAddress,
    wish: Wish,
    text: String,
    html: String,
}

impl Whole {
    fn write(self, files: &Files) -> anyhow::Result<ArchiveMail> {
        let letter = ArchivedLetter {
            group: &self.group,
            people: &self.people,
            message: &self.record,
            from: &self.from,
            to: &self.to,
            ancestors: &self.wish.answered,
            text: &self.text,
            html: &self.html,
            edition: self.wish.edition,
            loop_mark: Some(self.to.key()),
        };
        let mut mail = OneMail::default();
        write_letter(&mut mail, &letter, |file| open(files, file))?;
        let (message_id, raw) = (letter.message_id(), String::from_utf8(mail.0)?);
        let at = self.wish.edition.unwrap_or(self.record.at);
        Ok(ArchiveMail { message_id, raw, at, wish: self.wish })
    }
}

/// The record with those files that fit, and a line for each that does not.
fn within(record: &MessageRecord, mut room: i64) -> (MessageRecord, Vec<String>) {
    let (mut record, mut left) = (record.clone(), Vec::new());
    for file in &mut record.files {
        if file.lost {
            continue;
        }
        if file.size <= room {
            room -= file.size;
        } else {
            file.lost = true;
            left.push(line_of(file));
        }
    }
    (record, left)
}

/// Its name, size and SHA-256.
fn line_of(file: &FileRecord) -> String {
    format!("[{} · {} bytes · SHA-256 {}]", file.name, file.size, file.digest.hex())
}

fn paragraph(line: &str) -> String {
    let escaped = askama::filters::escape(line, askama::filters::Html).map(|text| text.to_string());
    format!("<p>{}</p>", escaped.unwrap_or_default())
}
