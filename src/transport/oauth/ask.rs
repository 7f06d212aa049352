//! One request to a token address (RFC 6749 4.4.2 and 6), and what it answers.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use oauth2::basic::{BasicClient, BasicErrorResponse, BasicTokenResponse, BasicTokenType};
use oauth2::{
    ClientId, ClientSecret, HttpRequest, HttpResponse, RefreshToken, RequestTokenError, Scope, TokenResponse,
    TokenUrl, http::StatusCode,
};
use secrecy::{ExposeSecret, SecretString};

use super::{TokenClient, TokenError};
use crate::transport::openid::{NoAnswer, Web, is_protected};

/// Letters of a provider's own words.
const MOST_WORDS: usize = 500;
const MOST_SCOPES: usize = 50;

/// A good answer (RFC 6749 5.1).
pub(super) struct Answer {
    pub token: SecretString,
    pub lifetime: Option<Duration>,
    pub scopes: Vec<String>,
    pub refresh_token: Option<SecretString>,
}

type Failure = RequestTokenError<NoAnswer, BasicErrorResponse>;

/// Asks once, by a refresh token or for the client itself.
pub(super) async fn ask(client: &TokenClient, shown: Option<&SecretString>) -> Result<Answer, TokenError> {
    let unfit = |why: String| TokenError::Unfit { why };
    if !is_protected(&client.token_url) {
        return Err(unfit("it has to begin with https://".to_owned()));
    }
    let url = TokenUrl::new(client.token_url.clone()).map_err(|error| unfit(error.to_string()))?;
    let mut asking = BasicClient::new(ClientId::new(client.client_id.clone())).set_token_uri(url);
    if let Some(secret) = &client.client_secret {
        asking = asking.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
    }
    let web = Web::new(client.ca_file.as_deref()).map_err(|error| unfit(error.to_string()))?;
    let status = Arc::new(OnceLock::new());
    let send = |request| send(web.clone(), request, Arc::clone(&status));
    let scopes = client.scopes.iter().map(|scope| Scope::new(scope.clone()));
    let answered = match shown {
        Some(token) => {
            let token = RefreshToken::new(token.expose_secret().to_owned());
            asking.exchange_refresh_token(&token).add_scopes(scopes).request_async(&send).await
        }
        None => asking.exchange_client_credentials().add_scopes(scopes).request_async(&send).await,
    };
    match answered {
        Ok(answer) => good(&answer),
        Err(error) => Err(Words { client, shown }.failed(error, status.get().copied())),
    }
}

/// Notes the status, which the library does not tell.
async fn send(
    web: Web,
    request: HttpRequest,
    status: Arc<OnceLock<StatusCode>>,
) -> Result<HttpResponse, NoAnswer> {
    let answer = web.ask(request).await?;
    let _ = status.set(answer.status());
    Ok(answer)
}

fn good(answer: &BasicTokenResponse) -> Result<Answer, TokenError> {
    let unfit = |why: &str| Err(TokenError::Unfit { why: why.to_owned() });
    if *answer.token_type() != BasicTokenType::Bearer {
        return unfit("its tokens are of another kind than Bearer");
    }
    let token = answer.access_token().secret();
    // RFC 6750 2.1; what is more could say something else to the mail server.
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return unfit("its token holds letters that no token has");
    }
    let scopes = answer.scopes().into_iter().flatten().map(|scope| scope.as_str());
    let newer = answer.refresh_token().map(|token| token.secret().as_str());
    Ok(Answer {
        token: token.as_str().into(),
        lifetime: answer.expires_in(),
        scopes: scopes.filter(|scope| is_shown(scope)).take(MOST_SCOPES).map(str::to_owned).collect(),
        refresh_token: newer.filter(|token| !token.is_empty()).map(Into::into),
    })
}

/// Fit to be shown (RFC 6749 3.3).
fn is_shown(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Tells failures without what was secret in the question: some providers repeat it.
struct Words<'a> {
    client: &'a TokenClient,
    shown: Option<&'a SecretString>,
}

impl Words<'_> {
    fn failed(&self, error: Failure, status: Option<StatusCode>) -> TokenError {
        match error {
            RequestTokenError::ServerResponse(said) => {
                let description = said.error_description().map(String::as_str).unwrap_or_default();
                TokenError::Refused {
                    error: self.clean(said.error().as_ref()),
                    description: self.clean(description),
                }
            }
            RequestTokenError::Request(error @ NoAnswer::Unprotected(_)) => {
                TokenError::Unfit { why: error.to_string() }
            }
            RequestTokenError::Request(error) => TokenError::Unreachable { why: error.to_string() },
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => no_token(status),
        }
    }

    fn clean(&self, text: &str) -> String {
        let secrets = [self.client.client_secret.as_ref(), self.client.refresh_token.as_ref(), self.shown];
        let mut text = text.to_owned();
        for secret in secrets.into_iter().flatten() {
            text = text.replace(secret.expose_secret(), "***");
        }
        let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        one_line.chars().filter(|c| !c.is_control()).take(MOST_WORDS).collect()
    }
}

/// An answer that is none of RFC 6749: most often another page than the token address.
fn no_token(status: Option<StatusCode>) -> TokenError {
    let Some(status) = status else { return TokenError::Unfit { why: "it cannot be asked".to_owned() } };
    let why = format!("it answers {status}");
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        TokenError::Unreachable { why }
    } else {
        TokenError::Unfit { why }
    }
}
