//! An LDAP server (RFC 4511): bound by a simple bind over TLS, searched page by page.

mod error;

use std::collections::BTreeMap;
use std::time::Duration;

use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchEntry, SearchStream, StdStream};
use secrecy::ExposeSecret;
use tokio::sync::mpsc;

pub use error::LdapError;

use super::account::{MailServer, Proof, Security};
use super::connect::{self, ConnectError};
use super::tls;
use crate::domain::ldap::{LdapEntry, next_range};

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
        let binding = async {
            let bound = self.ldap.with_timeout(ANSWER_TIMEOUT);
            let result = bound.simple_bind(&login.user, password.expose_secret()).await;
            let result = result.map_err(|error| LdapError::of(&self.server, error, 0))?;
            if result.rc == 0 { Ok(()) } else { Err(LdapError::of_bind(&result)) }
        };
        login.gate.pass(binding, LdapError::of_login).await
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
        let mut pages = self.pages((base, filter, PAGE), attributes).await?;
        while let Some(entry) = pages.next().await? {
            take(entry);
        }
        pages.finish().await
    }

    /// The same where entries are large: so many a page, and the next page is asked for when all of this one were taken out of
    /// the channel.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub async fn search_slowly(
        &mut self,
        (base, filter): (&str, &str),
        attributes: &[String],
        (page, out): (i32, mpsc::Sender<LdapEntry>),
    ) -> Result<usize, LdapError> {
        let mut pages = self.pages((base, filter, page), attributes).await?;
        while let Some(entry) = pages.next().await? {
            // Whoever takes no more gets no more.
            if out.send(entry).await.is_err() {
                return Ok(pages.got);
            }
        }
        pages.finish().await
    }

    async fn pages(
        &mut self,
        (base, filter, page): (&str, &str, i32),
        attributes: &[String],
    ) -> Result<Pages, LdapError> {
        let adapters: Vec<Box<dyn Adapter<'static, String, Vec<String>>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(page))];
        let search = self.ldap.with_timeout(ANSWER_TIMEOUT);
        let stream =
            search.streaming_search_with(adapters, base, Scope::Subtree, filter, attributes.to_vec()).await;
        let stream = stream.map_err(|error| LdapError::of(&self.server, error, 0))?;
        Ok(Pages { stream, server: self.server.clone(), got: 0 })
    }

    /// Asks for the values that a server holds back in a long attribute, until they are all there or more than anybody keeps.
    ///
    /// # Errors
    /// With the server's words. The entry has what came before.
    pub async fn complete(&mut self, entry: &mut LdapEntry) -> Result<(), LdapError> {
        for _ in 0..MOST_RANGES {
            if entry.more.is_empty() {
                break;
            }
            let wanted = std::mem::take(&mut entry.more);
            let search = self.ldap.with_timeout(ANSWER_TIMEOUT);
            let found = search.search(&entry.dn, Scope::Base, "(objectClass=*)", wanted).await;
            let (found, _) = found
                .and_then(|found| found.success())
                .map_err(|error| LdapError::of(&self.server, error, 0))?;
            // It is gone meanwhile.
            let Some(next) = found.into_iter().next().map(entry_of) else { break };
            take_more(entry, next);
        }
        Ok(())
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        // It is gone either way.
        self.ldap.unbind().await.ok();
    }
}

/// What a search finds, entry by entry; each page is asked for when the one before was read.
struct Pages {
    stream: SearchStream<'static, String, Vec<String>>,
    server: MailServer,
    got: usize,
}

impl Pages {
    async fn next(&mut self) -> Result<Option<LdapEntry>, LdapError> {
        let next = self.stream.next().await;
        let Some(entry) = next.map_err(|error| LdapError::of(&self.server, error, self.got))? else {
            return Ok(None);
        };
        if self.got == MOST_ENTRIES {
            return Err(LdapError::TooMany { limit: MOST_ENTRIES });
        }
        self.got += 1;
        Ok(Some(entry_of(entry)))
    }

    /// How many there were.
    async fn finish(mut self) -> Result<usize, LdapError> {
        let result = self.stream.finish().await;
        if result.rc == 0 { Ok(self.got) } else { Err(LdapError::of_result(&result, self.got)) }
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

/// So many parts of a long attribute are asked for: 150,000 values of Active Directory.
const MOST_RANGES: usize = 100;

fn take_more(entry: &mut LdapEntry, next: LdapEntry) {
    for (name, mut values) in next.values {
        entry.values.entry(name).or_default().append(&mut values);
    }
    entry.more = next.more;
}

/// An IPv6 address needs brackets in a URL (RFC 3986 3.2.2).
fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

fn entry_of(entry: ldap3::ResultEntry) -> LdapEntry {
    entry_with(SearchEntry::construct(entry))
}

fn entry_with(entry: SearchEntry) -> LdapEntry {
    let texts = entry.attrs.into_iter().map(|(name, values)| {
        let bytes: Vec<Vec<u8>> = values.into_iter().map(String::into_bytes).collect();
        (name, bytes)
    });
    let mut values: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    let mut all: Vec<(String, Vec<Vec<u8>>)> = texts.chain(entry.bin_attrs).collect();
    // A value without an option such as `;lang-zh` comes before one with it (RFC 4512 2.5).
    all.sort_by_key(|(name, _)| (name.contains(';'), name.clone()));
    let mut more: Vec<String> = Vec::new();
    for (name, mut found) in all {
        more.extend(next_range(&name));
        let plain = name.split(';').next().unwrap_or_default().to_ascii_lowercase();
        values.entry(plain).or_default().append(&mut found);
    }
    LdapEntry { dn: entry.dn, values, more }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// As Active Directory answers: the plain attribute without values beside the part.
    fn answer(range: &str, numbers: std::ops::Range<usize>) -> LdapEntry {
        let values: Vec<String> = numbers.map(|n| format!("CN={n},DC=corp")).collect();
        let attrs = HashMap::from([("member".to_owned(), vec![]), (format!("member;range={range}"), values)]);
        let mut entry = entry_with(SearchEntry { dn: "CN=All".to_owned(), attrs, bin_attrs: HashMap::new() });
        entry.values.retain(|_, values| !values.is_empty());
        entry
    }

    #[test]
    fn a_group_of_thousands_is_put_together_from_its_parts() {
        let mut entry = answer("0-1499", 0..1_500);
        assert_eq!(entry.more, ["member;range=1500-*"]);
        take_more(&mut entry, answer("1500-2999", 1_500..3_000));
        assert_eq!(entry.more, ["member;range=3000-*"]);
        take_more(&mut entry, answer("3000-*", 3_000..3_200));
        assert_eq!((entry.more.len(), entry.texts("member").count()), (0, 3_200));
        assert_eq!(entry.texts("member").last(), Some("CN=3199,DC=corp"));
    }
}
