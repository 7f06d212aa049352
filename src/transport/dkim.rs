//! Whose signatures on a mail hold (DKIM, RFC 6376). The keys are asked for in the DNS; the crate `mail-auth` does both.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};

use super::dns::{Dns, NoDns};

/// How long the DNS may take for all signatures of a mail.
const PATIENCE: Duration = Duration::from_secs(10);
/// Keys kept; beyond that all are forgotten.
const MOST_KEYS: usize = 1_000;
/// Signatures looked at: each may cost a question.
const MOST_SIGNATURES: usize = 10;

/// Checks signatures. Cheap to clone.
#[derive(Clone)]
pub struct Signatures {
    asks: Arc<MessageAuthenticator>,
    keys: Arc<Keys>,
}

/// By name, and until when; some are good for ever.
type Known = HashMap<Box<str>, (Txt, Option<Instant>)>;

#[derive(Default)]
struct Keys {
    known: Mutex<Known>,
    /// Nobody is asked for others.
    are_all: bool,
}

impl fmt::Debug for Signatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signatures").finish_non_exhaustive()
    }
}

impl Signatures {
    /// Asks for keys there.
    pub fn asking(dns: &Dns) -> Self {
        Self { asks: Arc::new(MessageAuthenticator(dns.0.clone())), keys: Arc::default() }
    }

    /// Knows these keys only, and asks nobody: `selector._domainkey.domain` and the record there.
    ///
    /// # Errors
    /// [`NoDns`] when a record is none.
    pub fn with_keys(records: &[(&str, &str)]) -> Result<Self, NoDns> {
        let asks = MessageAuthenticator::new_cloudflare().map_err(|error| NoDns(error.to_string()))?;
        let mut known = HashMap::new();
        for (name, record) in records {
            let key = DomainKey::parse(record.as_bytes()).map_err(|error| NoDns(error.to_string()))?;
            known.insert(format!("{name}.").into(), (Txt::DomainKey(Arc::new(key)), None));
        }
        Ok(Self { asks: Arc::new(asks), keys: Arc::new(Keys { known: Mutex::new(known), are_all: true }) })
    }

    /// The domains whose signatures hold for the whole mail. Empty as well when the DNS does not answer in time.
    pub async fn holding(&self, raw: Vec<u8>) -> Vec<String> {
        let this = self.clone();
        // On a task of its own: a panic over a contradictory mail ends there.
        let checked = tokio::spawn(async move { this.check(&raw).await });
        match tokio::time::timeout(PATIENCE, checked).await {
            Ok(Ok(domains)) => domains,
            _ => Vec::new(),
        }
    }

    async fn check(&self, raw: &[u8]) -> Vec<String> {
        let Some(mail) = AuthenticatedMessage::parse(raw) else { return Vec::new() };
        if mail.dkim_headers.len() > MOST_SIGNATURES {
            return Vec::new();
        }
        let asked = Parameters::new(&mail).with_txt_cache(&*self.keys);
        let checked = self.asks.verify_dkim(asked).await;
        let passed = checked.iter().filter(|one| *one.result() == DkimResult::Pass);
        let signatures = passed.filter_map(|one| one.signature());
        // What is signed up to a length only may go on with anybody's words (RFC 6376 8.2); what leaves From out says
        // nothing of it.
        let is_whole = |signature: &&mail_auth::dkim::Signature| {
            signature.l == 0 && signature.h.iter().any(|name| name.eq_ignore_ascii_case("from"))
        };
        signatures.filter(is_whole).map(|signature| signature.d.to_ascii_lowercase()).collect()
    }
}

impl ResolverCache<Box<str>, Txt> for Keys {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(name).filter(|(_, until)| until.is_none_or(|until| until > Instant::now()));
        let missing = || mail_auth::DnsError::Resolver("not asked".to_owned());
        found
            .map(|(key, _)| key.clone())
            .or_else(|| self.are_all.then(|| Txt::Error(mail_auth::Error::Dns(missing()))))
    }

    fn remove<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(name).map(|(key, _)| key)
    }

    fn insert(&self, name: Box<str>, key: Txt, valid_until: Instant) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KEYS {
            known.clear();
        }
        known.insert(name, (key, Some(valid_until)));
    }
}
