//! Writing an export: one pass over the messages for an mbox; three for a zip, for its pages, its JSON and its mbox. Runs
//! on a thread that may block.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};

use askama::Template;

use super::gather::{Gathered, Head};
use crate::domain::digest::Digest;
use crate::domain::export::{Export, Format};
use crate::files::Files;
use crate::files::archive::{Archive, Packing};
use crate::mail::export::json::{JsonMessage, JsonWriter};
use crate::mail::export::letter::{ArchivedLetter, LetterError, write_letter};
use crate::mail::export::lineage::Lineage;
use crate::mail::export::mbox::MboxWriter;
use crate::mail::export::page::{IndexPage, MessagesPage, PageMessage, page_name, page_of};
use crate::mail::export::record::FileRecord;

/// Why an export can't be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    #[error("The file can't be written: {0}")]
    Disk(#[from] io::Error),
    #[error("A mail or a page can't be made: {0}")]
    Broken(anyhow::Error),
}

impl From<LetterError> for WriteError {
    fn from(error: LetterError) -> Self {
        match error {
            LetterError::Write(error) => Self::Disk(error),
            other => Self::Broken(other.into()),
        }
    }
}

impl From<askama::Error> for WriteError {
    fn from(error: askama::Error) -> Self {
        Self::Broken(error.into())
    }
}

/// What is written of each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    Pages,
    Json,
    Mails,
}

impl Pass {
    pub fn all(format: Format) -> &'static [Self] {
        match format {
            Format::Mbox => &[Self::Mails],
            Format::Zip => &[Self::Pages, Self::Json, Self::Mails],
        }
    }
}

/// The file on its way, and what has to be known of what was written before.
#[derive(Debug)]
pub(super) struct Writer {
    head: Head,
    files: Files,
    export: Export,
    out: Out,
    json: JsonWriter,
    lineage: Lineage,
    /// Where in the zip contents are that were met already.
    paths: HashMap<Digest, String>,
}

#[derive(Debug)]
enum Out {
    Mbox(BufWriter<File>),
    Zip(Box<Archive>),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Mbox(file) => file.write(bytes),
            Self::Zip(archive) => archive.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Mbox(file) => file.flush(),
            Self::Zip(archive) => archive.flush(),
        }
    }
}

impl Out {
    /// In an mbox there is but one thing.
    fn begin(&mut self, name: &str, packing: Packing) -> io::Result<()> {
        match self {
            Self::Mbox(_) => Ok(()),
            Self::Zip(archive) => archive.begin(name, packing),
        }
    }
}

impl Writer {
    pub fn begin(export: &Export, head: Head, files: Files) -> Result<Self, WriteError> {
        let file = files.create_export(export.id)?;
        let mut out = match export.format {
            Format::Mbox => Out::Mbox(BufWriter::with_capacity(256 * 1024, file)),
            Format::Zip => Out::Zip(Box::new(Archive::new(file, head.group.exported_at))),
        };
        if export.format == Format::Zip {
            let page = IndexPage { voice: head.voice, group: &head.group, people: &head.people };
            out.begin("index.html", Packing::Deflated)?;
            out.write_all(page.render()?.as_bytes())?;
        }
        let (json, lineage, paths) = (JsonWriter::default(), Lineage::default(), HashMap::new());
        Ok(Self { head, files, export: export.clone(), out, json, lineage, paths })
    }

    pub fn head(&self) -> &Head {
        &self.head
    }

    pub fn begin_pass(&mut self, pass: Pass) -> Result<(), WriteError> {
        match pass {
            Pass::Pages => {}
            Pass::Json => {
                self.out.begin("group.json", Packing::Deflated)?;
                self.json.begin(&mut self.out, &self.head.group, &self.head.people)?;
            }
            Pass::Mails => self.out.begin("group.mbox", Packing::Deflated)?,
        }
        Ok(())
    }

    pub fn end_pass(&mut self, pass: Pass) -> Result<(), WriteError> {
        if pass == Pass::Json {
            self.json.end(&mut self.out)?;
        }
        Ok(())
    }

    /// The next messages: those of one page.
    pub fn add(&mut self, pass: Pass, batch: Vec<Gathered>) -> Result<(), WriteError> {
        match pass {
            Pass::Pages => self.add_page(batch),
            Pass::Json => self.add_json(&batch),
            Pass::Mails => self.add_mails(&batch),
        }
    }

    /// All is written. The file's size in bytes.
    pub fn finish(self) -> Result<u64, WriteError> {
        let file = match self.out {
            Out::Mbox(file) => file.into_inner().map_err(io::IntoInnerError::into_error)?,
            Out::Zip(archive) => archive.finish()?,
        };
        Ok(self.files.keep_export(self.export.id, &file)?)
    }

