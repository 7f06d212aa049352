//! Web Push: hands a notice to the push service that a browser named (RFC 8030), encrypted for that browser alone
//! (RFC 8291) and signed as ours (RFC 8292).

mod vapid;

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use web_push_native::{Auth, p256};

pub use vapid::Vapid;

use super::connect::ConnectError;
use super::guard::Guard;
use crate::clock::Clock;
use crate::domain::network::AddressBlock;
use crate::domain::push::{Parcel, Receiver};
use crate::domain::secret::ServerKey;

/// What notices are sent with.
#[derive(Debug)]
pub struct PushSender {
    guard: Guard,
    vapid: Vapid,
    /// Whom a push service may write to about us, such as `mailto:moot@corp.example` (RFC 8292 2.1).
    contact: String,
    clock: Clock,
    /// Made with the first notice: many houses send none.
    client: OnceLock<Client>,
}

/// What became of a notice, as the push service answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The service has it.
    Over,
    /// There is no such browser any more.
    Gone,
    /// A shorter one may be taken.
    TooLarge,
    /// Try again, not before so long if the service said so.
    NotNow { wait: Option<Duration>, why: String },
    /// It will never be taken.
    Refused { why: String },
}

impl PushSender {
    /// `internal`: the networks of the house in which a push service may be.
    pub fn new(key: &ServerKey, contact: String, internal: &[AddressBlock], clock: Clock) -> Self {
        Self {
            guard: Guard::new(internal),
            vapid: Vapid::derived(key),
            contact,
            clock,
            client: OnceLock::new(),
        }
    }

    /// Hands over one notice. Never fails: what went wrong is the answer.
    pub async fn send(&self, parcel: &Parcel) -> Handed {
        match self.ask(parcel).await {
            Ok(answer) => handed(&answer),
            Err(handed) => handed,
        }
    }

    async fn ask(&self, parcel: &Parcel) -> Result<Response, Handed> {
        let refused = |why: &dyn std::fmt::Display| Handed::Refused { why: why.to_string() };
        let url = self.guard.check(&parcel.receiver.endpoint).map_err(|e| refused(&e))?;
        let body = encrypt(parcel).ok_or_else(|| refused(&"The browser's keys can't be used"))?;
        let pass = self
            .vapid
            .authorization(&url.origin().ascii_serialization(), &self.contact, &self.clock)
            .ok_or_else(|| refused(&"The request can't be signed"))?;
        let client = self.client().map_err(|error| not_now(error.to_string()))?;
        let request = client
            .post(url)
            .header(AUTHORIZATION, pass)
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("ttl", parcel.lasts.as_secs())
            .header("topic", &parcel.topic)
            .header("urgency", parcel.urgency.name())
            .body(body);
        // The endpoint is a secret: it stays out of what is kept and logged.
        request.send().await.map_err(|error| not_now(innermost(&error.without_url())))
    }

    fn client(&self) -> Result<&Client, ConnectError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let made = self.guard.client()?;
        Ok(self.client.get_or_init(|| made))
    }
}

/// Whether these keys are such as browsers make: a point on the curve P-256 (RFC 8291 3.2).
pub fn can_encrypt_for(receiver: &Receiver) -> bool {
    p256::PublicKey::from_sec1_bytes(&receiver.p256dh).is_ok()
}

fn encrypt(parcel: &Parcel) -> Option<Vec<u8>> {
    let public = p256::PublicKey::from_sec1_bytes(&parcel.receiver.p256dh).ok()?;
    let auth = Auth::from(parcel.receiver.auth);
    web_push_native::encrypt(parcel.contents.clone(), &public, &auth).ok()
}

fn not_now(why: String) -> Handed {
    Handed::NotNow { wait: None, why }
}

/// "error sending request" says nothing; its cause does.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

/// RFC 8030 5 and 7.3, and what Mozilla's, Google's and Apple's services answer.
fn handed(answer: &Response) -> Handed {
    let status = answer.status();
    let why = || status.to_string();
    match status {
        status if status.is_success() => Handed::Over,
        StatusCode::NOT_FOUND | StatusCode::GONE => Handed::Gone,
        StatusCode::PAYLOAD_TOO_LARGE => Handed::TooLarge,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Handed::NotNow { wait: retry_after(answer), why: why() }
        }
        status if status.is_server_error() => Handed::NotNow { wait: retry_after(answer), why: why() },
        _ => Handed::Refused { why: why() },
    }
}

/// In seconds (RFC 9110 10.2.3). Dates are rare there and not worth a parser: then our own waiting times hold.
fn retry_after(answer: &Response) -> Option<Duration> {
    answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
