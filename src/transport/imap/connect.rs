//! Greeting, STARTTLS and login.

use std::time::Duration;

use tokio::time::timeout;

use async_imap::{Authenticator, Client};
use secrecy::ExposeSecret;

use super::session::{ImapSession, lost, passes, words};
use super::{ImapAccount, ImapError};
use crate::domain::time::Timestamp;
use crate::transport::account::{Login, Security};
use crate::transport::connect::{self, ConnectError};
use crate::transport::stream::Stream;

/// For the end of a connection that is needed no more.
const GOOD_BYE: Duration = Duration::from_secs(1);

impl ImapAccount {
    /// Connects and signs in.
    ///
    /// # Errors
    /// [`ImapError`]; its `needs_admin` tells a wrong setting from a passing trouble.
    pub async fn connect(&self) -> Result<ImapSession, ImapError> {
        ImapSession::begin(self.sign_in().await?, self.clone()).await
    }

    /// Signs in, and out again.
    ///
    /// # Errors
    /// [`ImapError::LoginRefused`] for a wrong name or password, others when it cannot be told.
    pub(super) async fn check_login(&self) -> Result<(), ImapError> {
        let mut session = self.sign_in().await?;
        // It has said what was asked; whether it says good-bye does not matter.
        let _ = timeout(GOOD_BYE, session.logout()).await;
        Ok(())
    }

    async fn sign_in(&self) -> Result<async_imap::Session<Stream>, ImapError> {
        let (stream, capabilities) = timeout(self.patience.command, self.greet())
            .await
            .map_err(|_| ImapError::Connect(ConnectError::timeout(&self.server)))??;
        let Some(login) = &self.server.login else {
            return Err(ImapError::LoginRefused { reply: "no user name is set".to_owned() });
        };
        timeout(self.patience.command, sign_in(stream, login, &capabilities))
            .await
            .map_err(|_| ImapError::Timeout { command: "LOGIN" })?
    }

    /// Until when the server's certificate holds; `None` without TLS.
    ///
    /// # Errors
    /// [`ImapError::Connect`] when there is no connection.
    pub async fn certificate_end(&self) -> Result<Option<Timestamp>, ImapError> {
        if self.server.security == Security::None {
            return Ok(None);
        }
        let (stream, _) = timeout(self.patience.command, self.greet())
            .await
            .map_err(|_| ImapError::Connect(ConnectError::timeout(&self.server)))??;
        Ok(stream.certificate_end())
    }

    /// Up to the point where the login can follow: a protected stream and what the server says it can do.
    async fn greet(&self) -> Result<(Stream, String), ImapError> {
        let mut stream = connect::open(&self.server).await?;
        let greeting = self.read(&mut stream).await?;
        if !greeting.starts_with("* OK") {
            return Err(ConnectError::greeting(&self.server, &greeting).into());
        }
        if self.server.security == Security::StartTls {
            if !self.ask(&mut stream, "m1 STARTTLS").await?.1 {
                let (host, port) = (self.server.host.clone(), self.server.port);
                return Err(ConnectError::NoStartTls { host, port }.into());
            }
            let Stream::Plain(plain) = stream else {
                return Err(ImapError::Lost { why: "TLS was begun twice".to_owned() });
            };
            stream = connect::start_tls(&self.server, plain).await?;
        }
        let (said, _) = self.ask(&mut stream, "m2 CAPABILITY").await?;
        Ok((stream, said.to_ascii_uppercase()))
    }

    /// One command and all lines up to its tagged answer; whether that was OK.
    async fn ask(&self, stream: &mut Stream, command: &str) -> Result<(String, bool), ImapError> {
        let gone = |error| ConnectError::lost(&self.server, &error);
        let tag = command.split(' ').next().unwrap_or_default();
        stream.write_line(command).await.map_err(gone)?;
        let mut said = String::new();
        // A server that talks for ever is none; the time limit stands around this too.
        for _ in 0..100 {
            let line = self.read(stream).await?;
            if let Some(answer) = line.strip_prefix(tag) {
                let good = answer.trim_start().get(..2).is_some_and(|word| word.eq_ignore_ascii_case("OK"));
                return Ok((said, good));
            }
            said.push_str(&line);
            said.push('\n');
        }
        Err(ConnectError::greeting(&self.server, "too many lines").into())
    }

    async fn read(&self, stream: &mut Stream) -> Result<String, ConnectError> {
        stream.read_line().await.map_err(|error| ConnectError::lost(&self.server, &error))
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

async fn sign_in(
    stream: Stream,
    login: &Login,
    capabilities: &str,
) -> Result<async_imap::Session<Stream>, ImapError> {
    let client = Client::new(stream);
    let password = login.password.expose_secret();
    let plain = capabilities.split_whitespace().any(|word| word == "AUTH=PLAIN");
    let answer = if plain {
        client.authenticate("PLAIN", Plain(format!("\0{}\0{password}", login.user))).await
    } else {
        client.login(&login.user, password).await
    };
    answer.map_err(|(error, _)| login_error(error))
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
