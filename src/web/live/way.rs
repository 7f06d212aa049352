//! The way to one browser.

use std::time::Duration;

use axum::extract::ws::{Message as Frame, WebSocket};
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::time::timeout;

/// How long a browser may take nothing. Meanwhile the hub keeps events for it, or tells that it missed some.
const PATIENCE: Duration = Duration::from_secs(30);

/// Frames gather until [`Way::flush`], so that many small ones leave together. Each function gives `false` when the
/// browser has gone or takes nothing: it will come again and ask for what it lacks.
pub struct Way(SplitSink<WebSocket, Frame>);

impl Way {
    pub fn new(sink: SplitSink<WebSocket, Frame>) -> Self {
        Self(sink)
    }

    pub async fn put(&mut self, text: &str) -> bool {
        matches!(timeout(PATIENCE, self.0.feed(Frame::Text(text.into()))).await, Ok(Ok(())))
    }

    pub async fn flush(&mut self) -> bool {
        matches!(timeout(PATIENCE, self.0.flush()).await, Ok(Ok(())))
    }

    /// Says goodbye, if somebody listens.
    pub async fn close(mut self) {
        if self.flush().await {
            drop(timeout(PATIENCE, self.0.close()).await);
        }
    }
}
