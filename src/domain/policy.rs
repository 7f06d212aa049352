//! What the organisation allows, set once by its admins and shown where it bites.

use std::time::Duration;

use super::address::EmailAddress;
use super::person::Person;
use super::share::Share;

/// Domains of mail addresses, in lower case; `None` is every domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Domains(pub Option<Vec<String>>);

impl Domains {
    pub fn allow(&self, address: &EmailAddress) -> bool {
        let Some(domains) = &self.0 else { return true };
        domains.iter().any(|one| address.domain().eq_ignore_ascii_case(one))
    }
}

/// Who may begin groups, of the people of the organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Starters {
    #[default]
    Everybody,
    /// Those with one of these addresses, or with one of these domains; in lower case. Admins in any case.
    Only(Vec<String>),
}

impl Starters {
    pub fn include(&self, address: &EmailAddress) -> bool {
        match self {
            Self::Everybody => true,
            Self::Only(listed) => {
                listed.iter().any(|one| one == address.key() || address.domain().eq_ignore_ascii_case(one))
            }
        }
    }
}

/// The company's rules. Each holds from the moment it is set; memberships and links that are there stay as they are,
/// but for [`Policy::share_links`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Where members may come from who are not of the organisation.
    pub outside_members: Domains,
    pub starters: Starters,
    /// Whether a share can be opened by everybody who has its link; without, links that are out are for members only.
    pub share_links: bool,
    /// The longest time for which a share can be opened, in days; one of [`Share::LASTS`].
    pub share_days: i64,
    /// How long a personal link in an invitation signs its receiver in.
    pub link_lasts: Duration,
    /// A session ends this long after its last sign of life.
    pub session_lasts: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            outside_members: Domains::default(),
            starters: Starters::default(),
            share_links: true,
            share_days: 365,
            link_lasts: Duration::from_hours(30 * 24),
            session_lasts: Duration::from_hours(90 * 24),
        }
    }
}

impl Policy {
    /// Whether this person may begin groups, if they are of the organisation.
    pub fn may_start(&self, person: &Person) -> bool {
        self.starters == Starters::Everybody
            || person.addresses.iter().any(|address| self.starters.include(address))
    }

    /// For how many days a share can be opened: what its sharer chooses from.
    pub fn share_choices(&self) -> impl Iterator<Item = i64> + '_ {
        Share::LASTS.into_iter().filter(|days| *days <= self.share_days)
    }

    /// The nearest to what was chosen that is allowed.
    pub fn share_lasts(&self, chosen: i64) -> i64 {
        chosen.min(self.share_days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_addresses_are_held_against_what_is_listed() {
        let address = |text: &str| text.parse::<EmailAddress>().unwrap();
        let partner = Domains(Some(vec!["partner.example".to_owned()]));
        assert!(partner.allow(&address("Kenji@Partner.Example")));
        assert!(!partner.allow(&address("kenji@not-partner.example")));
        assert!(!partner.allow(&address("kenji@sub.partner.example")), "a subdomain is another domain");
        assert!(Domains::default().allow(&address("a@b.example")));
        assert!(!Domains(Some(Vec::new())).allow(&address("a@b.example")));

        let some = Starters::Only(vec!["eva@corp.example".to_owned(), "sales.example".to_owned()]);
        for (who, may) in [
            ("Eva@corp.example", true),
            ("anna@corp.example", false),
            ("anyone@sales.example", true),
            ("eva@other.example", false),
        ] {
            assert_eq!(some.include(&address(who)), may, "{who}");
        }
    }

    #[test]
    fn a_share_lasts_no_longer_than_is_allowed() {
        let policy = Policy { share_days: 30, ..Policy::default() };
        assert_eq!(policy.share_choices().collect::<Vec<_>>(), [1, 7, 30]);
        assert_eq!((policy.share_lasts(365), policy.share_lasts(7)), (30, 7));
    }
}
