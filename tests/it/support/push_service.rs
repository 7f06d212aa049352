//! A push service on this machine, and a browser that takes notices from it: what comes is opened as a browser does it,
//! not by the library that has closed it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use mailmoot::clock::Clock;
use mailmoot::domain::push;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use web_push_native::p256::ecdh::diffie_hellman;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
use web_push_native::p256::{PublicKey, SecretKey};

use super::browser::Browser;
use super::house::eventually;

/// What one request brought.
#[derive(Clone)]
pub struct Taken {
    /// For which of its browsers.
    pub name: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Taken {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// A status, and a `Retry-After` or a `Location`.
type Answer = (u16, Option<&'static str>);

#[derive(Clone, Default)]
struct Desk {
    taken: Arc<Mutex<Vec<Taken>>>,
    /// What it answers next; afterwards it takes everything (201).
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

pub struct PushService {
    desk: Desk,
    pub origin: String,
    _server: JoinSet<()>,
}

impl PushService {
    pub async fn start() -> Self {
        let (desk, listener) = (Desk::default(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/push/{name}", post(take)).with_state(desk.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { desk, origin, _server: server }
    }

    /// What it answers to the next request, with a `Retry-After` or a `Location`.
    pub fn answers(&self, status: u16, header: Option<&'static str>) {
        self.desk.answers.lock().unwrap().push_back((status, header));
    }

    /// Everything it was brought, when there are `count`.
    pub async fn taken(&self, count: usize) -> Vec<Taken> {
        eventually(async || {
            let taken = self.desk.taken.lock().unwrap().clone();
            (taken.len() >= count).then_some(taken)
        })
        .await
    }
}

async fn take(State(desk): State<Desk>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let name = uri.path().trim_start_matches("/push/").to_owned();
    desk.taken.lock().unwrap().push(Taken { name, headers, body: body.to_vec() });
    let (status, header) = desk.answers.lock().unwrap().pop_front().unwrap_or((201, None));
    let status = StatusCode::from_u16(status).unwrap();
    match header {
        Some(path) if path.starts_with('/') => (status, [("location", path)]).into_response(),
        Some(seconds) => (status, [("retry-after", seconds)]).into_response(),
        None => status.into_response(),
    }
}

/// The keys of a browser that takes notices.
pub struct Receiver {
    pub endpoint: String,
    private: SecretKey,
    auth: [u8; 16],
}

impl Receiver {
    pub fn at(service: &PushService, name: &str) -> Self {
        Self::new(format!("{}/push/{name}", service.origin))
    }

    /// With new keys.
    pub fn new(endpoint: String) -> Self {
        let private = SecretKey::from_slice(&Clock::system().random_bytes::<32>().unwrap()).unwrap();
        let auth = Clock::system().random_bytes().unwrap();
        Self { endpoint, private, auth }
    }

    /// As the page's script switches notices on.
    pub async fn subscribe(&self, browser: &Browser) -> StatusCode {
        let fields = self.fields();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post_json("/push/subscriptions", &fields).await.0
    }

    /// The same for the action behind the form.
    pub fn as_told(&self) -> push::NewReceiver {
        let (p256dh, auth) = (self.public().try_into().unwrap(), self.auth);
        push::NewReceiver {
            receiver: push::Receiver { endpoint: self.endpoint.clone(), p256dh, auth },
            zone: None,
        }
    }

    pub fn fields(&self) -> [(&'static str, String); 4] {
        [
            ("endpoint", self.endpoint.clone()),
            ("p256dh", BASE64URL.encode(self.public())),
            ("auth", BASE64URL.encode(self.auth)),
            ("zone", "Europe/Stockholm".to_owned()),
        ]
    }

    pub fn public(&self) -> Vec<u8> {
        self.private.public_key().to_encoded_point(false).as_bytes().to_vec()
    }

    /// The notice (RFC 8291 3, RFC 8188 2): salt, record size, the sender's key, and one record.
    pub fn open(&self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        let (sender, record) = rest[1..].split_at(usize::from(rest[0]));
        assert!(u32::from_be_bytes(size.try_into().unwrap()) as usize >= record.len());
        let shared = diffie_hellman(
            self.private.to_nonzero_scalar(),
            PublicKey::from_sec1_bytes(sender).unwrap().as_affine(),
        );
        let secret: &[u8] = shared.raw_secret_bytes();
        let info = [b"WebPush: info\0", self.public().as_slice(), sender].concat();
        let ikm = expand(&self.auth, secret, &info, 32);
        let key = expand(salt, &ikm, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = expand(salt, &ikm, b"Content-Encoding: nonce\0", 12);
        let mut text = record.to_vec();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
        let text = key.open_in_place(nonce, Aad::empty(), &mut text).unwrap();
        // The end of the last record (RFC 8188 2).
        let end = text.iter().rposition(|byte| *byte == 2).unwrap();
        serde_json::from_slice(&text[..end]).unwrap()
    }
}

struct Length(usize);
impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand(salt: &[u8], secret: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let drawn = Salt::new(HKDF_SHA256, salt).extract(secret);
    drawn.expand(&[info], Length(length)).unwrap().fill(&mut bytes).unwrap();
    bytes
}

/// Checks who sent a notice (RFC 8292 2 and 3); the claims, and the key in base64url.
pub fn checked_sender(authorization: &str) -> (Value, String) {
    let (token, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, BASE64URL.decode(key).unwrap());
    public.verify(signed.as_bytes(), &BASE64URL.decode(signature).unwrap()).unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let json = |part: &str| serde_json::from_slice::<Value>(&BASE64URL.decode(part).unwrap()).unwrap();
    assert_eq!(json(head), serde_json::json!({ "typ": "JWT", "alg": "ES256" }));
    (json(claims), key.to_owned())
}
