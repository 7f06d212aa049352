//! A message posted to a group of 200 with 200 open pages: until each page has it. The bare way: an axum socket that
//! hands on a text of the same size from a broadcast channel, and nothing else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message as Frame, WebSocketUpgrade};
use axum::routing::get;
use futures_util::{SinkExt, StreamExt};
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::secret::Token;
use mailmoot::web::routes::router;
use mailmoot::web::state::WebState;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, mpsc};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::house::House;
use super::spread;

const PAGES: usize = 200;
const SINGLE: usize = 40;
const BURST: usize = 200;
const BURSTS: usize = 7;

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// When a page got message number n.
type Arrival = (usize, Instant);

pub async fn measure() {
    let house = House::build(PAGES).await;
    let mut cookies = Vec::new();
    let (owner, cookie) = house.sign_in(0).await;
    cookies.push(cookie);
    for n in 1..PAGES {
        cookies.push(house.sign_in(n).await.1);
    }
    let group = house.group(&owner, PAGES).await;
    let address = serve(&house).await;
    let (arrivals, mut seen) = mpsc::unbounded_channel();
    let size = Arc::new(AtomicU64::new(0));
    for cookie in &cookies {
        let watch = format!(r#"{{"type":"watch","group":"{group}","after":0}}"#);
        listen(address, "/live", Some((cookie, watch)), (arrivals.clone(), size.clone())).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let actions = &house.actions;
    let post = async |n: usize| {
        let new = NewMessage { markdown: format!("n={n}; a **usual** message"), ..NewMessage::default() };
        actions.post_message(&owner, group, new).await.unwrap();
    };
    let ours = rounds("live     mailmoot", &mut seen, post).await;

    let (bare_arrivals, mut bare_seen) = mpsc::unbounded_channel();
    let sender = broadcast::Sender::<Arc<str>>::new(1024);
    let bare = bare_server(sender.clone()).await;
    for _ in 0..PAGES {
        listen(bare, "/", None, (bare_arrivals.clone(), Arc::new(AtomicU64::new(0)))).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let padding = "x".repeat(usize::try_from(size.load(Ordering::Relaxed)).unwrap_or(1000));
    let send = async |n: usize| drop(sender.send(format!("n={n}; {padding}").into()));
    let bare = rounds("live     bare axum broadcast", &mut bare_seen, send).await;
    println!("live     deliveries a second, of the bare way: {:.0} %", 100.0 * ours / bare);
}

/// Single messages for the delay, then many people's at once for the rate. The rate in deliveries a second.
async fn rounds(name: &str, seen: &mut mpsc::UnboundedReceiver<Arrival>, post: impl AsyncFn(usize)) -> f64 {
    let mut times = Vec::new();
    for n in 0..SINGLE {
        let begun = Instant::now();
        post(n).await;
        for _ in 0..PAGES {
            let (_, at) = seen.recv().await.unwrap();
            times.push(at - begun);
        }
    }
    println!("{name}: one message at a time, {PAGES} pages: {}", spread(times));
    let mut rates = Vec::new();
    for _ in 0..BURSTS {
        let begun = Instant::now();
        futures_util::future::join_all((0..BURST).map(|n| post(n))).await;
        for _ in 0..PAGES * BURST {
            tokio::time::timeout(Duration::from_secs(60), seen.recv()).await.expect("all arrive").unwrap();
        }
        rates.push((PAGES * BURST) as f64 / begun.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    let (least, typical, most) = (rates[0], rates[BURSTS / 2], rates[BURSTS - 1]);
    println!(
        "{name}: {BURST} messages at once: {typical:.0} deliveries a second (median of {BURSTS}, {least:.0} to {most:.0})"
    );
    typical
}

/// One open page. Frames that hold no message are passed over.
async fn listen(
    address: SocketAddr,
    path: &str,
    page: Option<(&Token, String)>,
    (arrivals, size): (mpsc::UnboundedSender<Arrival>, Arc<AtomicU64>),
) {
    let mut socket = open_socket(address, path, page.as_ref().map(|(cookie, _)| *cookie)).await;
    if let Some((_, watch)) = page {
        socket.send(Message::Text(watch.into())).await.unwrap();
    }
    tokio::spawn(async move {
        while let Some(Ok(frame)) = socket.next().await {
            let Message::Text(text) = frame else { continue };
            let is_message = !text.starts_with("{\"type\"") || text.starts_with("{\"type\":\"message\"");
            if let Some(at) = text.find("n=").filter(|_| is_message) {
                size.store(text.len() as u64, Ordering::Relaxed);
                let number = text[at + 2..].split(';').next().unwrap_or_default().parse().unwrap_or(0);
                if arrivals.send((number, Instant::now())).is_err() {
                    return;
                }
            }
        }
    });
}

/// The pages of a house, on a port of their own.
pub async fn serve(house: &House) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = router(WebState::from(house.actions.clone()));
    tokio::spawn(
        axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).into_future(),
    );
    address
}

/// A socket as a browser opens it.
pub async fn open_socket(address: SocketAddr, path: &str, cookie: Option<&Token>) -> Socket {
    tokio_tungstenite::connect_async(socket_request(address, path, cookie)).await.unwrap().0
}

/// What a browser asks for a socket.
pub fn socket_request(address: SocketAddr, path: &str, cookie: Option<&Token>) -> Request {
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    if let Some(cookie) = cookie {
        let cookie = format!("moot_session={}", cookie.reveal());
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
    }
    request
}

async fn bare_server(sender: broadcast::Sender<Arc<str>>) -> SocketAddr {
    let connect = async |State(sender): State<broadcast::Sender<Arc<str>>>, upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(move |mut socket| async move {
            let mut texts = sender.subscribe();
            while let Ok(text) = texts.recv().await {
                if socket.send(Frame::Text((&*text).into())).await.is_err() {
                    return;
                }
            }
        })
    };
    let app = Router::new().route("/", get(connect)).with_state(sender);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, app).into_future());
    address
}
