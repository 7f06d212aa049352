//! Connections that say nothing are not kept, and those that are at something are.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::WebSocket;
use axum::routing::{any, get, post};
use futures_util::{SinkExt, StreamExt, stream};
use mailmoot::app::{Entrance, Patience};
use mailmoot::web::{WebState, router};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::support::browser::Browser;
use crate::support::house::{self, House, WANG, eventually};

const HOUR: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(100);
/// Whoever says nothing is waited for; a test shortens what it is about.
const ENDLESS: Patience = Patience { first_request: HOUR, next_request: HOUR, piece: HOUR, unread: HOUR };

const ASK: &[u8] = b"GET / HTTP/1.1\r\nHost: moot.example\r\n\r\n";

async fn door(pages: Router, patience: Patience) -> Entrance {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Entrance::open_with(listener, pages, patience).unwrap()
}

fn greeting() -> Router {
    Router::new()
        .route("/", get(async || "hello"))
        .route("/size", post(async |body: Bytes| body.len().to_string()))
}

/// A connection on which this was said.
async fn saying(door: &Entrance, words: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(door.address).await.unwrap();
    stream.write_all(words).await.unwrap();
    stream
}

/// What comes until the other side ends it, which it must.
async fn until_its_end(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    // Somebody who is cut off while speaking may get a reset instead of an end.
    let ended = tokio::time::timeout(house::PATIENCE, stream.read_to_end(&mut all)).await;
    assert!(ended.is_ok(), "it is kept");
    String::from_utf8_lossy(&all).into_owned()
}

/// What comes up to these words; `None` if the connection ends before.
async fn up_to(stream: &mut TcpStream, words: &str) -> Option<String> {
    let mut all = String::new();
    while !all.contains(words) {
        all.push(char::from(stream.read_u8().await.ok()?));
    }
    Some(all)
}

#[tokio::test]
async fn who_connects_and_never_ends_the_first_request_is_let_go() {
    let door = door(greeting(), Patience { first_request: SHORT, ..ENDLESS }).await;
    let mut silent = saying(&door, b"").await;
    let mut begun = saying(&door, b"GET / HTTP/1.1\r\nHost: moot.example\r\nX-Endless: ").await;
    assert_eq!(until_its_end(&mut silent).await, "");
    assert_eq!(until_its_end(&mut begun).await, "");
}

#[tokio::test]
async fn who_has_been_answered_may_ask_again_for_a_while_and_is_then_let_go() {
    let door = door(greeting(), Patience { next_request: SHORT, ..ENDLESS }).await;
    // The first words are waited for as long as the next ones, and a machine may take a while for them.
    let (mut stream, answer) = eventually(async || {
        let mut stream = saying(&door, ASK).await;
        up_to(&mut stream, "hello").await.map(|answer| (stream, answer))
    })
    .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!answer.to_lowercase().contains("connection: close"), "it may ask again: {answer}");
    assert_eq!(until_its_end(&mut stream).await, "", "and did not");
}

#[tokio::test]
async fn what_stops_in_the_middle_is_answered_and_let_go() {
    let door = door(greeting(), Patience { piece: SHORT, ..ENDLESS }).await;
    let head = b"POST /size HTTP/1.1\r\nHost: moot.example\r\nContent-Length: 100\r\n\r\nthe first words";
    let answer = until_its_end(&mut saying(&door, head).await).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.ends_with("The rest of what was sent did not come"), "{answer}");
}

#[tokio::test]
async fn a_file_that_stops_coming_is_told_as_that() {
    let house = House::start().await;
    let (_, group) = house.group("Plan", &[WANG]).await;
    let cookies = Browser::of(&house, WANG).await.cookies();
    let pages = router(WebState::from(house.actions.clone()));
    let door = door(pages, Patience { piece: SHORT, ..ENDLESS }).await;
    let form = format!(
        "POST /groups/{group}/messages HTTP/1.1\r\nHost: {}\r\nCookie: {cookies}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n\
         --b\r\nContent-Disposition: form-data; name=\"upload\"; filename=\"plan.txt\"\r\n\r\nThe first lines",
        door.address
    );
    let answer = until_its_end(&mut saying(&door, form.as_bytes()).await).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("For a minute next to nothing of what you sent arrived"), "{answer}");
}

/// Tells when it is gone.
struct Gone(mpsc::UnboundedSender<()>);

impl Drop for Gone {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn who_takes_nothing_of_what_they_asked_for_is_let_go() {
    let (gone, mut went) = mpsc::unbounded_channel();
    let endless = get(async move || {
        let guard = Gone(gone);
        Body::from_stream(stream::repeat_with(move || {
            let _ = &guard;
            Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 64 * 1024]))
        }))
    });
    let door = door(Router::new().route("/", endless), Patience { unread: SHORT, ..ENDLESS }).await;
    let stream = saying(&door, ASK).await;
    let went = tokio::time::timeout(house::PATIENCE, went.recv()).await;
    assert!(went.is_ok(), "it is kept");
    drop(stream);
}

/// Gives back what comes.
async fn echo(mut socket: WebSocket) {
    while let Some(Ok(frame)) = socket.recv().await {
        if socket.send(frame).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn sockets_and_slow_readers_outlive_everybody_who_idles() {
    const LARGE: usize = 64 * 1024 * 1024;
    let pages = greeting()
        .route("/large", get(async || vec![b'x'; LARGE]))
        .route("/live", any(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo)));
    let patience = Patience { next_request: SHORT, piece: SHORT, ..ENDLESS };
    let door = door(pages, patience).await;
    let url = format!("ws://{}/live", door.address);
    let (mut socket, _) =
        eventually(async || tokio_tungstenite::connect_async(url.as_str()).await.ok()).await;
    let large = b"GET /large HTTP/1.1\r\nHost: moot.example\r\nConnection: close\r\n\r\n";
    let mut download = eventually(async || {
        let mut stream = saying(&door, large).await;
        up_to(&mut stream, "\r\n\r\n").await.map(|_| stream)
    })
    .await;
    // Somebody who came later has been let go for saying nothing; twice, so that the time is surely over.
    for _ in 0..2 {
        until_its_end(&mut saying(&door, b"").await).await;
    }

    socket.send(Frame::text("still here")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Frame::text("still here"));
    assert_eq!(until_its_end(&mut download).await.len(), LARGE);
}

#[tokio::test]
async fn at_the_end_who_has_asked_is_answered_and_nobody_else_is_waited_for() {
    let (asked, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (ask, wait) = (asked.clone(), go.clone());
    let slow = get(async move || {
        ask.notify_one();
        wait.notified().await;
        "done"
    });
    let door = door(greeting().route("/slow", slow), ENDLESS).await;
    let mut idle = saying(&door, ASK).await;
    up_to(&mut idle, "hello").await.unwrap();
    let mut busy = saying(&door, b"GET /slow HTTP/1.1\r\nHost: moot.example\r\n\r\n").await;
    asked.notified().await;

    door.stop_token().cancel();
    assert_eq!(until_its_end(&mut idle).await, "");
    go.notify_one();
    let answer = until_its_end(&mut busy).await;
    assert!(answer.ends_with("done"), "{answer}");
    eventually(async || TcpStream::connect(door.address).await.is_err().then_some(())).await;
}
