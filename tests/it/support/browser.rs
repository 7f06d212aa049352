//! A browser without a window: cookies, forms, and the live socket.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mailmoot::actions::Actions;
use reqwest::cookie::{CookieStore, Jar};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::house::{House, PATIENCE, token_in};

/// Follows no redirect by itself, so that a test sees each step.
pub struct Browser {
    base: String,
    client: reqwest::Client,
    jar: Arc<Jar>,
}

/// An open page's socket.
pub struct Live(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Browser {
    pub fn new(house: &House) -> Self {
        Self::at(&house.url(""))
    }

    /// Of pages at another place.
    pub fn at(base: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let client = client()
            .cookie_provider(jar.clone())
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { base: base.to_owned(), client, jar }
    }

    /// Signed in by a link that was printed for this person.
    pub async fn of(house: &House, address: &str) -> Self {
        let browser = Self::new(house);
        browser.sign_in_again(house, address).await;
        browser
    }

    /// Somebody signs in by this browser, over whoever was.
    pub async fn sign_in_again(&self, house: &House, address: &str) {
        self.sign_in_by(&house.actions, address).await;
    }

    /// The same by the actions of a house that may be elsewhere.
    pub async fn sign_in_by(&self, actions: &Actions, address: &str) {
        let link = actions.make_sign_in_link(&address.parse().unwrap(), "/").await.unwrap();
        let answer = self.post(&format!("/l/{}", token_in(&link).reveal()), &[]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request("GET", path).send().await.unwrap()
    }

    /// A page's text; it must be there.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    /// Sends a form as a page without script does.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.request("POST", path).header("sec-fetch-site", "same-origin").form(fields).send().await.unwrap()
    }

    /// Sends a form as a script does: JSON comes back.
    pub async fn post_json(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = self.request("POST", path).header("accept", "application/json").form(fields);
        read_json(request.send().await.unwrap()).await
    }

    /// Posts a message as the composer does.
    pub async fn say(&self, group: &str, client_id: &str, words: &str) -> (StatusCode, Value) {
        let form = reqwest::multipart::Form::new()
            .text("client_id", client_id.to_owned())
            .text("markdown", words.to_owned());
        let request = self.request("POST", &format!("/groups/{group}/messages"));
        read_json(request.header("accept", "application/json").multipart(form).send().await.unwrap()).await
    }

    /// What it shows of itself, as the header says it.
    pub fn cookies(&self) -> String {
        let cookies = self.jar.cookies(&self.base.parse().unwrap());
        cookies.map(|cookies| cookies.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The live socket, with this browser's cookies and an Origin.
    pub async fn live_from(&self, origin: &str) -> Result<Live, tokio_tungstenite::tungstenite::Error> {
        let url = format!("{}/live", self.base.replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("cookie", self.cookies().parse().unwrap());
        request.headers_mut().insert("origin", origin.parse().unwrap());
        Ok(Live(tokio_tungstenite::connect_async(request).await?.0))
    }

    pub async fn live(&self) -> Live {
        self.live_from(&self.base).await.unwrap()
    }
}

impl Live {
    pub async fn say(&mut self, frame: Value) {
        self.0.send(Frame::text(frame.to_string())).await.unwrap();
    }

    /// Shows a group of which this page has everything up to `after`; ready when it returns.
    pub async fn watch(&mut self, group: &str, after: i64) {
        self.say(serde_json::json!({ "type": "watch", "group": group, "after": after })).await;
    }

    /// The next frame of a kind; others are passed over.
    pub async fn next(&mut self, kind: &str) -> Value {
        tokio::time::timeout(PATIENCE, self.next_of(kind)).await.unwrap_or_else(|_| panic!("no {kind} came"))
    }

    async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.0.next().await.unwrap().unwrap();
            let Ok(text) = frame.to_text() else { continue };
            let Ok(value) = serde_json::from_str::<Value>(text) else { continue };
            if value["type"] == kind {
                return value;
            }
        }
    }

    /// Passes over everything until the house ends the connection.
    pub async fn ended(mut self) {
        let end = async { while let Some(Ok(_)) = self.0.next().await {} };
        assert!(tokio::time::timeout(PATIENCE, end).await.is_ok(), "it goes on");
    }

    /// Everything of a kind that is on its way: until the answer to a ping.
    pub async fn all(&mut self, kind: &str) -> Vec<Value> {
        self.say(serde_json::json!({ "type": "ping" })).await;
        let mut found = Vec::new();
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap().unwrap().unwrap();
            let Ok(value) = serde_json::from_str::<Value>(frame.to_text().unwrap_or_default()) else {
                continue;
            };
            if value["type"] == "pong" {
                return found;
            }
            if value["type"] == kind {
                found.push(value);
            }
        }
    }
}

/// An HTTP client for this machine only: it trusts no certificates, so that none have to be read.
pub fn client() -> reqwest::ClientBuilder {
    // The second to come finds it installed.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().tls_certs_only([])
}

async fn read_json(answer: Response) -> (StatusCode, Value) {
    let status = answer.status();
    (status, answer.json().await.unwrap_or(Value::Null))
}

/// The middle one of some times.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
