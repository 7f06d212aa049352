//! How to reach a mail server and who to be there.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::login_gate::{LoginGate, with_again};
use super::oauth::{Token, Tokens};

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (RFC 8314 3): ports 993 and 465.
    Tls,
    /// Plain at first, then TLS on the same port (RFC 3207, RFC 9051 6.2.1): ports 143 and 587.
    StartTls,
    /// No protection; only to a server on this machine.
    None,
}

/// One mail server and how to sign in there.
#[derive(Clone)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// `None` for a server that takes mail from this machine without a login.
    pub login: Option<Login>,
    /// Certificates to trust beside the system's (PEM), for a private certificate authority.
    pub ca_file: Option<PathBuf>,
}

impl MailServer {
    /// How long nobody tries to sign in there, since it refused that.
    pub fn shut_for(&self) -> Option<Duration> {
        self.login.as_ref()?.gate.shut_for()
    }

    /// A trouble with it, and when the login is tried again if it was refused.
    pub fn told(&self, words: String) -> String {
        if self.shut_for().is_some() { with_again(&words) } else { words }
    }

    /// An admin says that a refused login is mended.
    pub fn open_gate(&self) {
        if let Some(login) = &self.login {
            login.gate.open();
        }
    }

    /// Whether it is reached and trusted in the same way, whoever signs in there.
    pub fn is_at(&self, other: &Self) -> bool {
        let way = |one: &Self| (one.host.to_lowercase(), one.port, one.security, one.ca_file.clone());
        way(self) == way(other)
    }
}

/// A user name, and what proves it.
#[derive(Clone)]
pub struct Login {
    pub user: String,
    pub proof: Proof,
    /// Each login passes here. One that was made anew, as from changed settings, knows of no refusal.
    pub gate: LoginGate,
}

/// What a server is shown besides the user name.
#[derive(Clone)]
pub enum Proof {
    Password(SecretString),
    /// A token of an OAuth provider; mail servers only.
    Tokens(Tokens),
    /// One token, which somebody else renews; mail servers only.
    Token(Box<Token>),
}

impl Login {
    pub fn new(user: String, proof: Proof) -> Self {
        Self { user, proof, gate: LoginGate::default() }
    }

    pub fn by_password(user: String, password: SecretString) -> Self {
        Self::new(user, Proof::Password(password))
    }
}

impl fmt::Debug for MailServer {
    /// User names are often addresses, which must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailServer({}:{} {:?})", self.host, self.port, self.security)
    }
}
