//! Waiting that ends early when the workers are to stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Waits; `false` if the workers are to stop.
pub(super) async fn pause(stop: &CancellationToken, time: Duration) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(time) => true,
    }
}

/// Waiting times between tries that go on for ever: one second, doubled each time, two minutes at most.
#[derive(Debug)]
pub(super) struct BackOff {
    first: Duration,
    tries: u32,
}

impl Default for BackOff {
    fn default() -> Self {
        Self::beginning_with(Duration::from_secs(1))
    }
}

impl BackOff {
    const MOST: Duration = Duration::from_secs(120);

    pub(super) fn beginning_with(first: Duration) -> Self {
        Self { first, tries: 0 }
    }

    pub(super) fn next(&mut self) -> Duration {
        let wait = (self.first * (1 << self.tries.min(7))).min(Self::MOST);
        self.tries += 1;
        wait
    }

    pub(super) fn reset(&mut self) {
        self.tries = 0;
    }
}
