//! Where people come in: a listener, and the pages that are served there now. The pages are exchanged without a break.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Request;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::patience::Patience;
use super::serving::serve;

/// How long open pages have at the end.
const FAREWELL: Duration = Duration::from_secs(3);

/// An open door. Whoever comes is led to the newest pages.
#[derive(Debug)]
pub struct Entrance {
    /// Where it really listens: the port that was given, if 0 was asked for.
    pub address: SocketAddr,
    doors: watch::Sender<Router>,
    server: JoinHandle<()>,
    stop: CancellationToken,
}

impl Entrance {
    /// Serves these pages until others are there.
    ///
    /// # Errors
    /// When the listener is broken.
    pub fn open(listener: TcpListener, first: Router) -> Result<Self> {
        Self::open_with(listener, first, Patience::default())
    }

    /// The same with this patience for those who say nothing.
    ///
    /// # Errors
    /// When the listener is broken.
    pub fn open_with(listener: TcpListener, first: Router, patience: Patience) -> Result<Self> {
        let address = listener.local_addr().context("Asking for the address we listen at")?;
        let (doors, newest) = watch::channel(first);
        let pages = Router::new().fallback(move |request: Request| {
            let router = newest.borrow().clone();
            async move { router.oneshot(request).await }
        });
        let stop = CancellationToken::new();
        let server = tokio::spawn(serve(listener, pages, patience, stop.clone()));
        Ok(Self { address, doors, server, stop })
    }

    /// What exchanges the pages.
    pub fn doors(&self) -> watch::Sender<Router> {
        self.doors.clone()
    }

    /// Ends when the door is to be closed.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Closes it: open pages are given a moment.
    pub async fn close(self) {
        self.stop.cancel();
        let abort = self.server.abort_handle();
        if tokio::time::timeout(FAREWELL, self.server).await.is_err() {
            // Open sockets would keep it for ever; browsers come back by themselves.
            abort.abort();
        }
    }
}
