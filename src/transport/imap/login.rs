//! The login on a connection that was greeted: by a password, or by a token.

use async_imap::{Authenticator, Client};
use secrecy::{ExposeSecret, SecretString};

use super::ImapError;
use super::session::{lost, passes, words};
use crate::transport::account::MailServer;
use crate::transport::oauth::Token;
use crate::transport::oauth::sasl::{self, Mechanism};
use crate::transport::stream::Stream;

pub(super) type Session = async_imap::Session<Stream>;

/// What the server is shown besides the user name.
#[derive(Clone, Copy)]
pub(super) enum Shown<'a> {
    Password(&'a SecretString),
    Token(&'a Token),
}

/// Signs a user in, in the best way that the server offers.
pub(super) async fn sign_in(
    stream: Stream,
    (server, user, shown): (&MailServer, &str, Shown<'_>),
    capabilities: &str,
) -> Result<Session, ImapError> {
    let offers =
        |name: &str| capabilities.split_whitespace().any(|word| word.strip_prefix("AUTH=") == Some(name));
    match shown {
        Shown::Password(password) => by_password(stream, user, password, offers("PLAIN")).await,
        Shown::Token(token) => {
            let mechanism = Mechanism::among(offers).ok_or(ImapError::NoTokenLogin)?;
            let first = mechanism.first(server, user, token);
            by_token(stream, Bearer { mechanism, first: Some(first), told: None }).await
        }
    }
}

/// SASL PLAIN (RFC 4616), which takes names and passwords in any script.
struct Plain(String);

impl Authenticator for Plain {
    type Response = String;
    fn process(&mut self, _challenge: &[u8]) -> String {
        self.0.clone()
    }
}

async fn by_password(
    stream: Stream,
    user: &str,
    password: &SecretString,
    plain: bool,
) -> Result<Session, ImapError> {
    let client = Client::new(stream);
    let password = password.expose_secret();
    let answer = if plain {
        client.authenticate("PLAIN", Plain(format!("\0{user}\0{password}"))).await
    } else {
        client.login(user, password).await
    };
    answer.map_err(|(error, _)| login_error(error))
}

/// OAUTHBEARER or XOAUTH2: the token, and after an error the word that ends the dialogue.
struct Bearer {
    mechanism: Mechanism,
    first: Option<String>,
    /// What the server says of a token that it refuses.
    told: Option<String>,
}

impl Authenticator for &mut Bearer {
    type Response = String;
    fn process(&mut self, challenge: &[u8]) -> String {
        self.first.take().unwrap_or_else(|| {
            self.told = sasl::told(challenge);
            self.mechanism.to_an_error().to_owned()
        })
    }
}

async fn by_token(stream: Stream, mut bearer: Bearer) -> Result<Session, ImapError> {
    let answer = Client::new(stream).authenticate(bearer.mechanism.name(), &mut bearer).await;
    answer.map_err(|(error, _)| match (login_error(error), bearer.told) {
        (ImapError::LoginRefused { reply }, Some(told)) => {
            ImapError::TokenRefused { reply: format!("{reply} ({told})") }
        }
        (ImapError::LoginRefused { reply }, None) => ImapError::TokenRefused { reply },
        (other, _) => other,
    })
}

fn login_error(error: async_imap::error::Error) -> ImapError {
    match error {
        async_imap::error::Error::No(text) | async_imap::error::Error::Bad(text) => {
            let reply = words(&text);
            if passes(&reply) {
                ImapError::LoginUnavailable { reply }
            } else {
                ImapError::LoginRefused { reply }
            }
        }
        async_imap::error::Error::Validate(_) => {
            ImapError::LoginRefused { reply: "the user name or password holds a line break".to_owned() }
        }
        other => lost(&other),
    }
}
