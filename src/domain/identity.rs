//! Who somebody is by the word of an OpenID provider, and how far that word counts.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;
use super::digest::Digest;
use super::ids::{PersonId, ProviderVisitId};
use super::time::Timestamp;

/// What a provider says of somebody who signed in there, after its token was checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// With the subject the one thing that stays the same (OpenID Connect Core 1.0 5.7).
    pub key: IdentityKey,
    /// The provider's session, if it names one: what it ends later.
    pub sid: Option<String>,
    /// As written by the provider; may be no address at all.
    pub address: Option<String>,
    /// What the provider says of the address; `None` if it says nothing.
    pub verified: Option<bool>,
    pub full_name: String,
    pub groups: Vec<String>,
}

/// An account at a provider.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdentityKey {
    pub issuer: String,
    pub subject: String,
}

/// A sign-in on its way to a provider and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderVisit {
    pub id: ProviderVisitId,
    pub provider: String,
    /// The one that was sent there.
    pub browser: Digest,
    /// Where to go afterwards, a path on this server.
    pub target: String,
    pub created_at: Timestamp,
}

/// A session that began at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByProvider {
    pub key: IdentityKey,
    pub sid: Option<String>,
    pub id_token: Option<String>,
    /// Given by the provider's groups, for this session only.
    pub rights: Rights,
    /// It never lasts longer.
    pub ends_at: Timestamp,
}

/// Somebody with rights beside those in groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Righted {
    pub person_id: PersonId,
    pub full_name: String,
    /// Given at the command line.
    pub given: Rights,
    /// Given by a provider, while a session lasts.
    pub by_provider: Rights,
}

/// How far the word of a provider counts, as the admin decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// In these domains every address that the provider names is its owner's, though it says nothing about that. In lower
    /// case.
    pub owned_domains: Vec<String>,
    /// Only addresses of these domains are taken; all if there are none. In lower case.
    pub only_domains: Vec<String>,
    /// Who is in one of these groups is an admin.
    pub admin_groups: Vec<String>,
    /// Who is in one of these groups is an auditor.
    pub auditor_groups: Vec<String>,
}

/// Why a provider's address is not taken as somebody's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untrusted {
    /// It named none, or what is none.
    NoAddress,
    /// It does not say that the address is theirs, or says that it may not be.
    NotVerified,
    /// Of a domain that this provider may not speak for.
    OtherDomain,
}

/// One right beside those in groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    Admin,
    Auditor,
}

/// What somebody may do beside taking part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Sees and does everything that is on the admin pages.
    pub admin: bool,
    /// Reads the ledger and the audit log.
    pub auditor: bool,
}

impl Trust {
    /// The address that is certainly theirs.
    ///
    /// # Errors
    /// [`Untrusted`] says why there is none.
    pub fn address(&self, identity: &Identity) -> Result<EmailAddress, Untrusted> {
        let text = identity.address.as_deref().ok_or(Untrusted::NoAddress)?;
        let address: EmailAddress = text.trim().parse().map_err(|_| Untrusted::NoAddress)?;
        let domain = address.key().rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_among = |domains: &[String]| domains.iter().any(|one| one == domain);
        if !self.only_domains.is_empty() && !is_among(&self.only_domains) {
            return Err(Untrusted::OtherDomain);
        }
        match identity.verified {
            Some(true) => Ok(address),
            None if is_among(&self.owned_domains) => Ok(address),
            // A provider that says "no" is believed, whatever it owns.
            Some(false) | None => Err(Untrusted::NotVerified),
        }
    }

    /// What their groups give them.
    pub fn rights(&self, identity: &Identity) -> Rights {
        let is_in = |groups: &[String]| groups.iter().any(|group| identity.groups.contains(group));
        Rights { admin: is_in(&self.admin_groups), auditor: is_in(&self.auditor_groups) }
    }
}

impl Rights {
    /// Whether they read the ledger and the audit log.
    pub fn audits(self) -> bool {
        self.admin || self.auditor
    }
}

/// Names and addresses stay out of logs.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("verified", &self.verified).finish_non_exhaustive()
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityKey").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(address: Option<&str>, verified: Option<bool>) -> Identity {
        Identity {
            key: IdentityKey { issuer: "https://login.example".to_owned(), subject: "1".to_owned() },
            sid: None,
            address: address.map(str::to_owned),
            verified,
            full_name: String::new(),
            groups: vec!["moot-admins".to_owned(), "all".to_owned()],
        }
    }

    #[test]
    fn an_address_counts_only_by_a_word_that_counts() {
        let open = Trust::default();
        let owner = Trust { owned_domains: vec!["corp.example".to_owned()], ..Trust::default() };
        let only = Trust { only_domains: vec!["corp.example".to_owned()], ..Trust::default() };
        let (no, other) = (Err(Untrusted::NotVerified), Err(Untrusted::OtherDomain));
        for (address, verified, by_open, by_owner, by_only) in [
            ("Anna@Corp.example", Some(true), Ok(()), Ok(()), Ok(())),
            ("anna@corp.example", None, no, Ok(()), no),
            ("anna@corp.example", Some(false), no, no, no),
            ("anna@elsewhere.example", Some(true), Ok(()), Ok(()), other),
            ("anna@elsewhere.example", None, no, no, other),
            ("anna@corp.example.evil.example", None, no, no, other),
            ("anna@notcorp.example", None, no, no, other),
        ] {
            let identity = identity(Some(address), verified);
            let by = |trust: &Trust| trust.address(&identity).map(|_| ());
            assert_eq!(
                (by(&open), by(&owner), by(&only)),
                (by_open, by_owner, by_only),
                "{address} {verified:?}"
            );
        }
        for nothing in [None, Some(""), Some("anna"), Some("anna@corp.example, eve@corp.example")] {
            assert_eq!(
                open.address(&identity(nothing, Some(true))),
                Err(Untrusted::NoAddress),
                "{nothing:?}"
            );
        }
    }

    #[test]
    fn groups_give_rights_by_their_whole_name() {
        let trust = |admin: &str, auditor: &str| Trust {
            admin_groups: vec![admin.to_owned()],
            auditor_groups: vec![auditor.to_owned()],
            ..Trust::default()
        };
        let rights = |admin, auditor| trust(admin, auditor).rights(&identity(None, None));
        assert_eq!(rights("moot-admins", "auditors"), Rights { admin: true, auditor: false });
        assert_eq!(rights("moot", "all"), Rights { admin: false, auditor: true });
        assert_eq!(Trust::default().rights(&identity(None, None)), Rights::default());
    }
}
