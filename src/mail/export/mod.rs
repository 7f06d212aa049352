//! A whole group as mails, as pages and as JSON, and from such mails back to values.
//!
//! The mbox (RFC 4155, quoted as mboxrd is) has a mail for each message. What a mail has no place for stands in headers of
//! ours, as base64 of JSON ([`record`]); the same records make the JSON of the zip. Everything is written to a sink and
//! read from a source piece by piece: a group may be larger than memory.

pub mod json;
pub mod letter;
pub mod lineage;
pub mod mark_record;
pub mod mbox;
pub mod page;
mod page_marks;
pub mod read;
pub mod record;
pub mod sink;
