//! Connections at a door: HTTP/1.1, each with the patience there is for it. A connection that is never closed must cost nothing for long,
//! or some hundreds of them, from anybody who can reach the door, fill the memory.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::patience::Patience;
use crate::web::slow_body::SlowBody;

/// Serves these pages until it is to stop, and then until whoever asked before has their answer. Dropping it cuts those off.
pub(super) async fn serve(
    mut listener: TcpListener,
    pages: Router,
    patience: Patience,
    stop: CancellationToken,
) {
    let mut open = JoinSet::new();
    loop {
        let (stream, from) = tokio::select! {
            () = stop.cancelled() => break,
            // It waits a moment by itself where no more files can be opened.
            visitor = Listener::accept(&mut listener) => visitor,
            Some(_) = open.join_next() => continue,
        };
        open.spawn(attend((stream, from), pages.clone(), patience, stop.clone()));
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

/// One connection's life. A socket (RFC 6455) leaves it, and lives on its own; only that it must read holds for it too.
async fn attend(
    (stream, from): (TcpStream, SocketAddr),
    pages: Router,
    patience: Patience,
    stop: CancellationToken,
) {
    let asked = Arc::new(Notify::new());
    let service = service_fn(|request: Request<Incoming>| {
        asked.notify_one();
        let mut request = request.map(|body| Body::new(SlowBody::new(body, patience.piece)));
        request.extensions_mut().insert(ConnectInfo(from));
        pages.clone().oneshot(request)
    });
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience.unread));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.next_request);
    let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service).with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        // Whoever breaks off has nobody to be told.
        _ = connection.as_mut() => return,
        () = silence(&asked, patience.first_request) => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    drop(connection.await);
}

/// Ends when nothing was asked for so long; what is asked in time is never ended by it.
async fn silence(asked: &Notify, patience: Duration) {
    if tokio::time::timeout(patience, asked.notified()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}