    /// One page, and behind it the files that were not met before.
    fn add_page(&mut self, batch: Vec<Gathered>) -> Result<(), WriteError> {
        let Some(first) = batch.first().map(|gathered| gathered.record.number) else { return Ok(()) };
        let mut new = Vec::new();
        let mut messages = Vec::with_capacity(batch.len());
        for gathered in batch {
            let paths = gathered.record.files.iter().map(|file| self.path_of(file, &mut new)).collect();
            let Gathered { record, html, notice, answers, .. } = gathered;
            messages.push(PageMessage { record, notice, html, answers, paths });
        }
        let number = page_of(&self.head.group, first);
        let (voice, group) = (self.head.voice, &self.head.group);
        let page = MessagesPage { voice, group, number, messages: &messages }.render()?;
        self.out.begin(&page_name(number), Packing::Deflated)?;
        self.out.write_all(page.as_bytes())?;
        for (path, file) in new {
            self.out.begin(&path, packing_of(&file.media_type))?;
            let mut contents = open(&self.files, &file)?;
            io::copy(&mut contents, &mut self.out)?;
        }
        Ok(())
    }

    /// Where contents are in the zip; empty for those that are lost.
    fn path_of(&mut self, file: &FileRecord, new: &mut Vec<(String, FileRecord)>) -> String {
        if file.lost {
            return String::new();
        }
        if let Some(path) = self.paths.get(&file.digest) {
            return path.clone();
        }
        let path = format!("files/{:04}-{}", self.paths.len() + 1, short(&file.name));
        self.paths.insert(file.digest, path.clone());
        new.push((path.clone(), file.clone()));
        path
    }

    fn add_json(&mut self, batch: &[Gathered]) -> Result<(), WriteError> {
        for gathered in batch {
            let record = &gathered.record;
            let path = |file: &FileRecord| self.paths.get(&file.digest).map_or("", String::as_str);
            let message = JsonMessage {
                record,
                text: &gathered.text,
                html: gathered.html.as_str(),
                paths: record.files.iter().map(path).collect(),
                receipts: (gathered.tally.asked > 0).then(|| gathered.tally.into()),
            };
            self.json.add(&mut self.out, &message)?;
        }
        Ok(())
    }

    fn add_mails(&mut self, batch: &[Gathered]) -> Result<(), WriteError> {
        let mut mbox = MboxWriter::new(&mut self.out);
        for gathered in batch {
            let record = &gathered.record;
            let place = |number: i64| usize::try_from(number - self.head.group.first).ok();
            let ancestors = self.lineage.add(record.id, record.answers.and_then(place));
            let html = html_of(gathered);
            let letter = ArchivedLetter { ancestors: &ancestors, ..letter_of(&self.head, gathered, &html) };
            write_letter(&mut mbox, &letter, |file| open(&self.files, file))?;
        }
        Ok(())
    }
}

/// A message as it is shown in a mail.
pub(in crate::actions) fn html_of(gathered: &Gathered) -> String {
    match &gathered.notice {
        None if gathered.record.removed.is_none() => gathered.html.as_str().to_owned(),
        _ => in_own_words(&gathered.text),
    }
}

/// A message as a mail that answers none.
fn letter_of<'a>(head: &'a Head, gathered: &'a Gathered, html: &'a str) -> ArchivedLetter<'a> {
    ArchivedLetter {
        group: &head.group,
        people: &head.people,
        message: &gathered.record,
        from: head.address_of(gathered.record.author),
        to: &head.gateway,
        ancestors: &[],
        text: &gathered.text,
        html,
        edition: None,
        loop_mark: None,
    }
}

/// Contents that were there when they were looked for. Taken away since, they end the export: what was written says that
/// they follow.
pub(in crate::actions) fn open(files: &Files, file: &FileRecord) -> io::Result<File> {
    files.open_blocking(&file.digest)?.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// What nobody wrote.
fn in_own_words(text: &str) -> String {
    let escaped = askama::filters::escape(text, askama::filters::Html).map(|text| text.to_string());
    format!("<p><em>{}</em></p>", escaped.unwrap_or_default())
}

/// A name that fits wherever it is unpacked: systems take 255 bytes. Signs that mean something were taken out of it when
/// the file came.
fn short(name: &str) -> String {
    const LONGEST: usize = 60;
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let stem: String = stem.chars().take(LONGEST).collect();
    format!("{stem}{ending}")
}

/// Deflating what is packed costs time and saves nothing.
fn packing_of(media_type: &str) -> Packing {
    let is_plain = media_type.starts_with("text/")
        || matches!(
            media_type,
            "application/json" | "application/octet-stream" | "message/rfc822" | "image/svg+xml"
        );
    if is_plain { Packing::Deflated } else { Packing::Stored }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_long_name_keeps_its_ending() {
        assert_eq!(short("Budget 2027.xlsx"), "Budget 2027.xlsx");
        assert_eq!(short("no ending"), "no ending");
        let long = short(&format!("{}.xlsx", "预".repeat(190)));
        assert!(long.ends_with("预.xlsx") && long.len() < 200, "{long}");
    }
}
