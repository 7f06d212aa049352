//! From a mail address to the servers of its mailbox: what its domain publishes, and where it publishes nothing, what is usual.
//!
//! Everything found is only offered: nobody signs the DNS or these files, so that an admin looks at it before a password goes
//! there (RFC 6186 6).

mod autoconfig;
mod hosters;
mod srv;
mod usual;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use tokio::time::timeout;

use super::account::Security;
use super::connect::ConnectError;
use super::dns::{Dns, NoDns};
use super::tls;
use crate::domain::address::EmailAddress;
use crate::texts::Texts;

/// For connecting, and for each file that is asked for.
const CONNECTING: Duration = Duration::from_secs(4);
const ASKING: Duration = Duration::from_secs(8);
/// For what one source knows, such as all records of the DNS.
const SOURCE: Duration = Duration::from_secs(12);

/// The servers of a mailbox, as far as they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub imap: Option<Offer>,
    pub smtp: Option<Offer>,
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
    client: Client,
    /// Where files for mail programs are, with `{domain}` in it.
    files: Vec<String>,
}

/// Why nobody can be asked.
#[derive(Debug, thiserror::Error)]
pub enum NoDiscovery {
    #[error(transparent)]
    Dns(#[from] NoDns),
    #[error(transparent)]
    Tls(#[from] ConnectError),
    #[error("{0}")]
    Client(#[from] reqwest::Error),
}

impl Discovery {
    /// Asks these name servers; those of this machine if there are none.
    ///
    /// # Errors
    /// [`NoDiscovery`] when those of this machine are not known, or TLS can't be set up.
    pub fn asking(servers: &[SocketAddr]) -> Result<Self, NoDiscovery> {
        let dns = Dns::asking(servers)?;
        let client = Client::builder()
            .tls_backend_preconfigured((*tls::client_config(None)?).clone())
            .dns_resolver(Arc::new(ByDns(dns.clone())))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECTING)
            .timeout(ASKING)
            .user_agent(concat!("mailmoot/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let files = autoconfig::PLACES.map(str::to_owned).to_vec();
        Ok(Self { dns, client, files })
    }

    /// The same with files elsewhere.
    pub fn with_files_at(self, files: Vec<String>) -> Self {
        Self { files, ..self }
    }

    /// What is known of an address. Takes some seconds; what does not answer in time is as if it were not there.
    pub async fn find(&self, address: &EmailAddress) -> Found {
        let (srv, file, hoster) = tokio::join!(
            in_time(srv::find(&self.dns, address.domain())),
            in_time(autoconfig::find(&self.client, &self.files, address)),
            in_time(hosters::find(&self.dns, address.domain())),
        );
        let known = srv.or(file).or(hoster);
        if known.is_whole() {
            return known;
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

    /// What is missing, from another source.
    fn or(self, other: Self) -> Self {
        Self { imap: self.imap.or(other.imap), smtp: self.smtp.or(other.smtp) }
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

async fn in_time(source: impl Future<Output = Found>) -> Found {
    timeout(SOURCE, source).await.unwrap_or_default()
}

/// Names are asked of the same servers as records are.
struct ByDns(Dns);

impl Resolve for ByDns {
    fn resolve(&self, name: Name) -> Resolving {
        let dns = self.0.clone();
        Box::pin(async move {
            let found = dns.addresses(name.as_str()).await?;
            let addresses: Vec<SocketAddr> = found.into_iter().map(|ip| SocketAddr::new(ip, 0)).collect();
            Ok::<Addrs, _>(Box::new(addresses.into_iter()))
        })
    }
}
