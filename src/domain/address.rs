//! Mail addresses: parsed once at the door, trusted inside.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest address that fits a forward path (RFC 5321 4.5.3.1.3, less its angle brackets).
const LONGEST: usize = 254;
/// The longest local part (RFC 5321 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// One addr-spec (RFC 5322 3.4.1, with the UTF-8 of RFC 6532) as it was written.
///
/// Two addresses that differ only in case are equal: no mail system in use tells them apart, and people
/// write them as they like. [`EmailAddress::key`] is the form to look up and to compare by.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    spelled: String,
    key: String,
}

/// Why a text is no mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    #[error("An address has a part before and a part after one @")]
    NoAt,
    #[error("An address has at most 254 characters, 64 of them before the @")]
    TooLong,
    #[error("An address contains no spaces, brackets or control characters")]
    BadCharacter,
    #[error("The part after the @ is no domain name")]
    BadDomain,
}

impl EmailAddress {
    /// As written, for showing and for sending.
    pub fn as_str(&self) -> &str {
        &self.spelled
    }

    /// In lower case, for comparing and for looking up.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Before the last `@`.
    pub fn local_part(&self) -> &str {
        self.spelled.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The address without the detail after its first `+` (RFC 5233 1): mail for `anna+moot@` comes to `anna@`. `None` if it
    /// has none, or is quoted, where a `+` means nothing.
    pub fn without_detail(&self) -> Option<Self> {
        let (user, _) = self.local_part().split_once('+')?;
        if user.is_empty() || user.starts_with('"') {
            return None;
        }
        format!("{user}@{}", self.domain()).parse().ok()
    }

    /// Whether it is the same mailbox, with a detail or without (RFC 5233).
    pub fn is_mailbox_of(&self, other: &Self) -> bool {
        let plain = |address: &Self| address.without_detail().unwrap_or_else(|| address.clone());
        plain(self) == plain(other)
    }

    /// After the last `@`, as written.
    pub fn domain(&self) -> &str {
        self.spelled.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for EmailAddress {
    type Err = AddressProblem;

    /// Takes an addr-spec without display name or angle brackets; outer white space is cut.
    fn from_str(text: &str) -> Result<Self, AddressProblem> {
        let spelled = text.trim();
        let (local, domain) = spelled.rsplit_once('@').ok_or(AddressProblem::NoAt)?;
        if local.is_empty() || domain.is_empty() {
            return Err(AddressProblem::NoAt);
        }
        if spelled.len() > LONGEST || local.len() > LONGEST_LOCAL {
            return Err(AddressProblem::TooLong);
        }
        let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
        let bad_anywhere = |c: char| {
            c.is_control() || matches!(c, '<' | '>' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let bad_unquoted = |c: char| {
            c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | ':' | '\\' | '"' | '@')
        };
        if spelled.contains(bad_anywhere) || (!quoted && local.contains(bad_unquoted)) {
            return Err(AddressProblem::BadCharacter);
        }
        if !is_domain(domain) {
            return Err(AddressProblem::BadDomain);
        }
        Ok(Self { key: spelled.to_lowercase(), spelled: spelled.to_owned() })
    }
}

/// Labels of letters, digits, hyphens and underscores (or any other script), or an address literal (RFC 5321 4.1.3).
fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[') {
        return literal.strip_suffix(']').is_some_and(|inner| {
            inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-'))
        });
    }
    let good = |c: char| c.is_alphanumeric() || c == '-' || c == '_' || (!c.is_ascii() && !c.is_whitespace());
    domain.split('.').all(|label| !label.is_empty() && label.len() <= 63 && label.chars().all(good))
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl Eq for EmailAddress {}
impl PartialOrd for EmailAddress {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for EmailAddress {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}
impl std::hash::Hash for EmailAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}
impl TryFrom<String> for EmailAddress {
    type Error = AddressProblem;
    fn try_from(text: String) -> Result<Self, AddressProblem> {
        text.parse()
    }
}
impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.spelled
    }
}
impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spelled)
    }
}
impl fmt::Debug for EmailAddress {
    /// Addresses must not reach a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***@***")
    }
}

/// An address with the display name that stood beside it, if any (RFC 5322 3.4, `mailbox`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedAddress {
    pub name: Option<String>,
    pub address: EmailAddress,
}

impl NamedAddress {
    /// What to call this person: the name, or else the local part of the address.
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.address.local_part())
    }
}

impl From<EmailAddress> for NamedAddress {
    fn from(address: EmailAddress) -> Self {
        Self { name: None, address }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_differ_in_case_are_equal() {
        let a: EmailAddress = "Anna.Berg@Corp.Example".parse().unwrap();
        assert_eq!(a, "anna.berg@corp.example".parse().unwrap());
        assert_eq!(a.as_str(), "Anna.Berg@Corp.Example");
    }

    #[test]
    fn what_is_no_address_says_why() {
        for (text, problem) in [
            ("", AddressProblem::NoAt),
            ("anna", AddressProblem::NoAt),
            ("@corp.example", AddressProblem::NoAt),
            ("anna berg@corp.example", AddressProblem::BadCharacter),
            ("anna@corp..example", AddressProblem::BadDomain),
            ("anna@corp example", AddressProblem::BadDomain),
            ("a\r\nBcc: b@corp.example", AddressProblem::BadCharacter),
        ] {
            assert_eq!(text.parse::<EmailAddress>().unwrap_err(), problem, "{text:?}");
        }
        assert_eq!(
            format!("{}@x.example", "a".repeat(65)).parse::<EmailAddress>().unwrap_err(),
            AddressProblem::TooLong
        );
    }

    #[test]
    fn addresses_in_other_scripts_are_taken() {
        let a: EmailAddress = "李雷@例子.中国".parse().unwrap();
        assert_eq!((a.local_part(), a.domain()), ("李雷", "例子.中国"));
    }
}
