//! Asking for a sign-in mail, before anybody knows whose address was typed.

use super::address::EmailAddress;
use super::digest::Digest;
use super::ids::AskId;
use super::language::Language;
use super::time::Timestamp;

/// Somebody asked for a sign-in mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub id: AskId,
    /// As typed; perhaps nobody's.
    pub address: EmailAddress,
    pub browser: Digest,
    /// Whether somebody of this address had signed in by this browser before.
    pub own: bool,
    /// The page to show after signing in, a path on this server.
    pub target: String,
    pub language: Language,
    pub created_at: Timestamp,
}

impl Ask {
    /// In an hour, for one address, from a browser by which its owner had signed in before. Strangers cannot use it up.
    pub const PER_OWN_BROWSER: i64 = 5;
    /// In an hour, for one address, from one network: a cookie is free to throw away, a network is not.
    pub const PER_NETWORK: i64 = 5;
    /// In an hour, for one address, from all strange browsers together: whoever has many networks can fill nobody's
    /// mailbox either.
    pub const PER_ADDRESS: i64 = 20;
}
