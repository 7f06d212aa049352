//! Reading an mbox that we wrote, mail by mail, whatever became of it on the way: every claim in it is checked, and what
//! is wrong is told with its place. Files go to a sink as they come; of everything else one mail is in memory.

use std::io::{self, BufRead};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256};

use super::mbox::{is_separator, unquoted};
use super::record::{self, FileRecord, GroupRecord, MessageRecord, PersonRecord, from_header};
use crate::domain::digest::Digest;
use crate::mail::parse::texts_of;

/// One mail of the mbox.
#[derive(Debug)]
pub struct ReadMail {
    pub place: Place,
    /// Of the first mail.
    pub group: Option<GroupRecord>,
    pub people: Vec<PersonRecord>,
    pub message: MessageRecord,
    /// As it was typed. Empty for a notice and for a message that was removed.
    pub text: String,
}

/// Where something stands: counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub mail: u64,
    pub line: u64,
}

/// Why a file can't be used, and where.
#[derive(Debug, thiserror::Error)]
#[error("Mail {}, line {}: {problem}", place.mail, place.line)]
pub struct ReadError {
    pub place: Place,
    pub problem: ReadProblem,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadProblem {
    #[error("The file can't be read: {0}")]
    Io(#[from] io::Error),
    #[error("This is no mbox: it does not begin with a line \"From ...\"")]
    NoMbox,
    /// Of another program, or without our headers.
    #[error("This mbox was not exported by mailmoot: a mail has no header {header}")]
    Foreign { header: &'static str },
    #[error("This mbox was exported by another version of mailmoot")]
    OtherVersion,
    #[error("The header {header} can't be read")]
    Header { header: &'static str },
    #[error("A line or a part is too long")]
    TooLong,
    #[error("The mail ends in the middle")]
    Broken,
    #[error("The text is not the one that was exported")]
    OtherText,
    #[error("The file {name} is not the one that was exported")]
    OtherFile { name: String },
    #[error("Message {expected} is missing")]
    Missing { expected: i64 },
    #[error("What the mail says contradicts itself: {0:?}")]
    Contradiction(Contradiction),
}

/// What can't be as a mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// It holds more files than it names.
    MoreFiles,
    /// A file is not in base64.
    NoBase64,
    /// Two messages have one id.
    SameMessage,
    /// It answers a message that comes later, or none.
    AnswersLater,
    /// It is larger than a message can be.
    TooLarge,
    /// The group has two tags of one name, too many of them, or one that can't be.
    Tags,
    /// Two marks have one id.
    SameMark,
    /// A mark names what is not there, or says more than a mark can.
    Mark,
}

impl Contradiction {
    /// The key of its words.
    pub fn text_key(self) -> &'static str {
        match self {
            Self::MoreFiles => "cli-odd-more-files",
            Self::NoBase64 => "cli-odd-no-base64",
            Self::SameMessage => "cli-odd-same-message",
            Self::AnswersLater => "cli-odd-answers-later",
            Self::TooLarge => "cli-odd-too-large",
            Self::Tags => "cli-odd-tags",
            Self::SameMark => "cli-odd-same-mark",
            Self::Mark => "cli-odd-mark",
        }
    }
}

/// Takes a message's files as they come.
pub trait FileSink {
    /// The next file begins.
    fn begin(&mut self, file: &FileRecord) -> io::Result<()>;
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// The file is whole, and what it should be.
    fn end(&mut self) -> io::Result<()>;
}

/// Lets the files go by.
#[derive(Debug)]
pub struct NoFiles;

impl FileSink for NoFiles {
    fn begin(&mut self, _: &FileRecord) -> io::Result<()> {
        Ok(())
    }
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// In bytes: no program writes longer lines (RFC 5322 2.1.1 allows 998).
const LONGEST_LINE: u64 = 64 * 1024;
/// A mail without its files, in bytes: headers with 500 people and the longest texts stay far below.
const LARGEST_MAIL: usize = 16 * 1024 * 1024;

/// Reads the mails.
#[derive(Debug)]
pub struct MboxReader<R> {
    input: R,
    place: Place,
    /// The line that is looked at, as it stands in the file.
    line: Vec<u8>,
    /// It was not dealt with yet.
    waits: bool,
}

type Result<T> = std::result::Result<T, ReadError>;

impl<R: BufRead> MboxReader<R> {
    pub fn new(input: R) -> Self {
        Self { input, place: Place::default(), line: Vec::new(), waits: false }
    }

    /// The next mail, its files written to `sink`; `None` at the end.
    ///
    /// # Errors
    /// When the file, or what it says, can't be used.
    pub fn next_mail(&mut self, sink: &mut impl FileSink) -> Result<Option<ReadMail>> {
        if !self.next_line()? {
            return if self.place.mail == 0 { Err(self.wrong(ReadProblem::NoMbox)) } else { Ok(None) };
        }
        if !is_separator(&self.line) {
            return Err(self.wrong(ReadProblem::NoMbox));
        }
        self.place.mail += 1;
        let place = self.place;
        let headers = self.headers()?;
        let message = self.message_record(&headers)?;
        let group = self.group_record(&headers)?;
        let people = self.people(&headers)?;
        let small = match headers.boundary() {
            Some(boundary) => self.mixed(&boundary, &message, sink)?,
            None if message.files.iter().all(|file| file.lost) => headers.with_body(self.rest()?),
            None => return Err(self.wrong(ReadProblem::Broken)),
        };
        let text = self.text(&message, &small)?;
        Ok(Some(ReadMail { place, group, people, message, text }))
    }

    fn message_record(&self, headers: &Headers) -> Result<MessageRecord> {
        let header = record::MESSAGE;
        let value = headers.get(header).next().ok_or_else(|| self.wrong(ReadProblem::Foreign { header }))?;
        from_header(&value).ok_or_else(|| self.wrong(ReadProblem::Header { header }))
    }

    /// A record of another version may look different: its version is read alone first.
    fn group_record(&self, headers: &Headers) -> Result<Option<GroupRecord>> {
        #[derive(serde::Deserialize)]
        struct Versioned {
            version: u32,
        }
        let header = record::GROUP;
        let Some(value) = headers.get(header).next() else { return Ok(None) };
        let unreadable = || self.wrong(ReadProblem::Header { header });
        let Versioned { version } = from_header(&value).ok_or_else(unreadable)?;
        if version != record::VERSION {
            return Err(self.wrong(ReadProblem::OtherVersion));
        }
        Ok(Some(from_header(&value).ok_or_else(unreadable)?))
    }

    fn people(&self, headers: &Headers) -> Result<Vec<PersonRecord>> {
        let header = record::PERSON;
        headers
            .get(header)
            .map(|value| from_header(&value).ok_or_else(|| self.wrong(ReadProblem::Header { header })))
            .collect()
    }

    fn headers(&mut self) -> Result<Headers> {
        let mut block = Vec::new();
        while self.next_line_of_mail()? {
            let line = unquoted(&self.line);
            if line.is_empty() {
                return Ok(Headers(block));
            }
            append(&mut block, line).map_err(|problem| self.wrong(problem))?;
        }
        Err(self.wrong(ReadProblem::Broken))
    }

    /// What follows up to the next mail.
    fn rest(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        while self.next_line_of_mail()? {
            append(&mut body, unquoted(&self.line)).map_err(|problem| self.wrong(problem))?;
        }
        Ok(body)
    }

    /// A multipart/mixed body (RFC 2046 5.1): its first part is given back, all others are files.
    fn mixed(
        &mut self,
        boundary: &str,
        message: &MessageRecord,
        sink: &mut impl FileSink,
    ) -> Result<Vec<u8>> {
        let (part, last) = (format!("--{boundary}"), format!("--{boundary}--"));
        // Before the first part there may be words for old programs.
        self.skip_to(part.as_bytes())?;
        let mut first = Vec::new();
        let mut files = message.files.iter().filter(|file| !file.lost);
        loop {
            if !self.next_line_of_mail()? {
                return Err(self.wrong(ReadProblem::Broken));
            }
            let line = unquoted(&self.line).trim_ascii_end();
            if line == part.as_bytes() {
                break;
            }
            if line == last.as_bytes() {
                return match files.next() {
                    None => self.skip_rest().map(|()| first),
                    Some(_) => Err(self.wrong(ReadProblem::Broken)),
                };
            }
            append(&mut first, unquoted(&self.line)).map_err(|problem| self.wrong(problem))?;
        }
        loop {
            let Some(file) = files.next() else {
                return Err(self.wrong(ReadProblem::Contradiction(Contradiction::MoreFiles)));
            };
            let is_last = self.file(file, (part.as_bytes(), last.as_bytes()), sink)?;
            if is_last {
                return match files.next() {
                    None => self.skip_rest().map(|()| first),
                    Some(_) => Err(self.wrong(ReadProblem::Broken)),
                };
            }
        }
    }

    fn skip_to(&mut self, wanted: &[u8]) -> Result<()> {
        while self.next_line_of_mail()? {
            if unquoted(&self.line).trim_ascii_end() == wanted {
                return Ok(());
            }
        }
        Err(self.wrong(ReadProblem::Broken))
    }

    fn skip_rest(&mut self) -> Result<()> {
        while self.next_line_of_mail()? {}
        Ok(())
    }

    /// One part that is a file. Whether it is the last one.
    fn file(
        &mut self,
        file: &FileRecord,
        (part, last): (&[u8], &[u8]),
        sink: &mut impl FileSink,
    ) -> Result<bool> {
        let headers = self.headers()?;
        let encoding = headers.get("Content-Transfer-Encoding").next().unwrap_or_default();
        if !encoding.trim().eq_ignore_ascii_case("base64") {
            return Err(self.wrong(ReadProblem::Contradiction(Contradiction::NoBase64)));
        }
        let io = |reader: &Self, error: io::Error| reader.wrong(error.into());
        sink.begin(file).map_err(|error| io(self, error))?;
        let mut contents = Contents::default();
        loop {
            if !self.next_line_of_mail()? {
                return Err(self.wrong(ReadProblem::Broken));
            }
            let line = unquoted(&self.line).trim_ascii_end();
            if line == part || line == last {
                let is_last = line == last;
                let rest = contents.end().map_err(|problem| self.wrong(problem))?;
                sink.write(&rest).map_err(|error| io(self, error))?;
                if !contents.are(file) {
                    return Err(self.wrong(ReadProblem::OtherFile { name: file.name.clone() }));
                }
                sink.end().map_err(|error| io(self, error))?;
                return Ok(is_last);
            }
            let bytes = contents.add(line).map_err(|problem| self.wrong(problem))?;
            sink.write(&bytes).map_err(|error| io(self, error))?;
        }
    }

    fn text(&self, message: &MessageRecord, small: &[u8]) -> Result<String> {
        let texts = texts_of(small).map_err(|_| self.wrong(ReadProblem::Broken))?;
        let text = texts.plain.replace("\r\n", "\n");
        if digest_of_text(&text) != message.text_digest {
            return Err(self.wrong(ReadProblem::OtherText));
        }
        let is_ours = message.notice.is_some() || message.removed.is_some();
        Ok(if is_ours { String::new() } else { text })
    }

    /// The next line of this mail; `false` where the next one begins, or the file ends.
    fn next_line_of_mail(&mut self) -> Result<bool> {
        if !self.next_line()? {
            return Ok(false);
        }
        self.waits = is_separator(&self.line);
        Ok(!self.waits)
    }

    fn next_line(&mut self) -> Result<bool> {
        if std::mem::take(&mut self.waits) {
            return Ok(true);
        }
        self.line.clear();
        let read = io::Read::take(&mut self.input, LONGEST_LINE).read_until(b'\n', &mut self.line);
        let read = read.map_err(|error| self.wrong(error.into()))?;
        self.place.line += 1;
        if read as u64 == LONGEST_LINE {
            return Err(self.wrong(ReadProblem::TooLong));
        }
        Ok(read > 0)
    }

    fn wrong(&self, problem: ReadProblem) -> ReadError {
        ReadError { place: self.place, problem }
    }
}

/// How a text is known again: its line ends do not count, and neither do those at its end.
pub fn digest_of_text(text: &str) -> Digest {
    Digest::of(text.replace("\r\n", "\n").trim_end_matches('\n').as_bytes())
}

fn append(bytes: &mut Vec<u8>, line: &[u8]) -> std::result::Result<(), ReadProblem> {
    if bytes.len() + line.len() > LARGEST_MAIL {
        return Err(ReadProblem::TooLong);
    }
    bytes.extend_from_slice(line);
    bytes.push(b'\n');
    Ok(())
}

/// The headers of a mail or of a part, each line with its end.
struct Headers(Vec<u8>);

impl Headers {
    /// The values of a header, unfolded.
    fn get<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        let mut lines = self.0.split(|byte| *byte == b'\n').peekable();
        std::iter::from_fn(move || {
            loop {
                let line = lines.next()?;
                let Some(value) = value_of(line, name) else { continue };
                let mut value = String::from_utf8_lossy(value).into_owned();
                while let Some(more) =
                    lines.next_if(|line| line.first().is_some_and(|b| matches!(b, b' ' | b'\t')))
                {
                    value.push_str(&String::from_utf8_lossy(more));
                }
                return Some(value);
            }
        })
    }

    /// Of a mail whose files are parts of it.
    fn boundary(&self) -> Option<String> {
        let value = self.get("Content-Type").next()?;
        let kind = value.split(';').next()?.trim();
        if !kind.eq_ignore_ascii_case("multipart/mixed") {
            return None;
        }
        let at = value.to_ascii_lowercase().find("boundary=")? + "boundary=".len();
        let rest = value.get(at..)?.trim_start();
        let named = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next()?,
            None => rest.split([';', ' ', '\t']).next()?,
        };
        (!named.is_empty() && named.len() <= 70).then(|| named.to_owned())
    }

    fn with_body(self, body: Vec<u8>) -> Vec<u8> {
        // What is ours is no part of the text, and may be longer than a parser takes.
        let mut bytes = Vec::with_capacity(body.len() + 1_000);
        for name in ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"] {
            if let Some(value) = self.get(name).next() {
                bytes.extend_from_slice(format!("{name}:{value}\n").as_bytes());
            }
        }
        bytes.push(b'\n');
        bytes.extend_from_slice(&body);
        bytes
    }
}

