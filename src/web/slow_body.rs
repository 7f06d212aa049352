//! What somebody sends, as long as it keeps coming. A large file on a slow line may take an hour; a connection that has gone quiet, or
//! says a byte a minute, is not waited for.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

/// Bytes that may take one patience: a line that carries less than 300 a second carries no mail and no file.
const PIECE: usize = 16 * 1024;

/// A body each piece of which comes in time. Only waiting counts: whoever reads it may take all day.
#[derive(Debug)]
pub struct SlowBody<B> {
    body: B,
    patience: Duration,
    /// Of the piece that is coming: its bytes so far, and how long it may still be waited for.
    got: usize,
    left: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

/// A piece did not come in time.
#[derive(Debug, thiserror::Error)]
#[error("The rest of what was sent did not come")]
pub struct TooSlow;

impl<B> SlowBody<B> {
    pub fn new(body: B, patience: Duration) -> Self {
        Self { body, patience, got: 0, left: patience, waiting: None }
    }

    fn note(&mut self, came: usize) {
        if let Some(waiting) = self.waiting.take() {
            self.left = waiting.deadline().saturating_duration_since(Instant::now());
        }
        self.got = self.got.saturating_add(came);
        if self.got >= PIECE {
            (self.got, self.left) = (0, self.patience);
        }
    }
}

impl<B> Body for SlowBody<B>
where
    B: Body + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        // What is there is taken, however late it is asked for.
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            let left = this.left;
            let waiting = this.waiting.get_or_insert_with(|| Box::pin(sleep(left)));
            ready!(waiting.as_mut().poll(cx));
            return Poll::Ready(Some(Err(TooSlow.into())));
        };
        if let Some(Ok(frame)) = &frame {
            this.note(frame.data_ref().map_or(0, hyper::body::Buf::remaining));
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body as Sent, Bytes, to_bytes};
    use futures_util::stream;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// This many bytes at a time, with this many seconds before each.
    async fn sent(times: usize, bytes: usize, pause: u64) -> Result<usize, String> {
        let pieces = stream::unfold(0, move |sent| async move {
            if sent == times {
                return None;
            }
            sleep(Duration::from_secs(pause)).await;
            Some((Ok::<_, BoxError>(Bytes::from(vec![b'x'; bytes])), sent + 1))
        });
        let body = Sent::new(SlowBody::new(Sent::from_stream(pieces), PATIENCE));
        to_bytes(body, usize::MAX).await.map(|all| all.len()).map_err(|error| error.to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_file_on_a_slow_line_comes_whole() {
        assert_eq!(sent(200, PIECE, 59).await, Ok(200 * PIECE), "three hours");
        assert_eq!(sent(8000, 512, 1).await, Ok(8000 * 512), "512 bytes a second");
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_that_stops_or_trickles_is_not_waited_for() {
        let begun = Instant::now();
        let stopped = sent(2, 10, 100).await;
        assert_eq!(stopped, Err("The rest of what was sent did not come".to_owned()));
        assert_eq!(begun.elapsed(), PATIENCE);
        let begun = Instant::now();
        assert!(sent(10_000, 1, 1).await.is_err(), "a byte a second");
        assert_eq!(begun.elapsed(), PATIENCE, "each of them takes its second of the same minute");
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_which_nobody_reads_does_not_count() {
        use std::future::poll_fn;
        let (tell, told) = tokio::sync::mpsc::unbounded_channel::<Result<Bytes, BoxError>>();
        let pieces = stream::unfold(told, |mut told| async move { Some((told.recv().await?, told)) });
        let mut body = SlowBody::new(Sent::from_stream(pieces), PATIENCE);
        let mut next = async || poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        for _ in 0..5 {
            tell.send(Ok(Bytes::from_static(b"word"))).unwrap();
            assert!(next().await.unwrap().is_ok());
            sleep(2 * PATIENCE).await;
        }
        drop(tell);
        assert!(next().await.is_none(), "it ends as it would");
    }
}
