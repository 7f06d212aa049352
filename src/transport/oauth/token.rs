//! One access token.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::domain::time::Timestamp;

/// So long before its end a token is renewed: connecting takes a while, and clocks differ.
const EARLY: Duration = Duration::from_secs(60);
/// The end of one that holds longer than anybody counts.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// An access token (RFC 6750).
#[derive(Clone)]
pub struct Token {
    secret: SecretString,
    pub(super) fetched_at: Timestamp,
    renew_at: Option<Timestamp>,
    /// As the provider said, if it did.
    pub ends_at: Option<Timestamp>,
    /// What it is good for, where the provider says so (RFC 6749 5.1).
    pub scopes: Vec<String>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Token {
    pub(super) fn new(
        secret: SecretString,
        fetched_at: Timestamp,
        lifetime: Option<Duration>,
        scopes: Vec<String>,
    ) -> Self {
        let lifetime = lifetime.map(|time| time.min(LONGEST));
        let ends_at = lifetime.map(|time| fetched_at + time);
        let renew_at = lifetime.map(|time| fetched_at + (time - EARLY.min(time / 4)));
        Self { secret, fetched_at, renew_at, ends_at, scopes }
    }

    /// One that came another way, such as with somebody's sign-in.
    pub fn given(secret: SecretString, since: Timestamp, lifetime: Option<Duration>) -> Self {
        Self::new(secret, since, lifetime, Vec::new())
    }

    /// In the clear: only for the mail server.
    pub(in crate::transport) fn reveal(&self) -> &str {
        self.secret.expose_secret()
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.reveal() == other.reveal()
    }

    /// One without an end is good until it is refused.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.renew_at.is_none_or(|end| now < end)
    }

    pub(super) fn holds(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        let begin = Timestamp::from_millis(1_000_000);
        let of = |seconds: u64| Token::new("x".into(), begin, Some(Duration::from_secs(seconds)), Vec::new());
        let after = |seconds: u64| begin + Duration::from_secs(seconds);
        let hour = of(3600);
        assert!(hour.is_good(after(3539)) && !hour.is_good(after(3540)) && hour.holds(after(3599)));
        let short = of(20);
        assert!(short.is_good(after(14)) && !short.is_good(after(15)) && !short.holds(after(20)));
        assert!(!of(0).is_good(begin) && of(u64::MAX).is_good(begin));
        assert!(Token::new("x".into(), begin, None, Vec::new()).is_good(after(1_000_000)));
    }
}
