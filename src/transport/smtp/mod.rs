//! Handing mail to the submission server (RFC 6409), one recipient per transaction.

mod connect;
mod envelope;
mod login;
mod offers;
mod reply;
mod submitter;

use super::account::MailServer;
use super::connect::ConnectError;
use super::login_gate::Paused;
use super::oauth::TokenError;
use crate::mail::dkim::Unsigned;

pub use envelope::{Envelope, Reports};
pub use offers::Offers;
pub use reply::Reply;
pub use submitter::Submitter;

/// The account that mail is handed in with.
#[derive(Clone, Debug)]
pub struct SmtpAccount {
    pub server: MailServer,
}

/// The server took the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub reply: Reply,
}

/// To what the server said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The return path: most often, this account may not send as that address.
    Sender,
    Recipient,
    Content,
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("The SMTP server refuses the login: {0}")]
    LoginRefused(Reply),
    #[error("The SMTP server refuses the access token: {0}")]
    TokenRefused(Reply),
    #[error("The SMTP server offers no login by a token (OAUTHBEARER or XOAUTH2)")]
    NoTokenLogin,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Paused(#[from] Paused),
    #[error("The SMTP server offers no login that is known here (PLAIN or LOGIN)")]
    NoLogin,
    #[error("The SMTP server refuses the {}: {reply}", stage.word())]
    Refused { stage: Stage, reply: Reply },
    #[error("The SMTP server takes no addresses with letters beyond ASCII")]
    NoForeignLetters,
    #[error("The SMTP server did not answer in time")]
    Timeout,
    /// It did before, so it is this mail or its recipient that takes it so long.
    #[error("The SMTP server did not answer in time about this mail")]
    Silent,
    #[error(transparent)]
    Unsigned(#[from] Unsigned),
    #[error("The connection to the SMTP server was lost: {why}")]
    Lost { why: String },
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Content => "mail",
        }
    }
}

impl SmtpError {
    /// Its words, if the login is what is wrong.
    fn of_login(&self) -> Option<String> {
        let is_refused = match self {
            Self::LoginRefused(reply) => reply.is_permanent(),
            Self::TokenRefused(_) => true,
            Self::Token(error) => error.is_refusal(),
            _ => false,
        };
        is_refused.then(|| self.to_string())
    }

    /// Whether this mail will never be taken for this recipient.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Refused { reply, .. } => reply.is_permanent() && !self.needs_admin(),
            Self::NoForeignLetters => true,
            _ => false,
        }
    }

    /// Whether trying again later makes sense.
    pub fn is_transient(&self) -> bool {
        !self.is_permanent()
    }

    /// Whether it stays until somebody changes a setting. The mail waits for that.
    pub fn needs_admin(&self) -> bool {
        match self {
            Self::Connect(error) => error.needs_admin(),
            Self::Token(error) => error.needs_admin(),
            Self::LoginRefused(reply) => reply.is_permanent(),
            Self::NoLogin
            | Self::NoTokenLogin
            | Self::TokenRefused(_)
            | Self::Paused(_)
            | Self::Unsigned(_) => true,
            Self::Refused { stage, reply } => {
                reply.is_permanent() && (*stage == Stage::Sender || reply.wants_login())
            }
            Self::NoForeignLetters | Self::Timeout | Self::Silent | Self::Lost { .. } => false,
        }
    }

    /// The server's words, if it said any.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::LoginRefused(reply) | Self::TokenRefused(reply) | Self::Refused { reply, .. } => {
                Some(reply)
            }
            _ => None,
        }
    }
}
