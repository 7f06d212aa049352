//! All that is known of one person, as a file for them (data protection: access and portability).

use super::export::{ExportProblem, ExportState};
use super::ids::{ExportId, FileId, PersonId};
use super::language::Language;
use super::time::Timestamp;

/// What somebody asked to have of a person, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    pub id: ExportId,
    /// Of whom it tells.
    pub person_id: PersonId,
    /// Who asked, and alone may fetch it: the person, or an admin.
    pub asked_by: PersonId,
    /// Of what we write into it.
    pub language: Language,
    pub state: ExportState,
    /// In bytes, once it is done.
    pub size: Option<i64>,
    /// Why it failed.
    pub problem: Option<ExportProblem>,
    pub asked_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// It is taken away then.
    pub expires_at: Option<Timestamp>,
}

/// One kind of thing that is known of somebody, such as their sessions: rows with the same columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// As it stands in the JSON, and in the keys of texts.
    pub name: &'static str,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Value>>,
}

/// One thing that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Nothing,
    Text(String),
    Number(i64),
    Flag(bool),
    At(Timestamp),
    Json(serde_json::Value),
}

/// A file that somebody brought or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFile {
    pub id: FileId,
    pub name: String,
    pub digest: super::digest::Digest,
}

impl Value {
    /// In the JSON: times as RFC 3339 has them.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::Nothing => serde_json::Value::Null,
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Flag(is) => (*is).into(),
            Self::At(at) => at.rfc3339().into(),
            Self::Json(json) => json.clone(),
        }
    }
}
