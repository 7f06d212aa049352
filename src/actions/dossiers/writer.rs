//! The zip: `index.html` to be read, `data.json` for programs, and the person's files. Blocks.

use std::fs::File;
use std::io::{self, Write};

use askama::Template;

use super::page::{PageEnd, PageHead, PageSection};
use crate::domain::dossier::{OwnFile, Section, Value};
use crate::domain::file::FileName;
use crate::domain::time::Timestamp;
use crate::files::Files;
use crate::files::archive::{Archive, Packing};
use crate::mail::export::page::Voice;

/// What it says before all else.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub name: String,
    pub voice: Voice,
    pub made_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct Writer {
    out: Archive,
    head: Head,
    /// A section of the JSON was written before.
    is_begun: bool,
}

impl Writer {
    pub fn begin(file: File, head: Head) -> io::Result<Self> {
        Ok(Self { out: Archive::new(file, head.made_at), head, is_begun: false })
    }

    pub fn begin_page(&mut self) -> io::Result<()> {
        self.out.begin("index.html", Packing::Deflated)?;
        let Head { name, voice, made_at } = &self.head;
        write_page(&mut self.out, &PageHead { voice: *voice, name, made_at: *made_at })
    }

    /// What is empty is left out, so that what there is can be found.
    pub fn add_to_page(&mut self, section: &Section) -> io::Result<()> {
        if section.rows.is_empty() {
            return Ok(());
        }
        write_page(&mut self.out, &PageSection { voice: self.head.voice, section })
    }

    pub fn end_page(&mut self) -> io::Result<()> {
        write_page(&mut self.out, &PageEnd)
    }

    pub fn add_to_json(&mut self, section: &Section) -> io::Result<()> {
        if self.is_begun {
            self.out.write_all(b",\n")?;
        } else {
            self.out.begin("data.json", Packing::Deflated)?;
            let made_at = self.head.made_at.rfc3339();
            write!(self.out, "{{\n\"made_at\": \"{made_at}\",\n")?;
            self.is_begun = true;
        }
        write!(self.out, "\"{}\": [", section.name)?;
        for (at, row) in section.rows.iter().enumerate() {
            let fields =
                section.columns.iter().zip(row).map(|(name, value)| ((*name).to_owned(), value.json()));
            let object: serde_json::Map<String, serde_json::Value> = fields.collect();
            self.out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut self.out, &object)?;
        }
        self.out.write_all(b"]")
    }

    pub fn end_json(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n}\n")
    }

    /// The picture by which others see them.
    pub fn add_photo(mut self, photo: Option<&[u8]>) -> io::Result<Self> {
        if let Some(photo) = photo {
            self.out.begin("photo.jpg", Packing::Stored)?;
            self.out.write_all(photo)?;
        }
        Ok(self)
    }

    /// Contents that are gone meanwhile are left out: the list names them. Gives the whole file.
    pub fn add_files(mut self, contents: &Files, files: &[OwnFile]) -> io::Result<File> {
        for file in files {
            let Some(mut bytes) = contents.open_blocking(&file.digest)? else { continue };
            let name = FileName::cleaned(&file.name, "file");
            // Its id stands before its name in the list as well, so that two of one name are told apart.
            self.out.begin(&format!("files/{}/{}", file.id, name.as_str()), Packing::Stored)?;
            io::copy(&mut bytes, &mut self.out)?;
        }
        self.out.finish()
    }
}

fn write_page(out: &mut Archive, part: &impl Template) -> io::Result<()> {
    out.write_all(part.render().map_err(io::Error::other)?.as_bytes())
}

/// A value as people read it.
pub(super) fn in_words(voice: &Voice, value: &Value) -> String {
    match value {
        Value::Nothing => String::new(),
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(is) => voice.t.get(if *is { "dossier-yes" } else { "dossier-no" }).into_owned(),
        Value::At(at) => voice.when(at),
        Value::Json(json) => json_words(json),
    }
}

/// What a directory said: its fields with their values, empty ones left out.
fn json_words(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Object(fields) => {
            let some = fields.iter().map(|(name, value)| (name, json_words(value)));
            let words: Vec<String> = some
                .filter(|(_, words)| !words.is_empty())
                .map(|(name, words)| format!("{name}: {words}"))
                .collect();
            words.join("; ")
        }
        serde_json::Value::Array(all) => all.iter().map(json_words).collect::<Vec<_>>().join(", "),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    }
}
