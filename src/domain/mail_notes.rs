//! What a message's mail is besides its words: signed, encrypted, an invitation. Told in each reader's language.

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;

/// Stored with the message; nothing of it is checked or carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailNotes {
    /// Its words can't be read here: encrypted to somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted: Option<Scheme>,
    /// It carries a signature, which nobody has verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<Scheme>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<CalendarEvent>,
    /// Who sent it for whoever wrote it (RFC 5322 3.6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<SentBy>,
    /// Pictures from elsewhere, which are not loaded.
    #[serde(skip_serializing_if = "is_zero")]
    pub remote_pictures: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl MailNotes {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Who sent a mail that another person wrote, as the mail says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentBy {
    /// What they are called; empty if nobody knows the address and the mail names none.
    pub name: String,
    pub address: EmailAddress,
}

impl SentBy {
    /// What they are called, or else their address.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { self.address.as_str() } else { &self.name }
    }
}

/// How a mail is signed or encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// RFC 8551.
    Smime,
    /// RFC 9580, RFC 3156.
    Pgp,
}

impl Scheme {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Smime => "S/MIME",
            Self::Pgp => "PGP",
        }
    }
}

/// An event of a calendar (RFC 5545 3.6.1), as its sender wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarEvent {
    pub about: About,
    pub summary: String,
    /// As `2026-11-23 10:00 – 11:00 (Europe/Berlin)`; empty if it does not say.
    pub when: String,
    pub place: String,
    pub repeats: bool,
    /// What its sender answers, where it is an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attendance: Option<Attendance>,
}

/// Whether somebody comes (RFC 5545 3.2.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attendance {
    Accepted,
    Tentative,
    Declined,
}

/// What is said of the event (RFC 5546 1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    Event,
    Invitation,
    Cancelled,
    Answer,
}
