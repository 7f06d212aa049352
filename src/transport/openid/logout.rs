//! Signing out there as well, and being told that somebody signed out there (OpenID Connect RP-Initiated Logout 1.0 and
//! Back-Channel Logout 1.0).

use std::time::Duration;

use openidconnect::{ClientId, LogoutRequest, Nonce, PostLogoutRedirectUrl};
use serde_json::Value;

use super::known::IdToken;
use super::sign_in::{bad, is_unknown_key, token_problem};
use super::{OpenId, OpenIdError};
use crate::domain::identity::IdentityKey;
use crate::domain::time::Timestamp;

/// The member that says what a logout token is (Back-Channel Logout 1.0 2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// A logout token is not taken any longer, whatever it says itself; so long its id is remembered.
pub const LOGOUT_LASTS: Duration = Duration::from_secs(15 * 60);
/// How far the provider's clock may be ahead of ours.
const AHEAD: Duration = Duration::from_secs(120);

/// Whose sessions end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub key: IdentityKey,
    /// Only the sessions that belong to this one of the provider; all of the account if `None`.
    pub sid: Option<String>,
    /// The token's own id: it counts once.
    pub jti: String,
}

impl OpenId {
    /// Where a browser signs out at the provider; `None` if it offers that nowhere, or the admin does not want it.
    pub async fn leave(&self, id_token: Option<&str>, back: &str) -> Option<String> {
        if !self.provider.single_logout {
            return None;
        }
        let known = self.known.get(self).await.ok()?;
        let endpoint = known.metadata.additional_metadata().end_session_endpoint.clone()?;
        let mut request = LogoutRequest::from(endpoint)
            .set_client_id(ClientId::new(self.provider.client_id.clone()))
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(back.to_owned()).ok()?);
        if let Some(token) = id_token.and_then(|text| text.parse::<IdToken>().ok()) {
            request = request.set_id_token_hint(&token);
        }
        Some(request.http_get_url().to_string())
    }

    /// Whom a logout token is about. That it was not used before is for the caller to see to.
    ///
    /// # Errors
    /// [`OpenIdError::BadToken`] when it must not be believed, others when the provider's keys are not to be had.
    pub async fn check_logout(&self, text: &str) -> Result<Ended, OpenIdError> {
        let token: IdToken = text.parse().map_err(|_| bad("it is no token, or lacks sub, iat or exp"))?;
        let known = self.known.get(self).await?;
        let now = self.clock.now();
        let newer;
        let claims = match token.claims(&known.logout_verifier(now), without_nonce) {
            Err(error) if is_unknown_key(&error) => {
                newer = self.known.get_newer(self, &known).await?;
                token.claims(&newer.logout_verifier(now), without_nonce).map_err(token_problem)?
            }
            other => other.map_err(token_problem)?,
        };
        let issued = Timestamp::from_millis(claims.issue_time().timestamp_millis());
        if issued > now + AHEAD || now >= issued + LOGOUT_LASTS {
            return Err(bad("it was not issued just now"));
        }
        let said = &claims.additional_claims().all;
        let event = said.get("events").and_then(|events| events.get(EVENT));
        if !event.is_some_and(Value::is_object) {
            return Err(bad("it is no logout token: its events do not say so"));
        }
        let text = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
        let jti = text("jti").filter(|jti| !jti.is_empty()).ok_or_else(|| bad("it has no jti"))?;
        let key = IdentityKey { issuer: self.provider.issuer.clone(), subject: claims.subject().to_string() };
        Ok(Ended { key, sid: text("sid"), jti })
    }
}

/// With a nonce it would be an ID token that somebody hands in for more than it is (Back-Channel Logout 1.0 2.6).
fn without_nonce(nonce: Option<&Nonce>) -> Result<(), String> {
    match nonce {
        None => Ok(()),
        Some(_) => Err("a logout token has no nonce".to_owned()),
    }
}
