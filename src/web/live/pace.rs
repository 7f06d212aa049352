//! How often a page may say something that others hear.

use std::time::Duration;

use tokio::time::Instant;

/// In the long run.
const EVERY: Duration = Duration::from_secs(1);
/// So much of it may be used at once.
const AT_ONCE: Duration = Duration::from_secs(20);

/// The generic cell rate algorithm (ITU-T I.371): all it keeps is when everything said so far would have been said at
/// an even pace.
#[derive(Debug)]
pub struct Pace(Instant);

impl Pace {
    pub fn new() -> Self {
        Self(Instant::now())
    }

    /// How long to wait before it is said; nothing if it may be said now.
    pub fn take(&mut self) -> Duration {
        let now = Instant::now();
        self.0 = self.0.max(now) + EVERY;
        let wait = self.0.saturating_duration_since(now + AT_ONCE);
        if !wait.is_zero() {
            // It counts when it is said.
            self.0 -= EVERY;
        }
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_few_at_once_then_one_a_second() {
        let mut pace = Pace::new();
        let free = (0..100).take_while(|_| pace.take().is_zero()).count();
        assert_eq!(free, 20);
        assert_eq!(pace.take(), EVERY);
        tokio::time::advance(EVERY).await;
        assert_eq!((pace.take(), pace.take()), (Duration::ZERO, EVERY));
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!((0..100).take_while(|_| pace.take().is_zero()).count(), 20);
    }
}
