//! Asking the DNS: the name servers that the admin names, or those of this machine.

use std::net::{IpAddr, SocketAddr};

use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::lookup::Lookup;
use mail_auth::hickory_resolver::net::NetError;
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::hickory_resolver::proto::rr::RData;

/// Whom names are asked of. Cheap to clone.
#[derive(Clone)]
pub struct Dns(pub(super) TokioResolver);

/// Why names can't be asked of anybody.
#[derive(Debug, thiserror::Error)]
#[error("The DNS servers of this machine are not known: {0}")]
pub struct NoDns(pub(super) String);

/// Where a service of a domain is (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    pub priority: u16,
    pub host: String,
    pub port: u16,
}

impl std::fmt::Debug for Dns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dns").finish_non_exhaustive()
    }
}

impl Dns {
    /// Asks these servers; those of this machine if there are none.
    ///
    /// # Errors
    /// [`NoDns`] when those of this machine are not known.
    pub fn asking(servers: &[SocketAddr]) -> Result<Self, NoDns> {
        let none = |error: &dyn std::fmt::Display| NoDns(error.to_string());
        let builder = if servers.is_empty() {
            TokioResolver::builder_tokio().map_err(|error| none(&error))?
        } else {
            let named = servers.iter().map(name_server).collect();
            let config = ResolverConfig::from_parts(None, Vec::new(), named);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
                .with_options(ResolverOpts::default())
        };
        Ok(Self(builder.build().map_err(|error| none(&error))?))
    }

    /// The first TXT record of a name, its strings put together (RFC 6376 3.6.2.2); `None` if there is none.
    ///
    /// # Errors
    /// In words, when nobody answers.
    pub async fn txt(&self, name: &str) -> Result<Option<String>, String> {
        let found = answered(self.0.txt_lookup(format!("{name}.")).await)?;
        let Some(found) = found else { return Ok(None) };
        let texts = found.answers().iter().filter_map(|record| match &record.data {
            RData::TXT(text) => {
                Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect())
            }
            _ => None,
        });
        Ok(texts.into_iter().next())
    }

    /// Where a service is, such as `_imaps._tcp.corp.example`; the first is to be tried first. Empty if it says that there is
    /// none (RFC 2782, "Target").
    ///
    /// # Errors
    /// In words, when nobody answers.
    pub async fn services(&self, name: &str) -> Result<Vec<Service>, String> {
        let found = answered(self.0.srv_lookup(format!("{name}.")).await)?;
        let Some(found) = found else { return Ok(Vec::new()) };
        let records = found.answers().iter().filter_map(|record| match &record.data {
            RData::SRV(srv) => {
                let host = host_name(&srv.target.to_utf8());
                Some(Service { priority: srv.priority, host, port: srv.port })
            }
            _ => None,
        });
        let mut all: Vec<Service> = records.filter(|one| !one.host.is_empty() && one.port != 0).collect();
        all.sort();
        Ok(all)
    }

    /// Where the mail of a domain goes (RFC 5321 5.1), those first that are preferred.
    ///
    /// # Errors
    /// In words, when nobody answers.
    pub async fn exchangers(&self, domain: &str) -> Result<Vec<String>, String> {
        let found = answered(self.0.mx_lookup(format!("{domain}.")).await)?;
        let Some(found) = found else { return Ok(Vec::new()) };
        let records = found.answers().iter().filter_map(|record| match &record.data {
            RData::MX(mx) => Some((mx.preference, host_name(&mx.exchange.to_utf8()))),
            _ => None,
        });
        let mut all: Vec<(u16, String)> = records.collect();
        all.sort();
        Ok(all.into_iter().map(|(_, host)| host).collect())
    }

    /// The addresses of a host.
    ///
    /// # Errors
    /// In words, when it has none or nobody answers.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        let found = self.0.lookup_ip(format!("{}.", host.trim_end_matches('.'))).await;
        Ok(found.map_err(|error| error.to_string())?.iter().collect())
    }
}

/// `None` where there is no such record: that is an answer, too.
fn answered(found: Result<Lookup, NetError>) -> Result<Option<Lookup>, String> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Without the full stop that ends every name in the DNS.
fn host_name(name: &str) -> String {
    name.trim_end_matches('.').to_owned()
}

/// By UDP, and by TCP what is too long for it (RFC 7766 5).
fn name_server(at: &SocketAddr) -> NameServerConfig {
    let on_its_port = |mut connection: ConnectionConfig| {
        connection.port = at.port();
        connection
    };
    let ways = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    NameServerConfig::new(at.ip(), true, ways.map(on_its_port).to_vec())
}
