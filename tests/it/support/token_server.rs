//! A token address on this machine that answers what a test tells it to (RFC 6749 5).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::post};
use mailmoot::transport::oauth::TokenClient;
use reqwest::Url;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::provider::SECRET;

pub struct TokenServer {
    pub url: String,
    inner: Arc<Inner>,
    _server: JoinSet<()>,
}

struct Inner {
    /// The next answers, the last of which is given again and again.
    answers: Mutex<Vec<(StatusCode, String)>>,
    asked: Mutex<Vec<HashMap<String, String>>>,
    /// Nobody is answered without a permit.
    open: Semaphore,
}

/// A good answer with some members changed.
pub fn token(changed: Value) -> Value {
    let mut answer = json!({ "access_token": "t-1", "token_type": "Bearer", "expires_in": 3600 });
    for (name, value) in changed.as_object().unwrap() {
        answer[name] = value.clone();
    }
    answer
}

impl TokenServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            answers: Mutex::new(vec![(StatusCode::OK, token(json!({})).to_string())]),
            asked: Mutex::default(),
            open: Semaphore::new(Semaphore::MAX_PERMITS),
        });
        let router = Router::new().route("/token", post(answer)).with_state(inner.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inner, _server: server }
    }

    /// Starts with nobody being answered until [`Self::open`].
    pub async fn closed() -> Self {
        let server = Self::start().await;
        server.inner.open.forget_permits(Semaphore::MAX_PERMITS);
        server
    }

    pub fn open(&self) {
        self.inner.open.add_permits(1_000);
    }

    /// A client with a secret, and with a refresh token if one is given.
    pub fn client(&self, refresh_token: Option<&str>) -> TokenClient {
        TokenClient {
            token_url: self.url.clone(),
            client_id: "mailmoot".to_owned(),
            client_secret: Some(SECRET.into()),
            refresh_token: refresh_token.map(Into::into),
            scopes: Vec::new(),
            hosts: vec!["localhost".to_owned()],
            ca_file: None,
        }
    }

    /// What it answers from now on: one after the other, the last one for ever.
    pub fn answers(&self, answers: &[Value]) {
        let good = answers.iter().map(|answer| {
            let status = if answer["error"].is_null() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
            (status, answer.to_string())
        });
        *self.inner.answers.lock().unwrap() = good.collect();
    }

    /// It answers this, which need be no JSON.
    pub fn says(&self, status: u16, words: &str) {
        *self.inner.answers.lock().unwrap() = vec![(StatusCode::from_u16(status).unwrap(), words.to_owned())];
    }

    /// The forms that were sent, oldest first.
    pub fn asked(&self) -> Vec<HashMap<String, String>> {
        self.inner.asked.lock().unwrap().clone()
    }
}

async fn answer(State(inner): State<Arc<Inner>>, body: Bytes) -> Response {
    let form = Url::parse(&format!("http://x/?{}", std::str::from_utf8(&body).unwrap())).unwrap();
    let form = form.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    inner.asked.lock().unwrap().push(form);
    inner.open.acquire().await.unwrap().forget();
    let mut answers = inner.answers.lock().unwrap();
    let (status, words) = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
    (status, [(CONTENT_TYPE, "application/json")], words).into_response()
}
