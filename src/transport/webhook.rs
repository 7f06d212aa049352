//! Telling another program by POST, at an address that the admin set. It may lie in an internal network: nobody else can
//! set it.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};

use super::connect::ConnectError;
use super::tls;

const ASKING: Duration = Duration::from_secs(10);

/// Why it was not told.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("This is no web address")]
    NoUrl,
    #[error(transparent)]
    Tls(#[from] ConnectError),
    #[error("It answers {0}")]
    Refused(u16),
    /// The address is a secret and stays out of the words.
    #[error("It does not answer: {0}")]
    Unreachable(String),
}

/// Hands over JSON once.
///
/// # Errors
/// [`WebhookError`] unless the answer is a success (2xx).
pub async fn call(address: &SecretString, json: Vec<u8>) -> Result<(), WebhookError> {
    let url = Url::parse(address.expose_secret()).map_err(|_| WebhookError::NoUrl)?;
    let unreachable = |error: reqwest::Error| {
        let error = error.without_url();
        let mut deepest: &dyn std::error::Error = &error;
        while let Some(source) = deepest.source() {
            deepest = source;
        }
        WebhookError::Unreachable(deepest.to_string())
    };
    let client = client()?;
    let request = client.post(url).header(CONTENT_TYPE, "application/json").body(json);
    let status = request.send().await.map_err(unreachable)?.status();
    if status.is_success() { Ok(()) } else { Err(WebhookError::Refused(status.as_u16())) }
}

fn client() -> Result<Client, ConnectError> {
    Client::builder()
        .tls_backend_preconfigured((*tls::client_config(None)?).clone())
        .redirect(Policy::none())
        .timeout(ASKING)
        .user_agent(concat!("mailmoot/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| ConnectError::Handshake { why: error.to_string() })
}
