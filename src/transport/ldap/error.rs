//! Why an LDAP server does not give what was asked of it.

use std::io;

use crate::transport::account::MailServer;
use crate::transport::connect::{ConnectError, Doubt, tls_error};
use crate::transport::login_gate::Paused;

/// Result codes of LDAP (RFC 4511 appendix A).
mod code {
    pub const TIME_LIMIT: u32 = 3;
    pub const SIZE_LIMIT: u32 = 4;
    pub const STRONGER_AUTH: u32 = 8;
    pub const REFERRAL: u32 = 10;
    pub const ADMIN_LIMIT: u32 = 11;
    pub const CONFIDENTIALITY: u32 = 13;
    pub const NO_SUCH_OBJECT: u32 = 32;
    pub const INVALID_DN: u32 = 34;
    pub const INAPPROPRIATE_AUTH: u32 = 48;
    pub const INVALID_CREDENTIALS: u32 = 49;
    pub const UNWILLING: u32 = 53;
}

#[derive(Debug, thiserror::Error)]
pub enum LdapError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("The server refused the login: {reply}")]
    BindRefused { reply: String },
    #[error("The server wants a protected connection or a login: {reply}")]
    NeedsProtection { reply: String },
    #[error("The server has nothing at the base: {reply}")]
    BaseMissing { reply: String },
    #[error("The filter is no LDAP filter")]
    BadFilter,
    #[error("The server stopped after {got} entries: {reply}")]
    Limit { got: usize, reply: String },
    #[error("The server sends us to another one: {to}")]
    Referral { to: String },
    #[error("The server refused: {reply}")]
    Refused { reply: String },
    #[error("The server has more than {limit} entries there")]
    TooMany { limit: usize },
    #[error("The server did not answer in time")]
    Timeout,
    #[error("The connection was lost: {why}")]
    Lost { why: String },
}

impl From<Paused> for LdapError {
    fn from(paused: Paused) -> Self {
        Self::BindRefused { reply: paused.words }
    }
}

impl LdapError {
    /// The server's words, if the login is what is wrong.
    pub(super) fn of_login(&self) -> Option<String> {
        match self {
            Self::BindRefused { reply } => Some(reply.clone()),
            _ => None,
        }
    }

    /// A bind shows a password; tokens are for mail servers.
    pub(super) fn no_password() -> Self {
        Self::BindRefused { reply: "there is no password".to_owned() }
    }

    /// What the library says, after `got` entries of a search.
    pub(super) fn of(server: &MailServer, error: ldap3::LdapError, got: usize) -> Self {
        match error {
            ldap3::LdapError::LdapResult { result } => Self::of_result(&result, got),
            ldap3::LdapError::Timeout { .. } => Self::Timeout,
            ldap3::LdapError::FilterParsing => Self::BadFilter,
            ldap3::LdapError::Io { source } => Self::of_io(server, &source),
            ldap3::LdapError::Rustls { source } => {
                Self::Connect(tls_error(server, &io::Error::other(source)))
            }
            ldap3::LdapError::DNSName { source } => Self::Connect(ConnectError::Certificate {
                host: server.host.clone(),
                why: format!("{source}; a certificate is made out to a host name"),
                doubt: Doubt::Name,
            }),
            other => Self::Lost { why: other.to_string() },
        }
    }

    fn of_io(server: &MailServer, error: &io::Error) -> Self {
        if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
            return Self::Connect(tls_error(server, error));
        }
        Self::Lost { why: error.to_string() }
    }

    pub(super) fn of_result(result: &ldap3::LdapResult, got: usize) -> Self {
        let reply = words(result);
        match result.rc {
            code::SIZE_LIMIT | code::TIME_LIMIT | code::ADMIN_LIMIT => Self::Limit { got, reply },
            code::STRONGER_AUTH | code::CONFIDENTIALITY | code::INAPPROPRIATE_AUTH => {
                Self::NeedsProtection { reply }
            }
            code::REFERRAL => Self::Referral { to: clipped(&result.refs.join(" ")) },
            code::NO_SUCH_OBJECT | code::INVALID_DN => Self::BaseMissing { reply },
            code::INVALID_CREDENTIALS => Self::BindRefused { reply },
            _ => Self::Refused { reply },
        }
    }

    /// The same of a bind, where more codes mean that this user does not come in (RFC 4511 4.2.2).
    pub(super) fn of_bind(result: &ldap3::LdapResult) -> Self {
        match result.rc {
            code::NO_SUCH_OBJECT | code::INVALID_DN | code::UNWILLING => {
                Self::BindRefused { reply: words(result) }
            }
            _ => Self::of_result(result, 0),
        }
    }
}

/// The server's words, or the standard's name of its code.
fn words(result: &ldap3::LdapResult) -> String {
    let name = result.to_string();
    let name = name.split(", dn").next().unwrap_or_default();
    match result.text.trim() {
        "" => clipped(name),
        text => clipped(&format!("{name}: {text}")),
    }
}

fn clipped(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}
