//! The group as JSON, for programs: `group`, `people`, and `messages` with one of them on a line.

use std::io::{self, Write};

use serde::Serialize;

use super::record::{GroupRecord, MessageRecord, PersonRecord};
use crate::domain::receipt::Tally;

/// A message in the JSON.
#[derive(Debug, Serialize)]
pub struct JsonMessage<'a> {
    #[serde(flatten)]
    pub record: &'a MessageRecord,
    /// As it was typed; Markdown, or the text of a mail.
    pub text: &'a str,
    pub html: &'a str,
    /// Where its files are in the zip, in the order of `files`; empty for one that is lost.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<&'a str>,
    /// How many were asked for receipts, and how they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipts: Option<JsonTally>,
}

#[derive(Debug, Serialize)]
pub struct JsonTally {
    pub asked: i64,
    pub read: i64,
    pub failed: i64,
    pub declined: i64,
}

impl From<Tally> for JsonTally {
    fn from(tally: Tally) -> Self {
        Self { asked: tally.asked, read: tally.read, failed: tally.failed, declined: tally.declined }
    }
}

/// Writes the JSON, message by message.
#[derive(Debug, Default)]
pub struct JsonWriter {
    has_messages: bool,
}

impl JsonWriter {
    /// # Errors
    /// When the sink fails.
    pub fn begin(
        &self,
        out: &mut impl Write,
        group: &GroupRecord,
        people: &[PersonRecord],
    ) -> io::Result<()> {
        out.write_all(b"{\"group\":")?;
        serde_json::to_writer(&mut *out, group)?;
        out.write_all(b",\n\"people\":")?;
        serde_json::to_writer(&mut *out, people)?;
        out.write_all(b",\n\"messages\":[")
    }

    /// # Errors
    /// When the sink fails.
    pub fn add(&mut self, out: &mut impl Write, message: &JsonMessage<'_>) -> io::Result<()> {
        out.write_all(if self.has_messages { b",\n" } else { b"\n" })?;
        self.has_messages = true;
        Ok(serde_json::to_writer(out, message)?)
    }

    /// # Errors
    /// When the sink fails.
    pub fn end(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(b"\n]}\n")
    }
}
