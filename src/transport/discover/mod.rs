//! From a mail address to the servers of its mailbox: what its domain publishes, and where it publishes nothing, what is usual.
//!
//! Everything found is only offered: nobody signs the DNS or these files, so that an admin looks at it before a password goes
//! there (RFC 6186 6).

mod autoconfig;
mod hosters;
mod srv;
mod usual;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::timeout;

use super::account::Security;
use super::dns::{Dns, NoDns};
use super::guard::Guard;
use crate::domain::address::EmailAddress;
use crate::domain::network::AddressBlock;
use crate::texts::Texts;

/// For what one source knows, such as all records of the DNS.
const SOURCE: Duration = Duration::from_secs(12);

/// The servers of a mailbox, as far as they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub imap: Option<Offer>,
    pub smtp: Option<Offer>,
    /// No name server answers: it is not known whether there is anything.
    pub is_unanswered: bool,
}

/// A server that may be the right one. Only such with TLS are offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// How the user is called there, where that is told and is not the address.
    pub user: Option<String>,
    pub by: By,
}

/// Who said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// SRV records of the domain (RFC 6186, RFC 8314 5.1).
    Srv,
    /// A file of the domain's web server for mail programs: its address.
    Autoconfig(String),
    /// Its mail goes to a provider whose servers are known.
    Hoster(&'static str),
    /// A server answers under a usual name.
    Usual,
}

/// Whom to ask. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Discovery {
    dns: Dns,
    guard: Guard,
    /// Where files for mail programs are, with `{domain}` in it.
    files: Vec<String>,
}

impl Discovery {
    /// Asks these name servers; those of this machine if there are none. Files are asked for in these internal networks alone.
    ///
    /// # Errors
    /// [`NoDns`] when the name servers of this machine are not known.
    pub fn asking(servers: &[SocketAddr], internal: &[AddressBlock]) -> Result<Self, NoDns> {
        let files = autoconfig::PLACES.map(str::to_owned).to_vec();
        Ok(Self { dns: Dns::asking(servers)?, guard: Guard::new(internal), files })
    }

    /// The same with files elsewhere.
    pub fn with_files_at(self, files: Vec<String>) -> Self {
        Self { files, ..self }
    }

    /// What is known of an address. Takes some seconds; what does not answer in time is as if it were not there.
    pub async fn find(&self, address: &EmailAddress) -> Found {
        let (srv, file, hoster) = tokio::join!(
            in_time(srv::find(&self.dns, address.domain())),
            in_time(autoconfig::find(&self.guard, &self.files, address)),
            timeout(SOURCE, hosters::find(&self.dns, address.domain())),
        );
        let hoster = hoster.ok().and_then(Result::ok);
        let is_unanswered = hoster.is_none();
        let known = srv.or(file).or(hoster.unwrap_or_default());
        if known.is_whole() {
            return known;
        }
        if known.is_nothing() && is_unanswered {
            return Found { is_unanswered, ..known };
        }
        known.or(in_time(usual::find(&self.dns, address.domain())).await)
    }
}

impl Found {
    fn is_whole(&self) -> bool {
        self.imap.is_some() && self.smtp.is_some()
    }

    pub fn is_nothing(&self) -> bool {
        self.imap.is_none() && self.smtp.is_none()
    }

    /// Why there is nothing.
    pub fn words_of_nothing(&self, address: &EmailAddress, texts: Texts) -> String {
        let key = if self.is_unanswered { "discover-unanswered" } else { "discover-nothing" };
        texts.with(key, &[("domain", address.domain())]).into_owned()
    }

    /// What is missing, from another source.
    fn or(self, other: Self) -> Self {
        Self { imap: self.imap.or(other.imap), smtp: self.smtp.or(other.smtp), is_unanswered: false }
    }
}

impl Offer {
    /// Whether the server is of another domain than the address: then it has to be known as the provider's.
    pub fn is_abroad(&self, address: &EmailAddress) -> bool {
        let (host, domain) = (self.host.to_lowercase(), address.domain().to_lowercase());
        host != domain && !host.ends_with(&format!(".{domain}"))
    }
}

impl By {
    pub fn words(&self, texts: Texts) -> String {
        let words = match self {
            Self::Srv => texts.get("discover-by-srv"),
            Self::Autoconfig(place) => texts.with("discover-by-file", &[("place", place.as_str())]),
            Self::Hoster(name) => texts.with("discover-by-hoster", &[("name", *name)]),
            Self::Usual => texts.get("discover-by-name"),
        };
        words.into_owned()
    }
}

/// A name that can be asked for, and stand in a configuration.
fn is_host(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    !text.is_empty() && text.len() <= 253 && text.chars().all(fits)
}

async fn in_time(source: impl Future<Output = Found>) -> Found {
    timeout(SOURCE, source).await.unwrap_or_default()
}
