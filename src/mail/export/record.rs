//! What an export says of a group, of its people and of each message. Times are milliseconds since 1970.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::mark_record::{MarkRecord, TagRecord};
use crate::domain::digest::Digest;
use crate::domain::group::{Adding, Role};
use crate::domain::ids::{GroupId, MessageId, PersonId};
use crate::domain::message::{Grade, Source};
use crate::domain::notice::Notice;
use crate::domain::receipt::ReceiptRequest;
use crate::domain::time::Timestamp;

/// The version of these records; others are refused.
pub const VERSION: u32 = 1;

/// The headers of the mbox. The first two stand in the first mail alone, the second once for each person.
pub const GROUP: &str = "X-Mailmoot-Group";
pub const PERSON: &str = "X-Mailmoot-Person";
/// In every mail.
pub const MESSAGE: &str = "X-Mailmoot-Message";
/// The message's number, for people.
pub const NUMBER: &str = "X-Mailmoot-Number";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRecord {
    pub version: u32,
    pub id: GroupId,
    pub topic: String,
    /// The topic it began with.
    pub subject: String,
    pub created_by: PersonId,
    pub created_at: Timestamp,
    pub adding: Adding,
    pub receipt_request: ReceiptRequest,
    /// Whether members may share content with people outside of it.
    pub outside_sharing: bool,
    /// Those of every group that it has used, and its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagRecord>,
    /// The numbers of the first and the last message in it: all between them are there.
    pub first: i64,
    pub last: i64,
    pub exported_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRecord {
    pub id: PersonId,
    pub name: String,
    /// The first one is where mail goes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// `None` for somebody who has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberRecord>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRecord {
    pub role: Role,
    pub joined_at: Timestamp,
    /// The number of the first message they may see.
    pub sees_from: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRecord {
    pub id: MessageId,
    pub number: i64,
    /// `None` for somebody who was no member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<PersonId>,
    pub author_name: String,
    pub grade: Grade,
    pub source: Source,
    pub at: Timestamp,
    /// The number of the message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<i64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quotation: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signature: String,
    #[serde(default, skip_serializing_if = "is_none_asked")]
    pub receipt_request: ReceiptRequest,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// What it said before, from the first text on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<VersionRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<RemovedRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<PinRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<ReactionRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<MarkRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<TakenRecord>,
    /// In their order; the parts of the mail that hold them come in the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileRecord>,
    /// Of the text: one that came otherwise through other programs is noticed.
    pub text_digest: Digest,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRecord {
    pub text: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedRecord {
    pub by: PersonId,
    pub name: String,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionRecord {
    pub by: PersonId,
    pub emoji: String,
    pub at: Timestamp,
}

/// Where a message stood that was taken along from another group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenRecord {
    pub group: GroupId,
    pub topic: String,
    pub number: i64,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    pub name: String,
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    pub digest: Digest,
    /// The contents were not in the house's folder any more; no part of the mail holds them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
}

fn is_none_asked(request: &ReceiptRequest) -> bool {
    !request.is_wanted()
}

/// How long the lines of a header are (RFC 5322 2.1.1).
const LINE: usize = 76;

/// A record as a header: base64, folded.
///
/// # Errors
/// Never for the records of this file.
pub fn to_header(name: &str, record: &impl Serialize) -> serde_json::Result<String> {
    let coded = STANDARD.encode(serde_json::to_vec(record)?);
    let mut header = String::with_capacity(name.len() + coded.len() + coded.len() / LINE * 3 + 5);
    header.push_str(name);
    header.push(':');
    let mut rest = coded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE));
        header.push_str("\r\n ");
        header.push_str(line);
        rest = after;
    }
    header.push_str("\r\n");
    Ok(header)
}

/// The record in the value of a header, folded or not; `None` if there is none.
pub fn from_header<R: DeserializeOwned>(value: &str) -> Option<R> {
    let coded: String = value.split_ascii_whitespace().collect();
    serde_json::from_slice(&STANDARD.decode(coded).ok()?).ok()
}
