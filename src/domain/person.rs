//! People: entries of the address book, and those of them who signed in.

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;
use super::audit::Whence;
use super::digest::Digest;
use super::identity::Rights;
use super::ids::{PersonId, SessionId};
use super::language::Language;
use super::time::Timestamp;

/// An address-book entry (RFC 6350: FN, EMAIL, TEL, ORG unit, TITLE).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub full_name: String,
    /// The first one is where mail goes.
    pub addresses: Vec<EmailAddress>,
    pub phones: Vec<String>,
    pub department: String,
    pub position: String,
    pub origin: Origin,
    /// Since when no directory has them any more that had them.
    pub departed_at: Option<Timestamp>,
    /// What their picture was made of, if there is one.
    pub photo: Option<Digest>,
}

/// Where an entry comes from. What was imported is never overwritten by what was learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Origin {
    /// From the organisation's address book.
    Imported,
    /// From the headers of a mail.
    Learnt,
}

/// What an address book says of one person, before it is known whether we know them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub full_name: String,
    pub addresses: Vec<EmailAddress>,
    pub phones: Vec<String>,
    pub department: String,
    pub position: String,
    /// What a picture of them was made of (RFC 6350 6.2.4), if it gives one that can be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Digest>,
}

/// Someone who is signed in, as every page knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub person_id: PersonId,
    pub session_id: SessionId,
    /// When the session runs out, unless it is used before.
    pub until: Timestamp,
    pub full_name: String,
    /// What their picture was made of, if there is one.
    pub photo: Option<Digest>,
    pub rights: Rights,
    /// Chosen with the switch; `None` while the browser's wish decides.
    pub language: Option<Language>,
    /// From where they ask; for the audit log.
    pub whence: Whence,
}

impl Viewer {
    /// Somebody who writes a mail and has no browser open: `session` is nobody's, and is over.
    pub fn by_mail(person: &Person, session: SessionId) -> Self {
        Self {
            person_id: person.id,
            session_id: session,
            until: Timestamp::from_millis(0),
            full_name: person.full_name.clone(),
            photo: person.photo,
            rights: Rights::default(),
            language: None,
            whence: Whence::Mail(person.main_address().map_or(String::new(), |one| one.domain().to_owned())),
        }
    }
}

/// One browser in which somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub person_id: PersonId,
    pub user_agent: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Person {
    /// Where mail for this person goes.
    pub fn main_address(&self) -> Option<&EmailAddress> {
        self.addresses.first()
    }
}
