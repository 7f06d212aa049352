//! Threads: mails linked by their references, and who takes part in them.

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;
use super::ids::ThreadId;
use super::time::Timestamp;

/// Mails that belong together (RFC 5256).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub id: ThreadId,
    /// The base subject (RFC 5256 2.1) of its first mail.
    pub topic: String,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub mails: i64,
}

/// Somebody in From, To, Cc or Reply-To of a thread's mails, and in how many of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    pub name: Option<String>,
    pub address: EmailAddress,
    pub seen: Seen,
}

/// In how many mails of a thread somebody stood where. Reply-To counts as `from`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub from: u32,
    pub to: u32,
    pub cc: u32,
}
