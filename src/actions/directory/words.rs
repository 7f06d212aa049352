//! What went wrong with a directory, in words for the admin, and what to do about it.

use super::Source;
use crate::domain::directory_sync::{Hitch, Refused, SyncTrouble};
use crate::texts::Texts;
use crate::transport::account::Security;

/// What was seen, and advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TroubleWords {
    pub seen: String,
    pub advice: String,
}

/// A trouble of a source in the admin's words.
pub fn words(t: Texts, trouble: &SyncTrouble, source: &Source) -> TroubleWords {
    let server = source.server();
    let section = format!("directory.{}.", source.name);
    let (protocol, [tls, starttls]) = source.protocol();
    let values = [
        ("host", server.host.as_str()),
        ("section", section.as_str()),
        ("protocol", protocol),
        ("tls", tls),
        ("starttls", starttls),
        ("base", source.place()),
    ];
    let why = if trouble.words.is_empty() { "–" } else { trouble.words.as_str() };
    TroubleWords {
        seen: t.with(seen(trouble.hitch), &[("why", why)]).into_owned(),
        advice: t.with(advice(trouble.hitch, server.security), &values).into_owned(),
    }
}

/// Why an entry, or a part of it, was not taken.
pub fn why(t: Texts, refused: &Refused) -> String {
    t.with(refused.why.text_key(), &[("value", refused.why.value())]).into_owned()
}

fn seen(hitch: Hitch) -> &'static str {
    match hitch {
        Hitch::UnknownHost => "check-saw-unknown-host",
        Hitch::Unreachable => "check-saw-unreachable",
        Hitch::Timeout => "check-saw-timeout",
        Hitch::Certificate => "check-saw-certificate",
        Hitch::Handshake => "check-saw-handshake",
        Hitch::NoStartTls => "check-saw-no-starttls",
        Hitch::PlainAbroad => "check-saw-plain-abroad",
        Hitch::CaFile => "check-saw-ca-file",
        Hitch::Lost => "check-saw-lost",
        Hitch::BindRefused
        | Hitch::LoginRefused
        | Hitch::NeedsProtection
        | Hitch::BaseMissing
        | Hitch::Limit
        | Hitch::Refused => "check-saw-reply",
        Hitch::BadFilter => "directory-saw-filter",
        Hitch::Referral => "directory-saw-referral",
        Hitch::TooMany => "directory-saw-too-many",
        Hitch::NotADirectory => "directory-saw-none",
        Hitch::Fewer => "directory-saw-fewer",
        Hitch::Internal => "directory-saw-internal",
    }
}

fn advice(hitch: Hitch, security: Security) -> &'static str {
    match hitch {
        Hitch::UnknownHost => "check-advice-host",
        Hitch::Unreachable => "check-advice-port",
        Hitch::Certificate => "check-advice-certificate",
        Hitch::Handshake if security == Security::Tls => "check-advice-try-starttls",
        Hitch::Handshake => "check-advice-handshake",
        Hitch::NoStartTls => "check-advice-try-tls",
        Hitch::PlainAbroad => "check-advice-plain-abroad",
        Hitch::CaFile => "check-advice-ca-file",
        Hitch::Timeout | Hitch::Lost | Hitch::Internal => "check-advice-later",
        Hitch::LoginRefused => "check-advice-login",
        Hitch::BindRefused => "directory-advice-bind",
        Hitch::NeedsProtection => "directory-advice-protection",
        Hitch::BaseMissing => "directory-advice-base",
        Hitch::BadFilter => "directory-advice-filter",
        Hitch::Limit => "directory-advice-limit",
        Hitch::Referral => "directory-advice-referral",
        Hitch::Refused => "check-advice-refused",
        Hitch::TooMany => "directory-advice-too-many",
        Hitch::NotADirectory => "directory-advice-none",
        Hitch::Fewer => "directory-advice-fewer",
    }
}
