//! Requests to providers: TLS, no redirects, little time, and answers of a size that fits.

use std::path::Path;
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse, http};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::OpenIdError;
use crate::transport::tls;

const CONNECTING: Duration = Duration::from_secs(5);
const ASKING: Duration = Duration::from_secs(10);
/// Bytes of an answer: keys and claims are some thousand.
const LARGEST: usize = 1_000_000;

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoAnswer {
    #[error("{0}")]
    Failed(String),
    /// It was not even asked for.
    #[error("it names an address that does not begin with https://, {0}")]
    Unprotected(String),
}

impl From<NoAnswer> for OpenIdError {
    fn from(error: NoAnswer) -> Self {
        let why = error.to_string();
        match error {
            NoAnswer::Failed(_) => Self::Unreachable { why },
            NoAnswer::Unprotected(_) => Self::Unfit { why },
        }
    }
}

/// What asks one provider.
#[derive(Clone, Debug)]
pub struct Web(Client);

impl Web {
    /// # Errors
    /// [`OpenIdError::Unfit`] when the file of certificates cannot be used.
    pub fn new(ca_file: Option<&Path>) -> Result<Self, OpenIdError> {
        let unfit = |why: String| OpenIdError::Unfit { why };
        let config = tls::client_config(ca_file).map_err(|error| unfit(error.to_string()))?;
        Client::builder()
            .tls_backend_preconfigured((*config).clone())
            // A redirect could lead a secret elsewhere (OpenID Connect has none between servers).
            .redirect(Policy::none())
            .connect_timeout(CONNECTING)
            .timeout(ASKING)
            .user_agent(concat!("mailmoot/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
            .map_err(|error| unfit(error.to_string()))
    }

    /// Asks once. The answer's status may be any.
    ///
    /// # Errors
    /// [`NoAnswer`] when there is none, or too much of one.
    pub async fn ask(self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let url = request.uri().to_string();
        if !is_protected(&url) {
            return Err(NoAnswer::Unprotected(url));
        }
        let request = request.try_into().map_err(|error: reqwest::Error| told(&error))?;
        let mut answer = self.0.execute(request).await.map_err(|error| told(&error.without_url()))?;
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(|error| told(&error.without_url()))? {
            if body.len() + part.len() > LARGEST {
                return Err(NoAnswer::Failed(format!("its answer has more than {LARGEST} bytes")));
            }
            body.extend_from_slice(&part);
        }
        let mut response = http::Response::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

/// Secrets go over TLS; without it only within this machine, where tests and small proxies are.
pub fn is_protected(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let here = || url.host_str().is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
    url.scheme() == "https" || (url.scheme() == "http" && here())
}

/// "error sending request" says nothing; its cause does.
fn told(error: &dyn std::error::Error) -> NoAnswer {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    NoAnswer::Failed(deepest.to_string())
}

#[cfg(test)]
mod tests {
    use super::is_protected;

    #[test]
    fn secrets_go_over_tls_or_stay_on_this_machine() {
        for url in
            ["https://login.example/a", "http://127.0.0.1:29401", "http://localhost/x", "http://[::1]:80/"]
        {
            assert!(is_protected(url), "{url}");
        }
        for url in [
            "http://login.example/",
            "http://127.0.0.1.evil.example/",
            "ftp://localhost/",
            "login.example",
            "",
        ] {
            assert!(!is_protected(url), "{url}");
        }
    }
}
