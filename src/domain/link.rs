//! Links that let their receiver in: GET only shows them, POST uses them.

use std::time::Duration;

use super::digest::Digest;
use super::ids::PersonId;
use super::time::Timestamp;

/// A link in a mail. The link itself holds a token, of which only the digest is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub token: Digest,
    pub purpose: Purpose,
    pub person_id: PersonId,
    /// The page to show afterwards, a path on this server.
    pub target: String,
    /// The browser it belongs to: the one that asked, or the first one that used it.
    pub browser: Option<Digest>,
    /// Of the six digits for the browser that asked, together with the token's digest.
    pub code: Option<Digest>,
    /// Wrong codes so far.
    pub failures: i64,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Purpose {
    /// Asked for on the sign-in page.
    SignIn,
    /// A member's personal link to a group.
    Group,
}

impl Link {
    pub const SIGN_IN_LASTS: Duration = Duration::from_secs(15 * 60);
    /// Six digits are guessed in a million tries; five are allowed.
    pub const MAX_FAILURES: i64 = 5;

    /// Whether a browser may use it: its own, or a group's link that nobody used yet.
    pub fn may_be_used_by(&self, browser: &Digest) -> bool {
        match &self.browser {
            Some(owner) => owner == browser,
            None => self.purpose == Purpose::Group,
        }
    }
}
