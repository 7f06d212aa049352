//! How long whoever comes to the door may keep it open without a word.

use std::time::Duration;

/// How long a connection is waited for, each time anew.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From the moment somebody connects until the head of the first request is whole.
    pub first_request: Duration,
    /// From an answer until the head of the next request is whole.
    pub next_request: Duration,
    /// For each piece of what somebody sends; see [`crate::web::slow_body`].
    pub piece: Duration,
    /// While somebody takes nothing at all of what they asked for.
    pub unread: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first_request: Duration::from_secs(30),
            // Longer than web servers before it keep a connection for later (Caddy: two minutes): the side that may ask should be
            // the one to close, or a request meets a connection that has just gone (RFC 9112 9.6).
            next_request: Duration::from_secs(180),
            piece: Duration::from_secs(60),
            unread: Duration::from_secs(300),
        }
    }
}
