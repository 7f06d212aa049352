//! Access to somebody's own mailbox: it comes with their sign-in where that is asked for, and is renewed as long as the provider
//! goes on giving it (RFC 6749 6).

use std::fmt;
use std::time::Duration;

use openidconnect::core::{CoreErrorResponseType, CoreTokenType};
use openidconnect::{OAuth2TokenResponse, RefreshToken, RequestTokenError, StandardErrorResponse};
use secrecy::{ExposeSecret, SecretString};

use super::known::Tokens;
use super::sign_in::bad;
use super::web::NoAnswer;
use super::{OpenId, OpenIdError};
use crate::transport::oauth::scopes::all_lacking;

/// A token of more bytes is not kept.
const LONGEST: usize = 16_384;
const MOST_SCOPES: usize = 200;
/// Errors after which only the person can help, by signing in there again (RFC 6749 5.2, OpenID Connect Core 1.0 3.1.2.6).
const OVER: [&str; 4] = ["invalid_grant", "interaction_required", "login_required", "consent_required"];
/// Errors that pass by themselves.
const PASSING: [&str; 2] = ["temporarily_unavailable", "server_error"];

/// What a provider gives for a mail server (RFC 6749 5.1).
#[derive(Clone)]
pub struct Granted {
    pub access_token: SecretString,
    /// `None` if the provider does not say.
    pub lifetime: Option<Duration>,
    /// `None` if there is none, or no newer one.
    pub refresh_token: Option<SecretString>,
    /// It is for something else than a mailbox, as the provider says itself.
    pub lacks_mailbox: bool,
}

/// Why it is not renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRenewed {
    /// The provider took it back, or it has run out: the person has to sign in there again.
    Over,
    /// It may work later, or when somebody has changed a setting.
    Trouble(OpenIdError),
}

impl fmt::Debug for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Granted {
    /// What an answer gives; `None` for tokens of another kind, and for what could say something else to a mail server (RFC 6750 2.1).
    pub(super) fn of(tokens: &Tokens, asked: &[String]) -> Option<Self> {
        let fits = |text: &&str| {
            !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let access_token = Some(tokens.access_token().secret().as_str()).filter(fits)?;
        let refresh_token = tokens.refresh_token().map(|token| token.secret().as_str()).filter(fits);
        let scopes = tokens.scopes().into_iter().flatten();
        let given: Vec<String> = scopes.take(MOST_SCOPES).map(|scope| scope.as_str().to_owned()).collect();
        (*tokens.token_type() == CoreTokenType::Bearer).then(|| Self {
            access_token: access_token.into(),
            lifetime: tokens.expires_in(),
            refresh_token: refresh_token.map(Into::into),
            lacks_mailbox: all_lacking(asked, &given),
        })
    }
}

impl OpenId {
    /// A new access token for a refresh token, which may be worth nothing afterwards: the answer can bring another one.
    ///
    /// # Errors
    /// [`NotRenewed`]
    pub async fn renew(&self, refresh_token: &SecretString) -> Result<Granted, NotRenewed> {
        let known = self.known.get(self).await.map_err(NotRenewed::Trouble)?;
        let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
        let ask = |request| known.web.clone().ask(request);
        let unfit = |why: String| NotRenewed::Trouble(OpenIdError::Unfit { why });
        let request =
            known.client.exchange_refresh_token(&token).map_err(|error| unfit(error.to_string()))?;
        let answer = request.request_async(&ask).await.map_err(not_renewed)?;
        let granted = Granted::of(&answer, &self.provider.mailbox.scopes);
        granted.ok_or_else(|| NotRenewed::Trouble(bad("it gives no token for mail servers")))
    }
}

/// Without the provider's own words: some repeat what they were asked.
fn not_renewed(
    error: RequestTokenError<NoAnswer, StandardErrorResponse<CoreErrorResponseType>>,
) -> NotRenewed {
    let trouble = match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(answer) => {
            let code = answer.error().to_string();
            let is_name =
                code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let code = if is_name { code.as_str() } else { "with an error" };
            if OVER.contains(&code) {
                return NotRenewed::Over;
            }
            let why = format!("the token endpoint answers {code}");
            if PASSING.contains(&code) {
                OpenIdError::Unreachable { why }
            } else {
                OpenIdError::Unfit { why }
            }
        }
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            bad("the token endpoint's answer holds no token")
        }
    };
    NotRenewed::Trouble(trouble)
}
