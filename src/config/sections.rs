//! From texts to typed settings, section by section.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::directories::directories;
use super::set_up::Bare;
use super::units::{duration, size};
use super::values::Values;
use super::{Config, LogSettings, MailSource, ServerSettings, archive, branches, oauth, policy, provider};
use crate::domain::address::EmailAddress;
use crate::domain::gateway::{Gateway, ReplyStyle};
use crate::domain::language::Language;
use crate::domain::network::AddressBlock;
use crate::domain::retention::{MOST_DAYS, RetentionSettings};
use crate::domain::settings::{
    AlertSettings, FileRules, Limits, MailSettings, PresenceSettings, PublicUrl, PushSettings, QueueSettings,
    ShareSettings, SignInSettings,
};
use crate::domain::zone::Zone;
use crate::mail::dkim::{DkimKey, Signer};
use crate::store::Place;
use crate::transport::account::{Login, MailServer, Proof, Security};
use crate::transport::imap::{ImapAccount, Patience};
use crate::transport::oauth::Tokens;
use crate::transport::smtp::SmtpAccount;

/// Where name servers listen (RFC 1035 4.2).
const DNS_PORT: u16 = 53;

/// Everything, or `None` with the reasons in `values`. All sections are read in any case, so that all is told at once.
pub(super) fn config(values: &mut Values) -> Option<Config> {
    let server = server(values);
    let data = server.as_ref().map(|server| server.data.clone());
    let database = database(values, data.unwrap_or_default());
    let mut mail = mail(values);
    let max_size = mail.as_ref().map_or(0, |mail| mail.max_size);
    let tokens = oauth::tokens(values);
    let of_oauth = tokens.as_ref().and_then(Option::as_ref);
    let source = source(values, max_size, of_oauth);
    let smtp = smtp(values, of_oauth);
    let dkim = dkim(values, mail.as_ref());
    let dns_servers = dns_servers(values);
    let limits = limits(values);
    let files = files(values);
    let sign_in = sign_in(values);
    let by_password = sign_in.as_ref().is_some_and(|one| !one.no_mailbox_passwords);
    let providers = provider::providers(values);
    let branches = branches::branches(values, mail.as_ref(), source.as_ref());
    let (gateways, branches) = branches.unzip();
    if let Some(mail) = &mut mail {
        mail.branches = gateways.unwrap_or_default();
    }
    let archive =
        archive::archive(values, source.as_ref(), branches.as_deref().unwrap_or_default(), of_oauth);
    let people = people_servers(values, source.as_ref());
    let presence = presence(values);
    let push = push(values);
    let share = share(values);
    let retention = retention(values);
    let policy = policy::policy(values);
    let queue = queue(values);
    let directories = directories(values);
    let alerts = alerts(values);
    let metrics = metrics(values);
    let log = log(values);
    Some(Config {
        server: server?,
        database: database?,
        mail: mail?,
        source: source?,
        smtp: smtp?,
        branches: branches?,
        oauth: tokens?,
        dkim: dkim?,
        dns_servers: dns_servers?,
        limits: limits?,
        files: files?,
        sign_in: sign_in?,
        providers: provider::asking(
            values,
            providers?,
            people.as_ref()?.own_mailboxes.is_some(),
            by_password,
        ),
        archive: archive?,
        passwords: people.clone()?.passwords,
        own_mailboxes: people?.own_mailboxes,
        presence: presence?,
        push: push?,
        share: share?,
        retention: retention?,
        policy: policy?,
        queue: queue?,
        directories: directories?,
        alerts: alerts?,
        metrics: metrics?,
        log: log?,
    })
}

/// The folder of data and where the database is.
pub(super) fn home(values: &mut Values) -> Option<(PathBuf, Place)> {
    let data = server(values)?.data;
    let database = database(values, data.clone())?;
    Some((data, place(&database)))
}

/// What is known before anything of mail is.
pub(super) fn bare(values: &mut Values) -> Option<Bare> {
    let server = server(values)?;
    let database = database(values, server.data.clone())?;
    Some(Bare { place: place(&database), metrics: metrics(values)?, log: log(values)?, server })
}

fn metrics(values: &mut Values) -> Option<Option<SocketAddr>> {
    values.or("metrics.listen", "config-expected-listen", None, |text| text.parse().ok().map(Some))
}

