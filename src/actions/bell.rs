//! The bell that wakes the workers after jobs were added, so that they need not poll.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

/// Cheap to clone. Ringing is never lost: who was busy meanwhile hears it when they listen again.
#[derive(Clone, Debug)]
pub struct Bell(Arc<watch::Sender<u64>>, Arc<AtomicU64>);

/// One worker's ear.
#[derive(Debug)]
pub struct Ear {
    rings: watch::Receiver<u64>,
    bell: Bell,
}

impl Default for Bell {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)), Arc::default())
    }
}

impl Bell {
    pub fn ring(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// The same, and an admin says that what was away is back: mail is fetched and sent without waiting.
    pub fn ring_out(&self) {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.ring();
    }

    /// How often that was said.
    pub fn rung_out(&self) -> u64 {
        self.1.load(Ordering::Relaxed)
    }

    pub fn listen(&self) -> Ear {
        Ear { rings: self.0.subscribe(), bell: self.clone() }
    }
}

impl Ear {
    /// Waits until the bell rings; at once if it did since the last time.
    pub async fn heard(&mut self) {
        // It has a bell itself, so there is always one.
        let _ = self.rings.changed().await;
    }

    /// Waits until an admin says from now on that what was away is back.
    pub async fn rung_out(&mut self) {
        let known = self.bell.rung_out();
        while self.bell.rung_out() == known {
            self.heard().await;
        }
    }
}
