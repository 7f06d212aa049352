//! Greeting, STARTTLS, and signing in.

use std::time::Duration;

use tokio::time::timeout;

use super::login::{Session, Shown, sign_in};
use super::session::ImapSession;
use super::{ImapAccount, ImapError};
use crate::domain::time::Timestamp;
use crate::transport::account::{Login, Proof, Security};
use crate::transport::connect::{self, ConnectError};
use crate::transport::stream::Stream;

/// A server that greeted.
#[derive(Clone, Debug)]
pub struct Greeted {
    /// Until when its certificate holds; `None` without TLS.
    pub certificate_end: Option<Timestamp>,
    /// In upper case.
    capabilities: String,
}

impl Greeted {
    /// Whether a password can be shown here: by SASL PLAIN, or by LOGIN, which a server can switch off (RFC 9051 6.2.3).
    pub fn takes_passwords(&self) -> bool {
        let mut words = self.capabilities.split_whitespace();
        words.clone().any(|word| word == "AUTH=PLAIN") || !words.any(|word| word == "LOGINDISABLED")
    }

    /// The ways to sign in that it names (RFC 4422), such as `PLAIN`.
    pub fn mechanisms(&self) -> Vec<&str> {
        self.capabilities.split_whitespace().filter_map(|word| word.strip_prefix("AUTH=")).collect()
    }
}

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

    async fn sign_in(&self) -> Result<Session, ImapError> {
        let Some(login) = &self.server.login else {
            return Err(ImapError::LoginRefused { reply: "no user name is set".to_owned() });
        };
        login.gate.pass(self.sign_in_by(login), ImapError::of_login).await
    }

    async fn sign_in_by(&self, login: &Login) -> Result<Session, ImapError> {
        let tokens = match &login.proof {
            Proof::Password(password) => {
                return self.sign_in_with(&login.user, Shown::Password(password)).await;
            }
            Proof::Token(token) => return self.sign_in_with(&login.user, Shown::Token(token)).await,
            Proof::Tokens(tokens) => tokens,
        };
        let token = tokens.get().await?;
        match self.sign_in_with(&login.user, Shown::Token(&token)).await {
            // It may have been withdrawn before its time.
            Err(refused @ ImapError::TokenRefused { .. }) => match tokens.instead_of(&token).await? {
                Some(newer) => self.sign_in_with(&login.user, Shown::Token(&newer)).await,
                None => Err(refused),
            },
            other => other,
        }
    }

    async fn sign_in_with(&self, user: &str, shown: Shown<'_>) -> Result<Session, ImapError> {
        let (stream, capabilities) = timeout(self.patience.command, self.greet())
            .await
            .map_err(|_| ImapError::Connect(ConnectError::timeout(&self.server)))??;
        timeout(self.patience.command, sign_in(stream, (&self.server, user, shown), &capabilities))
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
        Ok(self.look().await?.certificate_end)
    }

    /// What the server says before anybody signs in.
    ///
    /// # Errors
    /// [`ImapError::Connect`] when there is no connection.
    pub async fn look(&self) -> Result<Greeted, ImapError> {
        let (stream, capabilities) = timeout(self.patience.command, self.greet())
            .await
            .map_err(|_| ImapError::Connect(ConnectError::timeout(&self.server)))??;
        Ok(Greeted { certificate_end: stream.certificate_end(), capabilities })
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
