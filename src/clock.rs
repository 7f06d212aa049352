//! Time and chance, the two things a test wants to decide.
//!
//! Everything that needs "now", a new id or a secret takes a [`Clock`]; nothing else in the house
//! may ask the operating system (clippy's `disallowed-methods` keeps that).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

use crate::domain::ids::Id;
use crate::domain::time::Timestamp;

/// Where the time and the random bytes come from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Milliseconds since 1970 when the time stands still for a test; the system's time if `None`.
    set: Option<Arc<AtomicI64>>,
    random: SystemRandom,
}

/// The operating system gave no random bytes; nothing safe can be done without them.
#[derive(Debug, thiserror::Error)]
#[error("The operating system gives no random bytes")]
pub struct NoChance;

impl Clock {
    /// The system's clock.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes the source of chance")]
    pub fn system() -> Self {
        Self { set: None, random: SystemRandom::new() }
    }

    /// A clock that stands at `start` until [`Clock::advance`] moves it. For tests.
    pub fn standing_at(start: Timestamp) -> Self {
        Self { set: Some(Arc::new(AtomicI64::new(start.millis()))), ..Self::system() }
    }

    /// The time now, in milliseconds since 1970.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's time")]
    pub fn now(&self) -> Timestamp {
        match &self.set {
            Some(millis) => Timestamp::from_millis(millis.load(Ordering::SeqCst)),
            None => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                Timestamp::from_millis(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
            }
        }
    }

    /// Moves a standing clock forward; does nothing to the system's clock.
    pub fn advance(&self, by: Duration) {
        if let Some(millis) = &self.set {
            millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// A new id (UUID v7, RFC 9562 5.7): sorts by the time it was made.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    pub fn new_id<T>(&self) -> Id<T> {
        match &self.set {
            Some(millis) => {
                let now = u64::try_from(millis.load(Ordering::SeqCst)).unwrap_or(0);
                let at = uuid::Timestamp::from_unix(uuid::NoContext, now / 1000, 0);
                Id::from(Uuid::new_v7(at))
            }
            None => Id::from(Uuid::now_v7()),
        }
    }

    /// The source of chance itself, for what signs and encrypts.
    pub fn chance(&self) -> &dyn SecureRandom {
        &self.random
    }

    /// `N` unguessable bytes.
    ///
    /// # Errors
    /// [`NoChance`] when the operating system gives none.
    pub fn random_bytes<const N: usize>(&self) -> Result<[u8; N], NoChance> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| NoChance)?;
        Ok(bytes)
    }
}
