//! What an admin decides, as the rules need it. The configuration file is read elsewhere.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

use super::address::EmailAddress;
use super::gateway::{Branch, Gateway};
use super::language::Language;
use super::network::AddressBlock;
use super::policy::{Domains, Policy};
use super::retention::RetentionSettings;
use super::zone::Zone;

/// Where people and their browsers find the pages, such as `https://moot.corp.example`. Without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

/// The text is no address of web pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A public address begins with https:// or http://, has a host name")]
pub struct NoPublicUrl;

impl PublicUrl {
    /// A page below it; `path` begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether cookies may ask for TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether something stands behind host and port.
    pub fn has_path(&self) -> bool {
        self.0.split_once("://").is_some_and(|(_, rest)| rest.contains('/'))
    }

    /// Whether only browsers on this machine get there.
    pub fn is_of_this_machine(&self) -> bool {
        ["localhost", "127.", "[::1]"].iter().any(|host| self.authority().starts_with(host))
    }

    /// Host and port as written.
    pub fn authority(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    pub fn scheme(&self) -> &str {
        self.0.split_once("://").map_or("", |(scheme, _)| scheme)
    }

    /// Scheme, host and port as a browser's `Origin` has them (RFC 6454 6.2): in lower case, without the usual port.
    pub fn origin(&self) -> String {
        let authority = self.authority().to_lowercase();
        let usual = if self.is_https() { ":443" } else { ":80" };
        format!("{}://{}", self.scheme(), authority.strip_suffix(usual).unwrap_or(&authority))
    }
}

impl std::str::FromStr for PublicUrl {
    type Err = NoPublicUrl;

    fn from_str(text: &str) -> Result<Self, NoPublicUrl> {
        let text = text.trim().trim_end_matches('/');
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let authority = rest.ok_or(NoPublicUrl)?.split('/').next().unwrap_or_default();
        let odd =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '@' | '?' | '#');
        if authority.is_empty() || authority.starts_with(':') || text.contains(odd) {
            return Err(NoPublicUrl);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the whole house goes by.
#[derive(Clone, Debug)]
pub struct Settings {
    pub public_url: PublicUrl,
    /// Web servers before this one, whose word on where a request comes from counts.
    pub trusted_proxies: Vec<AddressBlock>,
    pub mail: MailSettings,
    pub limits: Limits,
    pub files: FileRules,
    pub sign_in: SignInSettings,
    pub presence: PresenceSettings,
    pub push: PushSettings,
    pub share: ShareSettings,
    pub queue: QueueSettings,
    pub alerts: AlertSettings,
    pub retention: RetentionSettings,
    pub policy: Policy,
    /// Networks of the house that may be asked although an address in them came from a browser.
    pub internal_networks: Vec<AddressBlock>,
}

/// Who is told that something is wrong, beside the admins.
#[derive(Clone, Debug, Default)]
pub struct AlertSettings {
    /// Where another program takes it by POST; whoever knows the address may write there, so it is secret.
    pub webhook: Option<SecretString>,
}

/// To whom members may mail what they share, beyond the members of their group and the people of the organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareSettings {
    pub outside_domains: Domains,
}

/// How mails go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueSettings {
    /// So many mails to one domain are on their way at most.
    pub at_once: usize,
    /// So many are handed over to one domain within a minute at most; as many as there are if `None`.
    pub per_minute: Option<u32>,
    /// A mail that has waited for so long is given up (RFC 5321 4.5.4.1 asks for four or five days).
    pub patience: Duration,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self { at_once: 12, per_minute: None, patience: Duration::from_secs(5 * 24 * 3600) }
    }
}

/// Notices in browsers whose page is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushSettings {
    /// They go through the push services of the browsers' makers.
    pub enabled: bool,
}

/// The gateway as mail sees it.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// For everybody without one of their own.
    pub gateway: Gateway,
    /// For the people of other domains.
    pub branches: Vec<Branch>,
    /// The name beside its address.
    pub name: String,
    /// How long messages wait for more to go out in one mail.
    pub hold: Duration,
    /// A mail with more bytes is not taken; its sender is told.
    pub max_size: u64,
    /// So many bytes of files go along in a mail of a group; what is more, is linked.
    pub attach_up_to: u64,
    /// The language for people of whom none is known.
    pub language: Language,
    /// The clock of people of whom none is known.
    pub zone: Zone,
    /// Servers whose Authentication-Results count (RFC 8601 2.5), in lower case.
    pub authserv_ids: Vec<String>,
    /// Signatures of mails are checked here (RFC 6376), with questions to the DNS.
    pub check_dkim: bool,
}

