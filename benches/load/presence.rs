//! Thousands of open pages in groups of 50, of whose people every tenth goes away: until everybody who sees them knows,
//! and the memory that an open page takes. The server is a process of its own. The bare way: an axum socket that hands
//! on what somebody says to the pages of their group, each text by itself, and keeps nothing.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message as Frame, WebSocket, WebSocketUpgrade};
use axum::http::Uri;
use axum::routing::get;
use futures_util::{SinkExt, StreamExt, stream};
use mailmoot::clock::Clock;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::secret::Token;
use mailmoot::transport::local::LocalMail;
use mailmoot::workers::{Outlet, do_due};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc};
use tokio::time::timeout;
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::house::{DATABASE, House};
use super::live::{Socket, socket_request};
use super::spread;
use super::start::{program, resident, wait_for_page};

pub const PAGES: usize = 5000;
/// The part by which the bare server is this program again.
pub const BARE: &str = "bare-sockets";
const GROUP: usize = 50;
/// In each round another tenth of the people goes away.
const ROUNDS: usize = 10;
/// So many pages are opened, and people signed in, at a time.
const AT_ONCE: usize = 64;
/// So long nothing comes any more when everything was told.
const QUIET: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(60);
/// What stands once in a frame for each person who went away.
const AWAY: &str = r#""state":"away""#;

