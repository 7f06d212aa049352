//! Trying a provider step by step, for `mailmoot check`: what it says of itself, its keys, and whether it knows us.

use std::borrow::Cow;

use openidconnect::http::{Request, header};
use openidconnect::{AuthorizationCode, JsonWebKey, JsonWebKeyUse, PkceCodeVerifier, RedirectUrl};
use serde_json::Value;

use super::known::Known;
use super::sign_in::token_error;
use super::web::Web;
use super::{OpenIdError, Provider};
use crate::clock::Clock;
use crate::domain::time::Timestamp;

/// What a provider says first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its own name, letter by letter.
    pub issuer: String,
    /// Its clock, as it says with every answer (RFC 9110 6.6.1).
    pub now: Option<Timestamp>,
}

impl Provider {
    /// Where it describes itself (OpenID Connect Discovery 1.0 4.1).
    pub fn description_url(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'))
    }

    /// Asks it who it is.
    ///
    /// # Errors
    /// [`OpenIdError`] when it does not answer, or not with a description.
    pub async fn ask_who(&self) -> Result<Said, OpenIdError> {
        let unfit = |why: String| OpenIdError::Unfit { why };
        let request = Request::get(self.description_url()).body(Vec::new());
        let request = request.map_err(|error| unfit(error.to_string()))?;
        let answer = Web::new(self.ca_file.as_deref())?.ask(request).await?;
        if !answer.status().is_success() {
            return Err(unfit(format!("it answers {}", answer.status())));
        }
        let date = answer.headers().get(header::DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
        let said: Value = serde_json::from_slice(answer.body()).map_err(|error| unfit(error.to_string()))?;
        let issuer = said.get("issuer").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Said { issuer, now: date.map(|date| Timestamp::from_millis(date.timestamp_millis())) })
    }

    /// How many keys for signatures it publishes.
    ///
    /// # Errors
    /// [`OpenIdError`] when its description or its keys cannot be used.
    pub async fn count_keys(&self, clock: &Clock) -> Result<usize, OpenIdError> {
        let known = Known::fetch(self, clock.now()).await?;
        let keys = known.metadata.jwks().keys();
        let signs = |key: &&_| JsonWebKey::key_use(*key).is_none_or(JsonWebKeyUse::allows_signature);
        Ok(keys.iter().filter(signs).count())
    }

    /// The scopes that it lists (OpenID Connect Discovery 1.0 3); `None` if it lists none.
    ///
    /// # Errors
    /// [`OpenIdError`] when its description cannot be used.
    pub async fn listed_scopes(&self, clock: &Clock) -> Result<Option<Vec<String>>, OpenIdError> {
        let known = Known::fetch(self, clock.now()).await?;
        let listed = known.metadata.scopes_supported();
        Ok(listed.map(|all| all.iter().map(|scope| scope.as_str().to_owned()).collect()))
    }

    /// Whether it takes our client id and secret: a code that it never gave is refused, but not we ourselves. `back` is
    /// where browsers come back to.
    ///
    /// # Errors
    /// [`OpenIdError::Unfit`] when it refuses us, or answers in no way that tells.
    pub async fn try_client(&self, back: &str, clock: &Clock) -> Result<(), OpenIdError> {
        let known = Known::fetch(self, clock.now()).await?;
        let unfit = |why: String| OpenIdError::Unfit { why };
        let back = RedirectUrl::new(back.to_owned()).map_err(|error| unfit(error.to_string()))?;
        let ask = |request| known.web.clone().ask(request);
        let request = known.client.exchange_code(AuthorizationCode::new("mailmoot-check".to_owned()));
        let asked = request
            .map_err(|error| unfit(error.to_string()))?
            .set_redirect_uri(Cow::Borrowed(&back))
            .set_pkce_verifier(PkceCodeVerifier::new("m".repeat(43)))
            .request_async(&ask)
            .await;
        match asked.map_err(token_error) {
            Err(OpenIdError::CodeRefused) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(unfit("it takes a code that it never gave".to_owned())),
        }
    }
}
