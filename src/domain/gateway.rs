//! The addresses that people forward to: the house's own, and those for the people of other domains.

use super::address::EmailAddress;

/// How replies find their group when the reader's program keeps only the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplyStyle {
    /// `moot+token@corp.example` (RFC 5233): the mail system delivers subaddresses to the account.
    Subaddress,
    /// `token@groups.corp.example`: every address of this domain is delivered to the account.
    CatchAll { domain: String },
    /// One address for everything; only References tell the group.
    Single,
}

/// An address that people forward to, and how replies to it find their group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    pub address: EmailAddress,
    pub replies: ReplyStyle,
}

/// A gateway of its own for the people of some domains: mails to them come from it, and go through its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// As its section in the configuration.
    pub name: String,
    pub gateway: Gateway,
    /// In lower case.
    pub domains: Vec<String>,
}

impl Gateway {
    /// Whether mail to this address comes to it: such an address is nobody's who takes part.
    pub fn owns(&self, address: &EmailAddress) -> bool {
        if *address == self.address {
            return true;
        }
        let (local, domain) = address.key().rsplit_once('@').unwrap_or_default();
        let (own_local, own_domain) = self.address.key().rsplit_once('@').unwrap_or_default();
        match &self.replies {
            ReplyStyle::Subaddress => {
                domain == own_domain
                    && local.strip_prefix(own_local).is_some_and(|detail| detail.starts_with('+'))
            }
            ReplyStyle::CatchAll { domain: all } => domain == all.to_lowercase(),
            ReplyStyle::Single => false,
        }
    }

    fn is_of(&self, domain: &str) -> bool {
        self.address.domain().eq_ignore_ascii_case(domain)
    }
}

impl Branch {
    /// Whether mails to addresses of this domain come from here.
    pub fn serves(&self, domain: &str) -> bool {
        self.domains.iter().any(|one| one.eq_ignore_ascii_case(domain))
    }

    /// Whether a domain is one of its own.
    pub(super) fn is_of(&self, domain: &str) -> bool {
        self.gateway.is_of(domain) || self.serves(domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_addresses_are_recognised() {
        let catch_all = ReplyStyle::CatchAll { domain: "groups.corp.example".to_owned() };
        for (replies, address, own) in [
            (ReplyStyle::Subaddress, "moot@corp.example", true),
            (ReplyStyle::Subaddress, "moot+abc@corp.example", true),
            (ReplyStyle::Subaddress, "mooter@corp.example", false),
            (ReplyStyle::Subaddress, "moot+abc@other.example", false),
            (catch_all.clone(), "anything@Groups.corp.example", true),
            (catch_all.clone(), "moot@corp.example", true),
            (catch_all, "moot+abc@corp.example", false),
            (ReplyStyle::Single, "moot+abc@corp.example", false),
        ] {
            let gateway = Gateway { address: "Moot@Corp.example".parse().unwrap(), replies };
            assert_eq!(gateway.owns(&address.parse().unwrap()), own, "{address}");
        }
    }

    #[test]
    fn a_branch_serves_its_domains_whatever_their_case() {
        let gateway = Gateway { address: "moot@South.example".parse().unwrap(), replies: ReplyStyle::Single };
        let branch =
            Branch { name: "south".to_owned(), gateway, domains: vec!["sub.south.example".to_owned()] };
        assert!(branch.serves("Sub.South.example"));
        assert!(!branch.serves("south.example"), "only those that it is for");
        assert!(
            branch.is_of("south.example") && branch.is_of("SUB.south.example") && !branch.is_of("x.example")
        );
    }
}