/// Where a database is, by its URL.
pub(super) fn place(url: &SecretString) -> Place {
    let url = url.expose_secret();
    match url.strip_prefix("sqlite:") {
        Some(path) => Place::Sqlite(path.into()),
        None => Place::Postgres(url.to_owned()),
    }
}

fn server(values: &mut Values) -> Option<ServerSettings> {
    let listen = values.or(
        "server.listen",
        "config-expected-listen",
        SocketAddr::from(([127, 0, 0, 1], 8080)),
        |text| text.parse().ok(),
    );
    let here = format!("http://{}", listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))));
    let url = values.or("server.public_url", "config-expected-url", here.parse().ok(), |text| {
        // Pages, and what they load, begin at the root.
        text.parse().ok().filter(|url: &PublicUrl| !url.has_path()).map(Some)
    });
    let data = values.or("server.data", "config-expected-folder", PathBuf::from("mailmoot-data"), path);
    let usual = AddressBlock::LOOPBACK.to_vec();
    let trusted_proxies = values.or("server.trusted_proxies", "config-expected-proxies", usual, |text| {
        listed(text).map(|one| one.parse().ok()).collect()
    });
    let internal_networks =
        values.or("server.internal_networks", "config-expected-proxies", Vec::new(), |text| {
            listed(text).map(|one| one.parse().ok()).collect()
        });
    Some(ServerSettings {
        listen: listen?,
        public_url: url??,
        data: data?,
        trusted_proxies: trusted_proxies?,
        internal_networks: internal_networks?,
    })
}

fn database(values: &mut Values, data: PathBuf) -> Option<SecretString> {
    let beside = format!("sqlite:{}", data.join("mailmoot.db").display());
    values.or("database.url", "config-expected-database", SecretString::from(beside), |text| {
        // `sqlite:///var/lib/moot.db` is how others write an absolute path.
        let text = text.replacen("sqlite://", "sqlite:", 1);
        let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|start| text.starts_with(start));
        (known && text != "sqlite:").then(|| SecretString::from(text))
    })
}

fn mail(values: &mut Values) -> Option<MailSettings> {
    let address =
        values.need("mail.address", "config-expected-address", |text| text.parse::<EmailAddress>().ok());
    let name = values.or("mail.name", "config-expected-name", "mailmoot".to_owned(), |text| {
        let good = !text.is_empty() && text.len() <= 100 && !text.contains(char::is_control);
        good.then(|| text.to_owned())
    });
    let replies = reply_style(values, ("mail.replies", "mail.catch_all_domain"));
    let minutes = std::time::Duration::from_secs(120);
    let hold = values.or("mail.hold", "config-expected-time", minutes, duration);
    let max_size = values.or("mail.max_size", "config-expected-size", 25_000_000, size);
    let attach_up_to = values.or("mail.attach_up_to", "config-expected-size", 5_000_000, size);
    let language =
        values.or("mail.language", "config-expected-language", Language::English, Language::from_tag);
    let zone = values.or("mail.zone", "config-expected-zone", Zone::UTC, |text| text.parse().ok());
    let authserv_ids = values.or("mail.authserv_id", "config-expected-servers", Vec::new(), |text| {
        let ids: Vec<String> = listed(text).map(str::to_lowercase).collect();
        ids.iter().all(|id| !id.contains([' ', ';', '(', '"'])).then_some(ids)
    });
    let check_dkim = values.or("mail.check_dkim", "config-expected-yes-no", false, |text| text.parse().ok());
    Some(MailSettings {
        gateway: Gateway { address: address?, replies: replies? },
        branches: Vec::new(),
        name: name?,
        hold: hold?,
        max_size: max_size?,
        attach_up_to: attach_up_to?,
        language: language?,
        zone: zone?,
        authserv_ids: authserv_ids?,
        check_dkim: check_dkim?,
    })
}

