//! The names that mail servers usually have. A name counts when its server shows a certificate for it, or for STARTTLS, answers.

use super::{By, Found, Offer};
use crate::transport::account::{MailServer, Security};
use crate::transport::connect;
use crate::transport::dns::Dns;

type Door = (u16, Security);

const IMAP: [Door; 2] = [(993, Security::Tls), (143, Security::StartTls)];
const SMTP: [Door; 2] = [(465, Security::Tls), (587, Security::StartTls)];

/// Servers of a domain that answer.
pub(super) async fn find(dns: &Dns, domain: &str) -> Found {
    let names = |first: &str| [format!("{first}.{domain}"), format!("mail.{domain}"), domain.to_owned()];
    let (imap, smtp) = tokio::join!(first(dns, names("imap"), IMAP), first(dns, names("smtp"), SMTP));
    Found { imap, smtp, ..Found::default() }
}

/// All are tried at once; the first of the list that answers.
async fn first(dns: &Dns, names: [String; 3], doors: [Door; 2]) -> Option<Offer> {
    let tries = doors.iter().flat_map(|door| names.iter().map(|name| try_out(dns, name, *door)));
    futures_util::future::join_all(tries).await.into_iter().flatten().next()
}

async fn try_out(dns: &Dns, host: &str, (port, security): Door) -> Option<Offer> {
    let found = dns.addresses(host).await.ok()?;
    let found: Vec<_> = found.into_iter().map(|ip| (ip, port).into()).collect();
    let server = MailServer { host: host.to_owned(), port, security, login: None, ca_file: None };
    let stream = connect::open_tcp(&server, &found).await.ok()?;
    if security == Security::Tls {
        connect::start_tls(&server, stream).await.ok()?;
    }
    Some(Offer { host: host.to_owned(), port, security, user: None, by: By::Usual })
}
