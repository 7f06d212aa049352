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
#[derive(Debug, Default)]
pub(super) struct BackOff(u32);

impl BackOff {
    const MOST: Duration = Duration::from_secs(120);

    pub(super) fn next(&mut self) -> Duration {
        let wait = Duration::from_secs(1 << self.0.min(7)).min(Self::MOST);
        self.0 += 1;
        wait
    }

    pub(super) fn reset(&mut self) {
        self.0 = 0;
    }
}