impl MailSettings {
    /// Every one; the house's own first.
    pub fn gateways(&self) -> impl Iterator<Item = &Gateway> {
        std::iter::once(&self.gateway).chain(self.branches.iter().map(|branch| &branch.gateway))
    }

    /// The one that mails to somebody come from.
    pub fn gateway_for(&self, receiver: &EmailAddress) -> &Gateway {
        self.branch_for(receiver.domain()).map_or(&self.gateway, |branch| &branch.gateway)
    }

    /// The branch that serves the people of a domain, if one does.
    pub fn branch_for(&self, domain: &str) -> Option<&Branch> {
        self.branches.iter().find(|branch| branch.serves(domain))
    }

    /// The branch whose address this is.
    pub fn branch_at(&self, address: &EmailAddress) -> Option<&Branch> {
        self.branches.iter().find(|branch| branch.gateway.address == *address)
    }

    /// The right side of our Message-IDs: the same for everybody, so that the mails of a group are one thread.
    pub fn domain(&self) -> &str {
        self.gateway.address.domain()
    }

    /// Whether mail to this address comes to us: such an address is nobody's who takes part.
    pub fn owns(&self, address: &EmailAddress) -> bool {
        self.gateways().any(|gateway| gateway.owns(address))
    }

    /// Whether an address is of a domain that a gateway is of or for.
    pub fn is_at_home(&self, address: &EmailAddress) -> bool {
        let domain = address.domain();
        self.domain().eq_ignore_ascii_case(domain) || self.branches.iter().any(|branch| branch.is_of(domain))
    }
}

/// How much of something is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file that can be put into a group, in bytes.
    pub file_size: u64,
    /// So many mails of one sender are worked on within an hour; the others wait in the ledger for the admin.
    pub mails_per_hour: u32,
    /// So many sign-in mails can be asked for from one network within an hour, for everybody together.
    pub sign_in_mails_per_hour: u32,
    /// How long after posting an author may edit or remove a message.
    pub edit_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_size: 50_000_000,
            mails_per_hour: 1_000,
            sign_in_mails_per_hour: 300,
            edit_time: Duration::from_secs(24 * 3600),
        }
    }
}

/// When somebody counts as away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresenceSettings {
    /// A page that nobody has touched for so long is not looked at.
    pub idle: Duration,
}

impl Default for PresenceSettings {
    fn default() -> Self {
        Self { idle: Duration::from_secs(600) }
    }
}

/// Which files are taken from browsers. Those of mails went through the mail system's own rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRules {
    /// Endings of names, in lower case and without the full stop. A file is also refused when its contents are of such
    /// a kind under another name.
    pub forbidden: Vec<String>,
}

impl FileRules {
    /// What Windows runs when somebody opens it.
    const PROGRAMS: [&str; 18] = [
        "bat", "cmd", "com", "cpl", "exe", "hta", "jse", "lnk", "msi", "msp", "pif", "ps1", "reg", "scr",
        "vbe", "vbs", "wsf", "wsh",
    ];

    pub fn forbids(&self, ending: &str) -> bool {
        self.forbidden.iter().any(|forbidden| forbidden == ending)
    }
}

impl Default for FileRules {
    fn default() -> Self {
        Self { forbidden: Self::PROGRAMS.map(str::to_owned).to_vec() }
    }
}

/// Who may sign in beyond the people of the address book, and what they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInSettings {
    /// In lower case.
    pub domains: Vec<String>,
    /// Own mailboxes open with the sign-in alone: nobody is asked for a mail password there.
    pub no_mailbox_passwords: bool,
}

impl SignInSettings {
    pub fn takes(&self, address: &EmailAddress) -> bool {
        address.key().rsplit_once('@').is_some_and(|(_, domain)| self.domains.iter().any(|own| own == domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_address_of_pages() {
        let url: PublicUrl = "https://moot.corp.example:8443/discuss/".parse().unwrap();
        assert_eq!(url.join("/groups"), "https://moot.corp.example:8443/discuss/groups");
        assert_eq!((url.origin().as_str(), url.is_https()), ("https://moot.corp.example:8443", true));
        assert!(url.has_path() && !"https://moot.corp.example/".parse::<PublicUrl>().unwrap().has_path());
        for (url, origin) in [
            ("https://Moot.corp.example:443/x", "https://moot.corp.example"),
            ("http://moot.corp.example:80", "http://moot.corp.example"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(url.parse::<PublicUrl>().unwrap().origin(), origin);
        }
        for bad in ["", "moot.corp.example", "https://", "ftp://x", "http://a b", "http://x/?q", "http://:80"]
        {
            assert_eq!(bad.parse::<PublicUrl>(), Err(NoPublicUrl), "{bad:?}");
        }
    }
}