/// By the names of the two settings for it.
pub(super) fn reply_style(values: &mut Values, (style, domain): (&str, &str)) -> Option<ReplyStyle> {
    let all = values.or(domain, "config-expected-domain", None, |text| {
        is_domain(text).then(|| Some(text.to_lowercase()))
    });
    let chosen = values.or(style, "config-expected-replies", "subaddress".to_owned(), |text| {
        ["subaddress", "catch_all", "single"].contains(&text).then(|| text.to_owned())
    });
    match (chosen?.as_str(), all?) {
        ("catch_all", Some(domain)) => Some(ReplyStyle::CatchAll { domain }),
        ("catch_all", None) => {
            values.missing(domain, "config-expected-domain");
            None
        }
        (_, Some(_)) => {
            values.wrong(domain, "config-expected-no-catch-all");
            None
        }
        ("single", None) => Some(ReplyStyle::Single),
        _ => Some(ReplyStyle::Subaddress),
    }
}

fn source(values: &mut Values, max_size: u64, tokens: Option<&Tokens>) -> Option<MailSource> {
    if values.has_section("maildir") {
        if values.has_section("imap") {
            values.wrong("maildir.path", "config-expected-one-source");
            return None;
        }
        return values.need("maildir.path", "config-expected-folder", path).map(MailSource::Maildir);
    }
    let user = values.text("imap.user").or_else(|| values.text("mail.address"));
    let by_token = oauth::is_wanted(values, "imap", false);
    let password = match by_token {
        Some(true) => None,
        _ => values.need("imap.password", "config-expected-password", not_empty),
    };
    let server = account(values, "imap.", (993, 143));
    let proof = match by_token? {
        true => oauth::proof(values, "imap", server.as_ref(), tokens),
        false => password.map(|password| Proof::Password(password.into())),
    };
    let folder = values.or("imap.folder", "config-expected-mail-folder", "INBOX".to_owned(), not_empty);
    let login = Login::new(user?, proof?);
    Some(MailSource::Imap(ImapAccount {
        server: MailServer { login: Some(login), ..server? },
        folder: folder?,
        max_size,
        patience: Patience::default(),
    }))
}

/// User, password and way to sign in are those of `[imap]` where nothing else is said: most often it is one account.
fn smtp(values: &mut Values, tokens: Option<&Tokens>) -> Option<SmtpAccount> {
    let server = account(values, "smtp.", (465, 587));
    let same = values.text("imap.user").or_else(|| values.text("mail.address"));
    let user = values.text("smtp.user").or(same).filter(|user| !user.is_empty());
    let password = values.text("smtp.password").or_else(|| values.text("imap.password"));
    let same_way = values.text("smtp.password").is_none() && oauth::is_said(values, "imap");
    let by_token = oauth::is_wanted(values, "smtp", same_way)?;
    let login = match (user, password) {
        (Some(user), _) if by_token => {
            Some(Login::new(user, oauth::proof(values, "smtp", server.as_ref(), tokens)?))
        }
        (Some(user), Some(password)) => Some(Login::by_password(user, password.into())),
        // A Maildir beside a mail server that takes mail from this machine needs no password at all.
        _ if values.text("smtp.user").is_none_or(|user| user.is_empty()) => None,
        _ => {
            if !values.is_unread("imap.password") {
                values.missing("smtp.password", "config-expected-password");
            }
            return None;
        }
    };
    Some(SmtpAccount { server: MailServer { login, ..server? } })
}

/// Host, port and protection; the ports are those for TLS at once and for STARTTLS.
pub(super) fn account(values: &mut Values, prefix: &str, ports: (u16, u16)) -> Option<MailServer> {
    let name = |key: &str| format!("{prefix}{key}");
    let host = values.need(&name("host"), "config-expected-host", |text| {
        let is_name = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "/@:".contains(c));
        (is_name || text.parse::<Ipv6Addr>().is_ok()).then(|| text.to_owned())
    });
    let security =
        values.or(&name("security"), "config-expected-security", Security::Tls, |text| match text {
            "tls" => Some(Security::Tls),
            "starttls" => Some(Security::StartTls),
            "none" => Some(Security::None),
            _ => None,
        });
    let usual = if security == Some(Security::Tls) { ports.0 } else { ports.1 };
    let port = values
        .or(&name("port"), "config-expected-port", usual, |text| text.parse().ok().filter(|port| *port != 0));
    let ca_file = values.or(&name("ca_file"), "config-expected-file", None, |text| path(text).map(Some));
    Some(MailServer { host: host?, port: port?, security: security?, login: None, ca_file: ca_file? })
}

