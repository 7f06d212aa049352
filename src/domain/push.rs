//! Web Push as values (RFC 8030): a browser that takes notices, and a notice on its way to it.

use std::fmt;
use std::time::Duration;

use super::ids::{PersonId, SessionId, SubscriptionId};
use super::time::Timestamp;
use super::zone::Zone;

/// A browser that takes notices, as long as its session lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub person_id: PersonId,
    pub session_id: SessionId,
    pub receiver: Receiver,
    pub created_at: Timestamp,
}

/// Where a browser's push service is, and the keys that only the browser can open a notice with (RFC 8291 2).
#[derive(Clone, PartialEq, Eq)]
pub struct Receiver {
    /// A URL that the browser gave. Whoever knows it and our key can send to it.
    pub endpoint: String,
    /// A point on P-256, uncompressed.
    pub p256dh: [u8; 65],
    pub auth: [u8; 16],
}

/// What a browser tells when its owner switches notices on.
#[derive(Clone, Debug)]
pub struct NewReceiver {
    pub receiver: Receiver,
    /// Where its owner is; counts if they never chose a zone.
    pub zone: Option<Zone>,
}

/// No push service needs as many bytes for its URL.
pub const LONGEST_ENDPOINT: usize = 2000;

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A notice ready for a push service.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub receiver: Receiver,
    /// One that waits at the service under the same topic is replaced: 32 letters, digits, `-` and `_` at most
    /// (RFC 8030 5.4).
    pub topic: String,
    pub urgency: Urgency,
    /// How long the service keeps it for a browser that is not there (RFC 8030 5.2).
    pub lasts: Duration,
    /// Not encrypted yet; 3,900 bytes at most (RFC 8030 7.2).
    pub contents: Vec<u8>,
}

/// Whether a sleeping device is to be woken (RFC 8030 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Normal,
    /// Somebody was named.
    High,
}

impl Urgency {
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}
