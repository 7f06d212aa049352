//! An LDAP server (RFC 4511): bound by a simple bind over TLS, searched page by page.

mod error;

use std::collections::BTreeMap;
use std::time::Duration;

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchEntry, StdStream};
use secrecy::ExposeSecret;

pub use error::LdapError;

use super::account::{MailServer, Proof, Security};
use super::connect::{self, ConnectError};
use super::tls;
use crate::domain::ldap::LdapEntry;

/// For each answer, and for each entry of a search.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// For the greeting and the TLS handshake.
const OPEN_TIMEOUT: Duration = Duration::from_secs(30);
/// Entries of one page (RFC 2696). Active Directory gives 1,000 at most, OpenLDAP 500 where nothing else is set.
const PAGE: i32 = 500;
/// So many entries are read from one base.
pub const MOST_ENTRIES: usize = 200_000;

/// Where people are in an LDAP server.
#[derive(Clone, Debug)]
pub struct LdapAccount {
    /// The login's user is a distinguished name, or what Active Directory takes for one. Nobody is bound without one.
    pub server: MailServer,
    /// The distinguished name below which everybody is.
    pub base: String,
    /// RFC 4515.
    pub filter: String,
}

/// An open connection.
pub struct LdapSession {
    ldap: Ldap,
    server: MailServer,
}

/// What a server says of itself (RFC 4512 5.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LdapRoot {
    /// Where its entries begin.
    pub bases: Vec<String>,
    /// Active Directory: which of its servers this is, and the number of its last change.
    pub changes: Option<(String, u64)>,
}

impl LdapSession {
    /// Connects and protects the connection.
    ///
    /// # Errors
    /// [`LdapError::Connect`] with the step that failed.
    pub async fn open(server: &MailServer) -> Result<Self, LdapError> {
        let found = connect::find_addresses(server).await?;
        let stream = connect::open_tcp(server, &found).await?;
        let lost = |error: std::io::Error| LdapError::Lost { why: error.to_string() };
        let stream = stream.into_std().map_err(lost)?;
        let scheme = if server.security == Security::Tls { "ldaps" } else { "ldap" };
        let mut settings = LdapConnSettings::new()
            .set_conn_timeout(OPEN_TIMEOUT)
            .set_starttls(server.security == Security::StartTls)
            .set_std_stream(StdStream::Tcp(stream));
        if server.security != Security::None {
            settings = settings.set_config(tls::client_config(server.ca_file.as_deref())?);
        }
        let url = format!("{scheme}://{}:{}", bracketed(&server.host), server.port);
        let (driver, ldap) = LdapConnAsync::with_settings(settings, &url)
            .await
            .map_err(|error| opening_failed(server, error))?;
        // Ends with the last handle. Who waits for an answer learns by themselves that it is lost.
        tokio::spawn(async move { driver.drive().await.ok() });
        Ok(Self { ldap, server: server.clone() })
    }

    /// Binds the account's user, if there is one (RFC 4513 5.1.3).
    ///
    /// # Errors
    /// [`LdapError::BindRefused`] for a wrong name or password.
    pub async fn bind(&mut self) -> Result<(), LdapError> {
        let Some(login) = self.server.login.clone() else { return Ok(()) };
        let Proof::Password(password) = &login.proof else { return Err(LdapError::no_password()) };
        let bound = self.ldap.with_timeout(ANSWER_TIMEOUT);
        let result = bound.simple_bind(&login.user, password.expose_secret()).await;
        let result = result.map_err(|error| LdapError::of(&self.server, error, 0))?;
        if result.rc == 0 { Ok(()) } else { Err(LdapError::of_bind(&result)) }
    }

    /// What the server says of itself.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn root(&mut self) -> Result<LdapRoot, LdapError> {
        let attributes = vec!["namingContexts", "highestCommittedUSN", "dsServiceName"];
        let search = self.ldap.with_timeout(ANSWER_TIMEOUT);
        let found = search.search("", Scope::Base, "(objectClass=*)", attributes).await;
        let (found, _) =
            found.and_then(|found| found.success()).map_err(|error| LdapError::of(&self.server, error, 0))?;
        let Some(entry) = found.into_iter().next().map(entry_of) else { return Ok(LdapRoot::default()) };
        let number = entry.texts("highestCommittedUSN").next().and_then(|number| number.parse().ok());
        let name = entry.texts("dsServiceName").next().map(str::to_owned);
        let bases = entry.texts("namingContexts").map(str::to_owned).collect();
        Ok(LdapRoot { bases, changes: name.zip(number) })
    }

    /// Everything below a base that a filter lets through, page by page (RFC 2696), each entry to `take`. How many entries
    /// there were. Servers to which this one refers are not asked.
    ///
    /// # Errors
    /// With the server's words. What was given to `take` before is not all then.
    pub async fn search(
        &mut self,
        (base, filter): (&str, &str),
        attributes: &[String],
        take: &mut (dyn FnMut(LdapEntry) + Send),
    ) -> Result<usize, LdapError> {
        let adapters: Vec<Box<dyn Adapter<'_, String, Vec<String>>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE))];
        let search = self.ldap.with_timeout(ANSWER_TIMEOUT);
        let stream =
            search.streaming_search_with(adapters, base, Scope::Subtree, filter, attributes.to_vec()).await;
        let mut stream = stream.map_err(|error| LdapError::of(&self.server, error, 0))?;
        let mut got = 0;
        loop {
            let next = stream.next().await.map_err(|error| LdapError::of(&self.server, error, got))?;
            let Some(entry) = next else { break };
            if got == MOST_ENTRIES {
                return Err(LdapError::TooMany { limit: MOST_ENTRIES });
            }
            got += 1;
            take(entry_of(entry));
        }
        let result = stream.finish().await;
        if result.rc == 0 { Ok(got) } else { Err(LdapError::of_result(&result, got)) }
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        // It is gone either way.
        self.ldap.unbind().await.ok();
    }
}

/// StartTLS that the server refuses is the admin's to know as such (RFC 4511 4.14).
fn opening_failed(server: &MailServer, error: ldap3::LdapError) -> LdapError {
    match error {
        ldap3::LdapError::LdapResult { .. } if server.security == Security::StartTls => {
            ConnectError::NoStartTls { host: server.host.clone(), port: server.port }.into()
        }
        ldap3::LdapError::Timeout { .. } => ConnectError::timeout(server).into(),
        other => match LdapError::of(server, other, 0) {
            LdapError::Lost { why } => ConnectError::Lost { host: server.host.clone(), why }.into(),
            known => known,
        },
    }
}

/// An IPv6 address needs brackets in a URL (RFC 3986 3.2.2).
fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

fn entry_of(entry: ldap3::ResultEntry) -> LdapEntry {
    let entry = SearchEntry::construct(entry);
    let texts = entry.attrs.into_iter().map(|(name, values)| {
        let bytes: Vec<Vec<u8>> = values.into_iter().map(String::into_bytes).collect();
        (name, bytes)
    });
    let mut values: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    let mut all: Vec<(String, Vec<Vec<u8>>)> = texts.chain(entry.bin_attrs).collect();
    // A value without an option such as `;lang-zh` comes before one with it (RFC 4512 2.5).
    all.sort_by_key(|(name, _)| (name.contains(';'), name.clone()));
    for (name, mut found) in all {
        let plain = name.split(';').next().unwrap_or_default().to_ascii_lowercase();
        values.entry(plain).or_default().append(&mut found);
    }
    LdapEntry { dn: entry.dn, values }
}
