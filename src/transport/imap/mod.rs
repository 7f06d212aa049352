//! Reading a folder of an IMAP account (RFC 9051, RFC 3501).
//!
//! The position in a folder is UIDVALIDITY and the last UID; nothing here depends on flags, and nothing in the
//! folder is changed.

mod append;
mod connect;
mod fetch;
mod idle;
mod login;
mod mailbox;
mod mailbox_folders;
mod mailbox_search;
mod mailbox_threads;
mod password;
mod quota;
mod session;
mod utf7;

use std::time::Duration;

use super::account::MailServer;
use super::connect::ConnectError;
use super::login_gate::Paused;
use super::oauth::TokenError;

pub use connect::Greeted;
pub use mailbox::{Head, Mailbox};
pub use mailbox_search::Wish;
pub use password::PasswordServer;
pub use quota::Room;
pub use session::ImapSession;

/// An account and the folder in it that is read.
#[derive(Clone, Debug)]
pub struct ImapAccount {
    pub server: MailServer,
    /// As people write it, such as `INBOX` or `Gruppen/Österreich`.
    pub folder: String,
    /// A mail with more bytes is fetched as its header only.
    pub max_size: u64,
    pub patience: Patience,
}

impl ImapAccount {
    /// Whether it may be the same folder. INBOX has no case (RFC 9051 5.1), and neither have hosts; what servers make of other
    /// names is not known, so they count as the same as well.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let user = |one: &Self| one.server.login.as_ref().map(|login| login.user.to_lowercase());
        self.server.host.eq_ignore_ascii_case(&other.server.host)
            && user(self) == user(other)
            && self.folder.to_lowercase() == other.folder.to_lowercase()
    }
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the answer to one command; large mails get more.
    pub command: Duration,
    /// IDLE is asked anew after this time. RFC 2177 allows 29 minutes, but many routers forget a silent connection
    /// after five, and only asking shows that.
    pub idle: Duration,
    /// Between two looks at a server without IDLE.
    pub poll: Duration,
    /// After the first failure; doubled with each one that follows.
    pub retry: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            command: Duration::from_secs(60),
            idle: Duration::from_secs(4 * 60),
            poll: Duration::from_secs(30),
            retry: Duration::from_secs(1),
        }
    }
}

/// What SELECT says of a folder (RFC 9051 6.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderState {
    /// When it changes, the UIDs known so far mean nothing any more (RFC 9051 2.3.1.1).
    pub uid_validity: u32,
    /// The next mail's UID will be this or higher.
    pub uid_next: u32,
    /// How many mails are in the folder.
    pub exists: u32,
}

/// One mail of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedMail {
    pub uid: u32,
    /// The whole mail, or only its header if it is too large.
    pub raw: Vec<u8>,
    /// The mail's bytes when there are more than the account allows; `raw` is its header then.
    pub too_large: Option<u64>,
}

/// What ended the waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    NewMail,
    /// The time is up and nothing came.
    Quiet,
}

/// Why the account cannot be read now.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("The IMAP server refuses the user name or the password: {reply}")]
    LoginRefused { reply: String },
    #[error("The IMAP server refuses the access token: {reply}")]
    TokenRefused { reply: String },
    #[error("The IMAP server offers no login by a token (OAUTHBEARER or XOAUTH2)")]
    NoTokenLogin,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Paused(#[from] Paused),
    #[error("The IMAP server cannot check the login now: {reply}")]
    LoginUnavailable { reply: String },
    #[error("The IMAP server does not open the folder: {reply}")]
    FolderMissing { reply: String },
    #[error("The IMAP server refuses {command}: {reply}")]
    Refused { command: &'static str, reply: String },
    #[error("The IMAP server did not answer {command} in time")]
    Timeout { command: &'static str },
    #[error("The connection to the IMAP server was lost: {why}")]
    Lost { why: String },
    #[error("The IMAP server does not number its mails (UIDVALIDITY is missing), so none can be found again")]
    NoUids,
}

impl ImapError {
    /// Its words, if the login is what is wrong.
    fn of_login(&self) -> Option<String> {
        let is_refused = match self {
            Self::LoginRefused { .. } | Self::TokenRefused { .. } => true,
            Self::Token(error) => error.is_refusal(),
            _ => false,
        };
        is_refused.then(|| self.to_string())
    }

    /// Whether the server does not take this mail, rather than any mail now (RFC 5530 3).
    pub fn is_about_the_mail(&self) -> bool {
        match self {
            Self::Refused { reply, .. } => !session::passes(reply) && !reply.contains("[OVERQUOTA]"),
            _ => false,
        }
    }

    /// Whether it stays until somebody changes a setting. The worker goes on trying all the same.
    pub fn needs_admin(&self) -> bool {
        match self {
            Self::Connect(error) => error.needs_admin(),
            Self::Token(error) => error.needs_admin(),
            Self::LoginRefused { .. }
            | Self::TokenRefused { .. }
            | Self::Paused(_)
            | Self::NoTokenLogin
            | Self::FolderMissing { .. }
            | Self::NoUids => true,
            Self::LoginUnavailable { .. }
            | Self::Refused { .. }
            | Self::Timeout { .. }
            | Self::Lost { .. } => false,
        }
    }
}
