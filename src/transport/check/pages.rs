//! The pages as browsers find them, from outside: by their public address.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

use crate::domain::settings::PublicUrl;
use crate::transport::tls;

const ASKING: Duration = Duration::from_secs(10);

/// What answers at the public address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A mailmoot.
    Us,
    /// Something else, with its HTTP status.
    Other(u16),
    /// Nothing, and why.
    Nobody(String),
}

/// Asks for the page that says whether we live.
pub async fn ask(url: &PublicUrl) -> Found {
    let asked = async {
        let config = tls::client_config(None).map_err(|error| error.to_string())?;
        let client = Client::builder()
            .tls_backend_preconfigured((*config).clone())
            .redirect(Policy::none())
            .timeout(ASKING)
            .build()
            .map_err(|error| error.to_string())?;
        let answer = client.get(url.join("/health/live")).send().await.map_err(|error| innermost(&error))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| innermost(&error))?;
        let ours = status.is_success() && text.contains("\"state\":\"live\"");
        Ok(if ours { Found::Us } else { Found::Other(status.as_u16()) })
    };
    asked.await.unwrap_or_else(Found::Nobody)
}

/// "error sending request" says nothing; its cause does.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}
