//! SRV records of mail servers (RFC 6186, RFC 8314 5.1).

use super::{By, Found, Offer};
use crate::transport::account::Security;
use crate::transport::dns::{Dns, Service};

/// TLS from the first byte before STARTTLS (RFC 8314 3).
const IMAP: [(&str, Security); 2] = [("_imaps", Security::Tls), ("_imap", Security::StartTls)];
const SMTP: [(&str, Security); 2] = [("_submissions", Security::Tls), ("_submission", Security::StartTls)];

/// What a domain's records say.
pub(super) async fn find(dns: &Dns, domain: &str) -> Found {
    let (imap, smtp) = tokio::join!(first(dns, domain, IMAP), first(dns, domain, SMTP));
    Found { imap, smtp, ..Found::default() }
}

async fn first(dns: &Dns, domain: &str, services: [(&str, Security); 2]) -> Option<Offer> {
    for (service, security) in services {
        let records = dns.services(&format!("{service}._tcp.{domain}")).await.unwrap_or_default();
        let first = records.into_iter().find(|record| super::is_host(&record.host));
        if let Some(Service { host, port, .. }) = first {
            return Some(Offer { host, port, security, user: None, by: By::Srv });
        }
    }
    None
}