fn value_of<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (head, rest) = line.split_at_checked(name.len())?;
    head.eq_ignore_ascii_case(name.as_bytes()).then_some(())?;
    rest.strip_prefix(b":")
}

/// Base64 on its way to bytes, and what they are.
struct Contents {
    /// Signs that wait for the others of their four.
    waiting: Vec<u8>,
    hash: Context,
    size: i64,
}

impl Default for Contents {
    fn default() -> Self {
        Self { waiting: Vec::new(), hash: Context::new(&SHA256), size: 0 }
    }
}

impl Contents {
    fn add(&mut self, line: &[u8]) -> std::result::Result<Vec<u8>, ReadProblem> {
        self.waiting.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
        let whole = self.waiting.len() / 4 * 4;
        self.decode(whole)
    }

    fn end(&mut self) -> std::result::Result<Vec<u8>, ReadProblem> {
        self.decode(self.waiting.len())
    }

    fn decode(&mut self, signs: usize) -> std::result::Result<Vec<u8>, ReadProblem> {
        let bytes = STANDARD
            .decode(&self.waiting[..signs])
            .map_err(|_| ReadProblem::Contradiction(Contradiction::NoBase64))?;
        self.waiting.drain(..signs);
        self.hash.update(&bytes);
        self.size += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        Ok(bytes)
    }

    fn are(&self, file: &FileRecord) -> bool {
        self.size == file.size && self.hash.clone().finish().as_ref() == file.digest.as_bytes()
    }
}
