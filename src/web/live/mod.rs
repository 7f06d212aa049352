//! The live socket: one for each open page. The page says what it looks at and what it has; it gets what it lacks from
//! the database, and then everything new from the hub. Events may be lost on the way, since numbers and versions let
//! the page notice and ask again.

mod changes;
mod frames;
mod pace;
mod page;
mod presence;
mod receipts;
mod way;

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message as Frame, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use tokio::time::{Instant, sleep};

use self::frames::Asked;
use self::page::{Page, Source};
use self::way::Way;
use super::error::{Trouble, WebResult};
use super::state::WebState;
use super::visit::Member;
use crate::domain::settings::PublicUrl;

/// The longest frame a page may send, in bytes: it only says what it looks at.
const LONGEST: usize = 4096;
/// What a socket keeps ready to read and to gather what leaves, in bytes. Thousands of sockets wait most of the time;
/// what is longer gets more room while it passes.
const READING: usize = 1024;
const WRITING: usize = 8192;
/// Pages ping; one that says nothing for so long has gone to sleep with its machine, and nobody looks at it. Browsers
/// let the timers of hidden pages run once a minute only.
const SILENCE: Duration = Duration::from_secs(150);
/// How many events leave together; then the page may speak again.
const TOGETHER: usize = 64;

/// GET /live
pub async fn connect(
    State(state): State<WebState>,
    member: Member,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> WebResult<Response> {
    // Browsers open sockets across sites and send cookies along; only the Origin tells (RFC 6455 10.2).
    if !is_own_origin(&headers, &state.actions.settings.public_url) {
        return Err(Trouble::Foreign.into());
    }
    let upgrade = upgrade.max_message_size(LONGEST).read_buffer_size(READING).write_buffer_size(WRITING);
    Ok(upgrade.on_upgrade(move |socket| serve(state, member, socket)))
}

/// The Origin is the public one, or has its scheme and the host that was asked: a browser on this machine may call it
/// `localhost`, one within the house by its address. Cookies go to the host they came from, so that another name for us
/// opens nobody's pages; another scheme would, to whoever can change what plain HTTP brings. Programs that are no
/// browsers send no Origin.
fn is_own_origin(headers: &HeaderMap, public: &PublicUrl) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(ORIGIN) else { return true };
    let asked = text(HOST).map(|host| format!("{}://{host}", public.scheme()));
    origin == public.origin() || Some(origin) == asked.as_deref()
}

async fn serve(state: WebState, member: Member, socket: WebSocket) {
    let (to_browser, mut from_browser) = socket.split();
    // The page comes again then, and is let in if its session was used meanwhile.
    let mut over = Box::pin(sleep(member.viewer.until - state.actions.clock.now()));
    let mut page = Page::open(state, member, Way::new(to_browser)).boxed().await;
    let mut silence = Box::pin(sleep(SILENCE));
    while page.flush().await {
        let alive = tokio::select! {
            frame = from_browser.next() => {
                silence.as_mut().reset(Instant::now() + SILENCE);
                take(&mut page, frame).await
            }
            heard = page.next() => tell(&mut page, heard).await,
            () = silence.as_mut() => false,
            () = over.as_mut() => false,
        };
        if !(alive && tell_waiting(&mut page).await) {
            break;
        }
    }
    page.close().boxed().await;
}

/// Does what a frame asks for. `false` ends the connection. As in [`tell`], what it takes is made when it is asked for:
/// a socket that waits has no room for it.
async fn take(page: &mut Page, frame: Option<Result<Frame, axum::Error>>) -> bool {
    match frame {
        Some(Ok(Frame::Text(text))) => match serde_json::from_str::<Asked>(text.as_str()) {
            Ok(asked) => page.answer(asked).boxed().await,
            // An older or newer page: what we do not know we pass over.
            Err(_) => true,
        },
        Some(Ok(Frame::Close(_)) | Err(_)) | None => false,
        Some(Ok(_)) => true,
    }
}

fn tell(page: &mut Page, heard: Source) -> BoxFuture<'_, bool> {
    page.tell(heard).boxed()
}

/// What else was heard by now leaves in one go.
async fn tell_waiting(page: &mut Page) -> bool {
    for _ in 0..TOGETHER {
        let Some(heard) = page.next().now_or_never() else { return true };
        if !tell(page, heard).await {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::is_own_origin;

    #[test]
    fn only_our_own_pages_may_listen() {
        for (public, host, origin, own) in [
            ("https://moot.corp.example", "moot.corp.example", Some("https://moot.corp.example"), true),
            (
                "https://Moot.corp.example:443/discuss",
                "127.0.0.1:8080",
                Some("https://moot.corp.example"),
                true,
            ),
            ("https://moot.corp.example", "moot.corp.example", Some("http://moot.corp.example"), false),
            ("https://moot.corp.example", "moot.corp.example", Some("https://moot.corp.example:8443"), false),
            ("https://moot.corp.example", "moot.corp.example", Some("https://evil.example"), false),
            ("https://moot.corp.example", "moot.corp.example", Some("null"), false),
            ("https://moot.corp.example", "moot.corp.example", None, true),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", Some("http://127.0.0.1:8080"), true),
            ("http://127.0.0.1:8080", "localhost:8080", Some("http://localhost:8080"), true),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", Some("http://127.0.0.1:9090"), false),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", Some("https://127.0.0.1:8080"), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert("origin", HeaderValue::from_static(origin));
            }
            assert_eq!(is_own_origin(&headers, &public.parse().unwrap()), own, "{public} {host} {origin:?}");
        }
    }
}