pub(super) fn dns_servers(values: &mut Values) -> Option<Vec<SocketAddr>> {
    let with_port = |text: &str| {
        let at_port = text.parse::<SocketAddr>();
        at_port.or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, DNS_PORT))).ok()
    };
    values.or("dns.servers", "config-expected-name-servers", Vec::new(), |text| {
        listed(text).map(with_port).collect()
    })
}

fn limits(values: &mut Values) -> Option<Limits> {
    let usual = Limits::default();
    let file_size = values.or("limits.file_size", "config-expected-size", usual.file_size, size);
    let mails = count(values, "limits.mails_per_hour", usual.mails_per_hour);
    let sign_in = count(values, "limits.sign_in_mails_per_hour", usual.sign_in_mails_per_hour);
    let edit_time = values.or("limits.edit_time", "config-expected-time", usual.edit_time, duration);
    Some(Limits {
        file_size: file_size?,
        mails_per_hour: mails?,
        sign_in_mails_per_hour: sign_in?,
        edit_time: edit_time?,
    })
}

fn count(values: &mut Values, name: &str, usual: u32) -> Option<u32> {
    values.or(name, "config-expected-count", usual, |text| text.parse().ok().filter(|count: &u32| *count > 0))
}

/// With or without the full stop; an empty list forbids nothing.
fn files(values: &mut Values) -> Option<FileRules> {
    let usual = FileRules::default().forbidden;
    let forbidden = values.or("limits.forbidden_files", "config-expected-endings", usual, |text| {
        let all: Vec<String> = listed(text).map(|one| one.trim_start_matches('.').to_lowercase()).collect();
        let is_ending = |one: &String| !one.is_empty() && one.chars().all(char::is_alphanumeric);
        all.iter().all(is_ending).then_some(all)
    });
    Some(FileRules { forbidden: forbidden? })
}

fn sign_in(values: &mut Values) -> Option<SignInSettings> {
    let domains = domains(values, "sign_in.domains");
    let by_password =
        values.or("sign_in.own_mailbox_password", "config-expected-yes-no", true, |text| text.parse().ok());
    Some(SignInSettings { domains: domains?, no_mailbox_passwords: !by_password? })
}

/// The server with people's mailboxes, for what is wanted of it.
#[derive(Clone, Default)]
struct PeopleServers {
    passwords: Option<MailServer>,
    own_mailboxes: Option<MailServer>,
}

fn people_servers(values: &mut Values, source: Option<&MailSource>) -> Option<PeopleServers> {
    let passwords =
        values.or("sign_in.mail_password", "config-expected-yes-no", false, |text| text.parse().ok());
    let mailboxes =
        values.or("sign_in.own_mailbox", "config-expected-yes-no", false, |text| text.parse().ok());
    let server = people_server(values, source, Some(passwords? || mailboxes?))?;
    let of = |wanted: bool| server.clone().filter(|_| wanted);
    Some(PeopleServers { passwords: of(passwords?), own_mailboxes: of(mailboxes?) })
}

/// Where mail passwords are checked, if that is wanted: at a server of its own, or where mail comes in.
fn people_server(
    values: &mut Values,
    source: Option<&MailSource>,
    wanted: Option<bool>,
) -> Option<Option<MailServer>> {
    let own = match values.text("sign_in.imap_host") {
        Some(_) => Some(account(values, "sign_in.imap_", (993, 143))?),
        None => None,
    };
    match (wanted?, own, source) {
        (false, ..) => Some(None),
        (true, Some(server), _) => Some(Some(server)),
        (true, None, Some(MailSource::Imap(account))) => {
            Some(Some(MailServer { login: None, ..account.server.clone() }))
        }
        (true, None, Some(MailSource::Maildir(_))) => {
            values.missing("sign_in.imap_host", "config-expected-host");
            None
        }
        // What is wrong with the source is told already.
        (true, None, None) => None,
    }
}

/// A list of domains, in lower case.
pub(super) fn domains(values: &mut Values, name: &str) -> Option<Vec<String>> {
    values.or(name, "config-expected-domains", Vec::new(), |text| {
        let all: Vec<String> = listed(text).map(str::to_lowercase).collect();
        all.iter().all(|one| is_domain(one)).then_some(all)
    })
}