pub async fn measure(pages: usize) {
    let groups = pages.div_ceil(GROUP);
    let house = House::build(groups * GROUP).await;
    let requests = gather(&house, groups).await;
    let address = free_address();
    let database = format!("sqlite:{}", house.folder.path().join(DATABASE).display());
    let ours = program(house.folder.path(), address.port()).env("MAILMOOT_DATABASE_URL", database).spawn();
    let server = Server { child: ours.unwrap(), address };
    wait_for_page(address.port()).await;
    let opened = requests.into_iter().map(|(cookie, group)| Opening {
        request: socket_request(address, "/live", Some(&cookie)),
        says: vec![
            r#"{"type":"here","looks":true}"#.to_owned(),
            format!(r#"{{"type":"watch","group":"{group}","after":0}}"#),
        ],
    });
    let ours =
        rounds("presence mailmoot", &server, opened.collect(), r#"{"type":"here","looks":false}"#).await;
    drop(server);

    let server = Server::bare();
    let opened = (0..groups * GROUP).map(|n| Opening {
        request: socket_request(server.address, &format!("/{}", n / GROUP), None),
        says: Vec::new(),
    });
    // As long as a person's part of our frames.
    let away = format!("{AWAY}{}", "x".repeat(120));
    let bare = rounds("presence bare axum", &server, opened.collect(), &away).await;
    println!("presence deliveries a second, of the bare way: {:.0} %", 100.0 * ours / bare);
}

/// Signs everybody in, makes the groups and sends their invitations: each one's cookie and group.
async fn gather(house: &House, groups: usize) -> Vec<(Token, GroupId)> {
    let people: Vec<_> =
        stream::iter(0..groups * GROUP).map(|n| house.sign_in(n)).buffered(AT_ONCE).collect().await;
    let made: Vec<GroupId> = stream::iter(0..groups)
        .map(|group| house.group_of(&people[group * GROUP].0, group * GROUP + 1..(group + 1) * GROUP))
        .buffered(AT_ONCE)
        .collect()
        .await;
    // The server is to have nothing else to do; and needs a folder for its own mail.
    let mail = LocalMail::new(house.folder.path().join("out"), Clock::system());
    do_due(&house.actions, &Outlet::Local(mail)).await.unwrap();
    std::fs::create_dir(house.folder.path().join("mail")).unwrap();
    people.into_iter().enumerate().map(|(n, (_, cookie))| (cookie, made[n / GROUP])).collect()
}

/// Opens the pages and lets people go away. How many deliveries a second: one is that one page hears of one person.
async fn rounds(name: &str, server: &Server, opened: Vec<Opening>, says: &str) -> f64 {
    let pages = opened.len();
    let empty = resident(server.child.id());
    let begun = Instant::now();
    let mut crowd = Crowd::open(opened).await;
    println!("{name}: {pages} pages opened in {:.1} s", begun.elapsed().as_secs_f64());
    crowd.quiet().await;
    let each = resident(server.child.id()).saturating_sub(empty) as f64 / pages as f64;
    println!("{name}: resident memory for each open page: {each:.1} kB");
    let (mut times, mut rates, mut frames) = (Vec::new(), Vec::new(), 0);
    for round in 0..ROUNDS {
        let begun = Instant::now();
        (round..pages).step_by(ROUNDS).for_each(|page| crowd.pages[page].send(says.into()).unwrap());
        let told = crowd.told(pages / ROUNDS * GROUP).await;
        frames += told.len();
        rates.push((pages / ROUNDS * GROUP) as f64 / begun.elapsed().as_secs_f64());
        times.extend(told.into_iter().map(|(_, at)| at - begun));
        crowd.quiet().await;
    }
    rates.sort_by(f64::total_cmp);
    let (least, typical, most) = (rates[0], rates[ROUNDS / 2], rates[ROUNDS - 1]);
    println!("{name}: {} people go away at once, each page knows after {}", pages / ROUNDS, spread(times));
    println!(
        "{name}: {typical:.0} deliveries a second (median of {ROUNDS}, {least:.0} to {most:.0}), in {} frames a round",
        frames / ROUNDS
    );
    typical
}

/// A page that is to be opened, and what it says at first.
struct Opening {
    request: Request,
    says: Vec<String>,
}

/// How many people a frame told of as gone away, and when.
type Told = (usize, Instant);

/// All open pages: what each is to say, and what all of them are told.
struct Crowd {
    pages: Vec<mpsc::UnboundedSender<Message>>,
    told: mpsc::UnboundedReceiver<Told>,
}

impl Crowd {
    async fn open(opened: Vec<Opening>) -> Self {
        let (heard, told) = mpsc::unbounded_channel();
        let open = |opening| Self::open_page(opening, heard.clone());
        let pages = stream::iter(opened).map(open).buffered(AT_ONCE).collect().await;
        Self { pages, told }
    }

    async fn open_page(
        Opening { request, says }: Opening,
        heard: mpsc::UnboundedSender<Told>,
    ) -> mpsc::UnboundedSender<Message> {
        let small = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(4096);
        let opened = connect_async_with_config(request, Some(small), false).await;
        let (mut socket, _) =
            opened.expect("a page opens; if not, `ulimit -n` may be less than there are pages");
        for text in says {
            socket.send(Message::Text(text.into())).await.unwrap();
        }
        let (page, to_say) = mpsc::unbounded_channel();
        tokio::spawn(attend(socket, to_say, heard));
        page
    }

    /// Waits until so many were told, and not of more.
    async fn told(&mut self, wanted: usize) -> Vec<Told> {
        let (mut all, mut sum) = (Vec::new(), 0);
        while sum < wanted {
            let told = timeout(PATIENCE, self.told.recv()).await.expect("everybody is told").unwrap();
            sum += told.0;
            all.extend(Some(told).filter(|(people, _)| *people > 0));
        }
        all
    }

    /// Waits until nothing comes any more.
    async fn quiet(&mut self) {
        while timeout(QUIET, self.told.recv()).await.is_ok() {}
    }
}

/// One open page.
async fn attend(
    mut socket: Socket,
    mut to_say: mpsc::UnboundedReceiver<Message>,
    heard: mpsc::UnboundedSender<Told>,
) {
    loop {
        tokio::select! {
            said = to_say.recv() => {
                let Some(said) = said else { return };
                socket.send(said).await.unwrap();
            }
            frame = socket.next() => {
                let Some(Ok(frame)) = frame else { return };
                let Message::Text(text) = frame else { continue };
                // How the page's own person is seen is no news to it.
                let people = if text.contains("own_presence") { 0 } else { text.matches(AWAY).count() };
                if heard.send((people, Instant::now())).is_err() {
                    return;
                }
            }
        }
    }
}

/// A process that ends with the measurement, even if that fails.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn bare() -> Self {
        let address = free_address();
        let program = std::env::current_exe().unwrap();
        let mut command = Command::new(program);
        let child = command.arg(BARE).env("LISTEN", address.to_string()).stdout(Stdio::null()).spawn();
        let server = Self { child: child.unwrap(), address };
        while std::net::TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

type Groups = Arc<Mutex<HashMap<String, broadcast::Sender<Arc<str>>>>>;

/// The bare way, in a process of its own.
pub async fn serve_bare() {
    let connect = async |State(groups): State<Groups>, group: Uri, upgrade: WebSocketUpgrade| {
        let mut groups = groups.lock().unwrap();
        let sender =
            groups.entry(group.path().to_owned()).or_insert_with(|| broadcast::Sender::new(256)).clone();
        upgrade.on_upgrade(move |socket| hand_on(socket, sender))
    };
    let app = Router::new().route("/{group}", get(connect)).with_state(Groups::default());
    let listener = TcpListener::bind(std::env::var("LISTEN").unwrap()).await.unwrap();
    axum::serve(listener, app).await.unwrap();
}

async fn hand_on(mut socket: WebSocket, sender: broadcast::Sender<Arc<str>>) {
    let mut texts = sender.subscribe();
    loop {
        tokio::select! {
            Ok(text) = texts.recv() => {
                if socket.send(Frame::Text((&*text).into())).await.is_err() {
                    return;
                }
            }
            said = socket.recv() => {
                let Some(Ok(Frame::Text(text))) = said else { return };
                drop(sender.send(text.as_str().into()));
            }
        }
    }
}
