//! The login on a submission server (RFC 4954): by a password, or by a token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret, SecretString};

use super::connect::{Ready, lost};
use super::{Reply, SmtpAccount, SmtpError};
use crate::transport::account::{Login, Proof};
use crate::transport::oauth::{Token, sasl};

/// A command is no longer, with its line end (RFC 5321 4.5.3.1.4); what is longer is said after the server asked for it
/// (RFC 4954 4).
const LONGEST_COMMAND: usize = 512;

impl SmtpAccount {
    /// A connection that is ready for mail.
    pub(super) async fn connect(&self) -> Result<Ready, SmtpError> {
        let Some(login) = &self.server.login else { return self.open().await };
        login.gate.pass(self.connect_by(login), SmtpError::of_login).await
    }

    async fn connect_by(&self, login: &Login) -> Result<Ready, SmtpError> {
        let tokens = match &login.proof {
            Proof::Password(password) => {
                let mut ready = self.open().await?;
                by_password(&mut ready, &login.user, password).await?;
                return Ok(ready);
            }
            Proof::Token(token) => return self.by_token(&login.user, token).await,
            Proof::Tokens(tokens) => tokens,
        };
        let token = tokens.get().await?;
        match self.by_token(&login.user, &token).await {
            // It may have been withdrawn before its time.
            Err(refused @ SmtpError::TokenRefused(_)) => match tokens.instead_of(&token).await? {
                Some(newer) => self.by_token(&login.user, &newer).await,
                None => Err(refused),
            },
            other => other,
        }
    }

    /// OAUTHBEARER (RFC 7628) or XOAUTH2. The library knows only the second, and not what a server says against a token.
    async fn by_token(&self, user: &str, token: &Token) -> Result<Ready, SmtpError> {
        let mut ready = self.open().await?;
        let connection = &mut ready.connection;
        let mechanism = ready.offers.by_token.ok_or(SmtpError::NoTokenLogin)?;
        let said = BASE64.encode(mechanism.first(&self.server, user, token));
        let whole = format!("AUTH {} {said}\r\n", mechanism.name());
        let mut answer = if whole.len() <= LONGEST_COMMAND {
            connection.command(whole).await
        } else {
            match connection.command(format!("AUTH {}\r\n", mechanism.name())).await {
                Ok(_) => connection.command(format!("{said}\r\n")).await,
                refused => refused,
            }
        };
        let error = answer.as_ref().ok().filter(|answer| answer.has_code(334)).map(in_words);
        if error.is_some() {
            let end = BASE64.encode(mechanism.to_an_error());
            answer = connection.command(format!("{end}\r\n")).await;
        }
        match answer {
            Ok(answer) if answer.has_code(235) => Ok(ready),
            Ok(answer) => Err(SmtpError::TokenRefused(Reply::of_response(&answer))),
            Err(error_of) => Err(refused(&error_of, error.flatten())),
        }
    }
}

async fn by_password(ready: &mut Ready, user: &str, password: &SecretString) -> Result<(), SmtpError> {
    let known = [Mechanism::Plain, Mechanism::Login];
    if ready.connection.server_info().get_auth_mechanism(&known).is_none() {
        return Err(SmtpError::NoLogin);
    }
    let credentials = Credentials::new(user.to_owned(), password.expose_secret().to_owned());
    let answer = ready.connection.auth(&known, &credentials).await;
    answer.map(|_| ()).map_err(|error| match Reply::of_error(&error) {
        Some(reply) => SmtpError::LoginRefused(reply),
        None => lost(&error),
    })
}

/// The server's error in words, as it stands in its answer.
fn in_words(answer: &Response) -> Option<String> {
    let said = BASE64.decode(answer.first_word()?).ok()?;
    sasl::told(&said)
}

fn refused(error: &lettre::transport::smtp::Error, told: Option<String>) -> SmtpError {
    let Some(mut reply) = Reply::of_error(error) else { return lost(error) };
    if let Some(told) = told {
        reply.text = format!("{} ({told})", reply.text);
    }
    // RFC 4954 6: 454 is a trouble of the server's, not of the token.
    if reply.is_permanent() { SmtpError::TokenRefused(reply) } else { SmtpError::LoginRefused(reply) }
}
