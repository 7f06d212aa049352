//! Providers that many organisations have their mail at, by where the mail of a domain goes (MX, RFC 5321 5.1).

use super::{By, Found, Offer};
use crate::transport::account::Security;
use crate::transport::dns::Dns;

/// A provider and its servers, as its own manual names them.
struct Hoster {
    name: &'static str,
    /// How the names of its mail exchangers end.
    exchangers: &'static [&'static str],
    imap: Server,
    smtp: Server,
}

type Server = (&'static str, u16, Security);

const HOSTERS: [Hoster; 5] = [
    Hoster {
        name: "Exchange Online",
        exchangers: &[".mail.protection.outlook.com", ".mx.microsoft"],
        imap: ("outlook.office365.com", 993, Security::Tls),
        smtp: ("smtp.office365.com", 587, Security::StartTls),
    },
    Hoster {
        name: "Google Workspace",
        exchangers: &[".google.com", ".googlemail.com"],
        imap: ("imap.gmail.com", 993, Security::Tls),
        smtp: ("smtp.gmail.com", 465, Security::Tls),
    },
    Hoster {
        name: "腾讯企业邮 (Tencent Exmail)",
        exchangers: &[".qq.com"],
        imap: ("imap.exmail.qq.com", 993, Security::Tls),
        smtp: ("smtp.exmail.qq.com", 465, Security::Tls),
    },
    Hoster {
        name: "阿里企业邮箱 (Alibaba Mail)",
        exchangers: &[".qiye.aliyun.com", ".mxhichina.com"],
        imap: ("imap.qiye.aliyun.com", 993, Security::Tls),
        smtp: ("smtp.qiye.aliyun.com", 465, Security::Tls),
    },
    Hoster {
        name: "Fastmail",
        exchangers: &[".messagingengine.com"],
        imap: ("imap.fastmail.com", 993, Security::Tls),
        smtp: ("smtp.fastmail.com", 465, Security::Tls),
    },
];

/// The servers of the provider that a domain's mail goes to, if it is a known one.
///
/// # Errors
/// In words, when no name server answers.
pub(super) async fn find(dns: &Dns, domain: &str) -> Result<Found, String> {
    let exchangers = dns.exchangers(domain).await?;
    Ok(exchangers.first().and_then(|exchanger| of_exchanger(exchanger)).unwrap_or_default())
}

fn of_exchanger(exchanger: &str) -> Option<Found> {
    let exchanger = exchanger.to_lowercase();
    let hoster = HOSTERS.iter().find(|one| one.exchangers.iter().any(|end| exchanger.ends_with(end)))?;
    let offer = |(host, port, security): Server| {
        Some(Offer { host: host.to_owned(), port, security, user: None, by: By::Hoster(hoster.name) })
    };
    Some(Found { imap: offer(hoster.imap), smtp: offer(hoster.smtp), ..Found::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_known_by_its_exchangers_only() {
        let imap = |exchanger| of_exchanger(exchanger).map(|found| found.imap.unwrap().host);
        assert_eq!(imap("corp-example.mail.protection.outlook.com").unwrap(), "outlook.office365.com");
        assert_eq!(imap("ASPMX.L.GOOGLE.COM").unwrap(), "imap.gmail.com");
        assert_eq!(imap("mxbiz1.qq.com").unwrap(), "imap.exmail.qq.com");
        assert_eq!(imap("mx.notgoogle.com"), None);
        assert_eq!(imap("mx.google.com.evil.example"), None);
    }
}
