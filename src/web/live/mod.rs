//! The live socket: one for each open page. The page says what it looks at and what it has; it gets what it lacks from
//! the database, and then everything new from the hub. Events may be lost on the way, since numbers and versions let
//! the page notice and ask again.

mod frames;
mod page;

use axum::extract::State;
use axum::extract::ws::{Message as Frame, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc;

use self::frames::Asked;
use self::page::Page;
use super::error::{Trouble, WebResult};
use super::state::WebState;
use super::visit::Member;

/// The longest frame a page may send, in bytes: it only says what it looks at.
const LONGEST: usize = 4096;
/// Frames on their way to a page that reads slowly; then it has to come again.
const WAITING: usize = 512;

/// GET /live
pub async fn connect(
    State(state): State<WebState>,
    member: Member,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> WebResult<Response> {
    // Browsers open sockets across sites and send cookies along; only the Origin tells (RFC 6455 10.2).
    if !is_own_origin(&headers, state.actions.settings.public_url.authority()) {
        return Err(Trouble::Foreign.into());
    }
    Ok(upgrade.max_message_size(LONGEST).on_upgrade(move |socket| serve(state, member, socket)))
}

/// The Origin names the host that was asked, or the public one; programs that are no browsers send none.
fn is_own_origin(headers: &HeaderMap, public: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(ORIGIN.as_str()) else { return true };
    let authority = origin.split_once("://").map_or("", |(_, rest)| rest);
    authority == public || text("host") == Some(authority)
}

async fn serve(state: WebState, member: Member, socket: WebSocket) {
    let (mut to_browser, mut from_browser) = socket.split();
    let (out, mut waiting) = mpsc::channel::<String>(WAITING);
    // A page that reads slowly must not keep us from hearing the hub.
    let writer = tokio::spawn(async move {
        while let Some(text) = waiting.recv().await {
            if to_browser.send(Frame::Text(text.into())).await.is_err() {
                break;
            }
        }
        drop(to_browser.close().await);
    });
    let mut page = Page::open(state, member, out).await;
    loop {
        let alive = tokio::select! {
            frame = from_browser.next() => match frame {
                Some(Ok(Frame::Text(text))) => match serde_json::from_str::<Asked>(text.as_str()) {
                    Ok(asked) => page.answer(asked).await,
                    // An older or newer page: what we do not know we pass over.
                    Err(_) => true,
                },
                Some(Ok(Frame::Close(_)) | Err(_)) | None => false,
                Some(Ok(_)) => true,
            },
            heard = page.next() => page.tell(heard).await,
        };
        if !alive {
            break;
        }
    }
    drop(page);
    drop(writer.await);
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::is_own_origin;

    #[test]
    fn only_our_own_pages_may_listen() {
        for (origin, own) in [
            (Some("https://moot.corp.example"), true),
            (Some("http://127.0.0.1:8080"), true),
            (Some("https://evil.example"), false),
            (Some("null"), false),
            (None, true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("host", HeaderValue::from_static("127.0.0.1:8080"));
            if let Some(origin) = origin {
                headers.insert("origin", HeaderValue::from_static(origin));
            }
            assert_eq!(is_own_origin(&headers, "moot.corp.example"), own, "{origin:?}");
        }
    }
}
