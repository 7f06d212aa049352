//! What an error looks like to an admin, and what to do about it.

use super::tokens;
use crate::texts::Texts;
use crate::transport::account::{MailServer, Security};
use crate::transport::connect::{ConnectError, Doubt};
use crate::transport::imap::ImapError;
use crate::transport::oauth::TokenError;
use crate::transport::smtp::{SmtpError, Stage};

/// An error in the admin's words.
pub(super) struct Trouble {
    pub seen: String,
    pub advice: String,
}

/// Which of the servers an error is about; its settings have that name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Imap,
    Smtp,
    /// The IMAP server that people sign in at themselves.
    People,
}

impl Protocol {
    pub fn name(self) -> &'static str {
        match self {
            Self::Imap | Self::People => "IMAP",
            Self::Smtp => "SMTP",
        }
    }

    /// How the names of its settings begin.
    pub fn section(self) -> &'static str {
        match self {
            Self::Imap => "imap.",
            Self::Smtp => "smtp.",
            Self::People => "sign_in.imap_",
        }
    }

    fn tls_port(self) -> &'static str {
        match self {
            Self::Imap | Self::People => "993",
            Self::Smtp => "465",
        }
    }

    fn starttls_port(self) -> &'static str {
        match self {
            Self::Imap | Self::People => "143",
            Self::Smtp => "587",
        }
    }
}

/// The step at which a connection failed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hurdle {
    Find,
    Connect,
    Protect,
}

pub(super) fn hurdle(error: &ConnectError) -> Hurdle {
    match error {
        ConnectError::UnknownHost { .. } => Hurdle::Find,
        ConnectError::Unreachable { .. } | ConnectError::PlainAbroad { .. } => Hurdle::Connect,
        _ => Hurdle::Protect,
    }
}

/// The texts have the same names for both protocols.
pub(super) fn of_connection(
    texts: Texts,
    protocol: Protocol,
    server: &MailServer,
    error: &ConnectError,
) -> Trouble {
    let (seen, why) = saw(error);
    let advice = match error {
        ConnectError::UnknownHost { .. } => "check-advice-host",
        ConnectError::Unreachable { .. } => "check-advice-port",
        ConnectError::Certificate { doubt, .. } => match doubt {
            Doubt::Issuer => "check-advice-certificate-issuer",
            Doubt::Time => "check-advice-certificate-time",
            Doubt::Name | Doubt::Other => "check-advice-certificate",
        },
        // A server that waits for TLS does not greet.
        ConnectError::Timeout { .. } | ConnectError::Lost { .. } | ConnectError::Greeting { .. }
            if server.security != Security::Tls =>
        {
            "check-advice-try-tls"
        }
        ConnectError::Handshake { .. } if server.security == Security::Tls => "check-advice-try-starttls",
        ConnectError::Handshake { .. } => "check-advice-handshake",
        ConnectError::NoStartTls { .. } => "check-advice-try-tls",
        ConnectError::PlainAbroad { .. } => "check-advice-plain-abroad",
        ConnectError::CaFile { .. } => "check-advice-ca-file",
        ConnectError::Timeout { .. } | ConnectError::Greeting { .. } | ConnectError::Lost { .. } => {
            "check-advice-port"
        }
    };
    let values = [
        ("host", server.host.as_str()),
        ("section", protocol.section()),
        ("protocol", protocol.name()),
        ("tls", protocol.tls_port()),
        ("starttls", protocol.starttls_port()),
    ];
    let seen = texts.with(seen, &[("why", why.as_str())]).into_owned();
    Trouble { seen, advice: texts.with(advice, &values).into_owned() }
}

/// The text for what was seen, and what goes into it.
fn saw(error: &ConnectError) -> (&'static str, String) {
    match error {
        ConnectError::UnknownHost { why, .. } => ("check-saw-unknown-host", why.clone()),
        ConnectError::Unreachable { why, .. } => ("check-saw-unreachable", why.clone()),
        ConnectError::Timeout { .. } => ("check-saw-timeout", String::new()),
        ConnectError::Certificate { why, .. } => ("check-saw-certificate", why.clone()),
        ConnectError::Handshake { why } => ("check-saw-handshake", why.clone()),
        ConnectError::NoStartTls { .. } => ("check-saw-no-starttls", String::new()),
        ConnectError::PlainAbroad { .. } => ("check-saw-plain-abroad", String::new()),
        ConnectError::Greeting { said, .. } => ("check-saw-greeting", said.clone()),
        ConnectError::CaFile { path, why } => ("check-saw-ca-file", format!("{}: {why}", path.display())),
        ConnectError::Lost { why, .. } => ("check-saw-lost", why.clone()),
    }
}