fn presence(values: &mut Values) -> Option<PresenceSettings> {
    let usual = PresenceSettings::default().idle;
    // Browsers count in whole seconds.
    let idle = values.or("presence.idle", "config-expected-time", usual, |text| {
        duration(text).filter(|idle| idle.as_secs() > 0)
    });
    Some(PresenceSettings { idle: idle? })
}

fn push(values: &mut Values) -> Option<PushSettings> {
    let enabled = values.or("push.enabled", "config-expected-yes-no", true, |text| text.parse().ok());
    Some(PushSettings { enabled: enabled? })
}

fn share(values: &mut Values) -> Option<ShareSettings> {
    Some(ShareSettings { outside_domains: policy::outside(values, "share.outside_domains")? })
}

/// Whole days; what is not set is kept for ever.
fn retention(values: &mut Values) -> Option<RetentionSettings> {
    let mut days = |name| {
        values.or(name, "config-expected-days", None, |text| {
            let days = text.trim().trim_end_matches('d').trim_end().parse::<i64>().ok();
            days.filter(|days| (1..=MOST_DAYS).contains(days)).map(Some)
        })
    };
    let (messages, mails, audit) =
        (days("retention.messages"), days("retention.mails"), days("retention.audit"));
    Some(RetentionSettings { messages: messages?, mails: mails?, audit: audit? })
}

/// The signature on mails out: a key and a selector, or neither.
fn dkim(values: &mut Values, mail: Option<&MailSettings>) -> Option<Option<Signer>> {
    let key = values
        .or("mail.dkim_key", "config-expected-dkim-key", None, |text| DkimKey::from_pem(text).map(Some));
    let selector = values.or("mail.dkim_selector", "config-expected-dkim-selector", None, |text| {
        is_domain(text).then(|| Some(text.to_owned()))
    });
    let domain = values.or("mail.dkim_domain", "config-expected-domain", None, |text| {
        is_domain(text).then(|| Some(text.to_lowercase()))
    });
    match (key?, selector?, domain?) {
        (Some(key), Some(selector), domain) => {
            let domain = domain.or_else(|| Some(mail?.domain().to_lowercase()))?;
            Some(Some(Signer::new(key, &domain, &selector)))
        }
        (None, None, None) => Some(None),
        (None, ..) => {
            values.missing("mail.dkim_key", "config-expected-dkim-key");
            None
        }
        (Some(_), None, _) => {
            values.missing("mail.dkim_selector", "config-expected-dkim-selector");
            None
        }
    }
}

fn queue(values: &mut Values) -> Option<QueueSettings> {
    let usual = QueueSettings::default();
    let at_once = count(values, "mail.per_domain_at_once", u32::try_from(usual.at_once).unwrap_or(1));
    let per_minute = values.or("mail.per_domain_per_minute", "config-expected-count", None, |text| {
        text.parse().ok().filter(|count: &u32| *count > 0).map(Some)
    });
    let patience = values.or("mail.give_up_after", "config-expected-time", usual.patience, |text| {
        duration(text).filter(|time| !time.is_zero())
    });
    Some(QueueSettings { at_once: at_once? as usize, per_minute: per_minute?, patience: patience? })
}

fn alerts(values: &mut Values) -> Option<AlertSettings> {
    let webhook = values.or("alerts.webhook", "config-expected-webhook", None, |text| {
        let good = text.parse::<PublicUrl>().is_ok()
            || text.split_once('?').is_some_and(|(url, _)| url.parse::<PublicUrl>().is_ok());
        good.then(|| Some(SecretString::from(text)))
    });
    Some(AlertSettings { webhook: webhook? })
}

fn log(values: &mut Values) -> Option<LogSettings> {
    let json = values.or("log.format", "config-expected-log-format", false, |text| match text {
        "text" => Some(false),
        "json" => Some(true),
        _ => None,
    });
    let level = values.or("log.level", "config-expected-log-level", "info".to_owned(), |text| {
        let filter = text.parse::<tracing_subscriber::EnvFilter>();
        (filter.is_ok() && !text.is_empty()).then(|| text.to_owned())
    });
    Some(LogSettings { json: json?, level: level? })
}

/// The elements of a list, which the environment writes with commas.
pub(super) fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

pub(super) fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

pub(super) fn not_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

pub(super) fn is_domain(text: &str) -> bool {
    format!("x@{text}").parse::<EmailAddress>().is_ok() && !text.starts_with('[')
}