/// There was no token to sign in with; the step that asks for one says why.
fn of_token(texts: Texts, error: &TokenError) -> Trouble {
    let seen = texts.with("check-saw-no-token", &[("why", tokens::words(texts, error))]).into_owned();
    Trouble { seen, advice: texts.get("check-advice-no-token").into_owned() }
}

/// What an IMAP server said after the connection was made.
pub(super) fn of_imap(texts: Texts, error: &ImapError) -> Trouble {
    let (seen, why, advice) = match error {
        ImapError::LoginRefused { reply } => ("check-saw-reply", reply.as_str(), "check-advice-login"),
        ImapError::Paused(paused) => ("check-saw-reply", paused.words.as_str(), "check-advice-login"),
        ImapError::TokenRefused { reply } => ("check-saw-reply", reply.as_str(), "check-advice-token-login"),
        ImapError::NoTokenLogin => ("check-saw-no-token-login", "", "check-advice-no-token-login"),
        ImapError::Token(error) => return of_token(texts, error),
        ImapError::LoginUnavailable { reply } => ("check-saw-reply", reply.as_str(), "check-advice-later"),
        ImapError::FolderMissing { reply } => ("check-saw-reply", reply.as_str(), "check-advice-folder"),
        ImapError::Refused { reply, .. } => ("check-saw-reply", reply.as_str(), "check-advice-later"),
        ImapError::Timeout { .. } => ("check-saw-timeout", "", "check-advice-later"),
        ImapError::NoUids => ("check-saw-no-uids", "", "check-advice-no-uids"),
        ImapError::Lost { why } => ("check-saw-lost", why.as_str(), "check-advice-later"),
        ImapError::Connect(error) => {
            let (seen, why) = saw(error);
            let seen = texts.with(seen, &[("why", why.as_str())]).into_owned();
            return Trouble { seen, advice: texts.get("check-advice-later").into_owned() };
        }
    };
    let seen = texts.with(seen, &[("why", why)]).into_owned();
    Trouble { seen, advice: texts.with(advice, &[("section", Protocol::Imap.section())]).into_owned() }
}

/// What an SMTP server said after the connection was made.
pub(super) fn of_smtp(texts: Texts, error: &SmtpError) -> Trouble {
    let reply = error.reply().map(ToString::to_string).unwrap_or_default();
    let (seen, why, advice) = match error {
        SmtpError::LoginRefused(_) => ("check-saw-reply", reply, "check-advice-login"),
        SmtpError::Paused(paused) => ("check-saw-reply", paused.words.clone(), "check-advice-login"),
        SmtpError::TokenRefused(_) => ("check-saw-reply", reply, "check-advice-token-login"),
        SmtpError::NoTokenLogin => ("check-saw-no-token-login", String::new(), "check-advice-no-token-login"),
        SmtpError::Token(error) => return of_token(texts, error),
        SmtpError::NoLogin => ("check-saw-no-login", String::new(), "check-advice-no-login"),
        SmtpError::Refused { stage: Stage::Sender, .. } => {
            ("check-saw-reply", reply, "check-advice-may-not-send")
        }
        SmtpError::Refused { reply: said, .. } if said.wants_login() => {
            ("check-saw-reply", reply, "check-advice-login")
        }
        SmtpError::Refused { .. } => ("check-saw-reply", reply, "check-advice-refused"),
        SmtpError::NoForeignLetters => ("check-saw-no-utf8", String::new(), "check-advice-refused"),
        SmtpError::Unsigned(why) => ("check-saw-unsigned", why.to_string(), "check-advice-unsigned"),
        SmtpError::Timeout | SmtpError::Silent => ("check-saw-timeout", String::new(), "check-advice-later"),
        SmtpError::Lost { why } => ("check-saw-lost", why.clone(), "check-advice-later"),
        SmtpError::Connect(error) => {
            let (seen, why) = saw(error);
            (seen, why, "check-advice-later")
        }
    };
    let seen = texts.with(seen, &[("why", why.as_str())]).into_owned();
    Trouble { seen, advice: texts.with(advice, &[("section", Protocol::Smtp.section())]).into_owned() }
}
