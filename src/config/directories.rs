//! The sections `[directory.NAME]`: where the organisation keeps its people.

use std::time::Duration;

use secrecy::SecretString;

use super::sections::{account, listed, not_empty, path};
use super::units::duration;
use super::values::Values;
use crate::actions::directory::{Source, Way};
use crate::domain::ldap::{AttributeNames, LIST_FILTER, ListPlace};
use crate::transport::account::{Login, MailServer, Security};
use crate::transport::carddav::DavAccount;
use crate::transport::ldap::LdapAccount;

/// People of OpenLDAP, and users of Active Directory that are not switched off.
const FILTER: &str = "(|(objectClass=inetOrgPerson)(&(objectCategory=person)(objectClass=user)\
     (!(userAccountControl:1.2.840.113556.1.4.803:=2))))";
const LDAP_PORTS: (u16, u16) = (636, 389);
const HOUR: Duration = Duration::from_secs(3600);
/// Nobody's server is asked more often.
const SHORTEST: Duration = Duration::from_secs(10);

/// The sources in the order in which they are believed.
pub(super) fn directories(values: &mut Values) -> Option<Vec<Source>> {
    let names = values.names("directory");
    let sources: Vec<Option<(u32, Source)>> = names.iter().map(|name| directory(values, name)).collect();
    let mut sources = sources.into_iter().collect::<Option<Vec<_>>>()?;
    sources.sort_by(|(a, one), (b, other)| (a, &one.name).cmp(&(b, &other.name)));
    Some(sources.into_iter().map(|(_, source)| source).collect())
}

fn directory(values: &mut Values, name: &str) -> Option<(u32, Source)> {
    let section = format!("directory.{name}");
    let setting = |key: &str| format!("{section}.{key}");
    let order = values
        .or(&setting("order"), "config-expected-count", 100, |text| text.parse().ok().filter(|n| *n > 0));
    let often = |text: &str| duration(text).filter(|time| *time >= SHORTEST);
    let every = values.or(&setting("every"), "config-expected-often", HOUR, often);
    let full_every = values.or(&setting("full_every"), "config-expected-often", 24 * HOUR, often);
    let way = match values.text(&setting("url")) {
        Some(_) => carddav(values, &section),
        None => ldap(values, &section),
    };
    let name = name.to_owned();
    Some((order?, Source { name, way: way?, every: every?, full_every: full_every? }))
}

fn ldap(values: &mut Values, section: &str) -> Option<Way> {
    let setting = |key: &str| format!("{section}.{key}");
    let server = account(values, &format!("{section}."), LDAP_PORTS);
    let login = login(values, section);
    let base = values.need(&setting("base"), "config-expected-base", not_empty);
    let filter = values.or(&setting("filter"), "config-expected-filter", FILTER.to_owned(), filter);
    let names = attributes(values, section);
    let lists = lists(values, section, base.as_deref().unwrap_or_default());
    let server = MailServer { login: login?, ..server? };
    let account = LdapAccount { server, base: base?, filter: filter? };
    Some(Way::Ldap { account, names: Box::new(names?), lists: lists? })
}

fn filter(text: &str) -> Option<String> {
    let fits = text.starts_with('(') && text.ends_with(')');
    fits.then(|| text.to_owned())
}

/// Distribution lists: where people are, if nothing else is said.
fn lists(values: &mut Values, section: &str, base: &str) -> Option<Option<ListPlace>> {
    let setting = |key: &str| format!("{section}.{key}");
    let wanted = values.or(&setting("lists"), "config-expected-yes-no", true, |text| text.parse().ok());
    let base = values.or(&setting("list_base"), "config-expected-base", base.to_owned(), not_empty);
    let usual = LIST_FILTER.to_owned();
    let filter = values.or(&setting("list_filter"), "config-expected-filter", usual, filter);
    let place = ListPlace { base: base?, filter: filter? };
    Some(wanted?.then_some(place))
}

/// An address book by its URL. Without TLS only on this machine, which is looked at when it is asked.
fn carddav(values: &mut Values, section: &str) -> Option<Way> {
    let url = values.need(&format!("{section}.url"), "config-expected-dav", dav_url);
    let login = login(values, section);
    let ca_file =
        values.or(&format!("{section}.ca_file"), "config-expected-file", None, |text| path(text).map(Some));
    let (security, host, port, path) = url?;
    let server = MailServer { host, port, security, login: login?, ca_file: ca_file? };
    Some(Way::Carddav(DavAccount { server, path }))
}

fn dav_url(text: &str) -> Option<(Security, String, u16, String)> {
    let (security, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (Security::Tls, rest),
        (None, rest) => (Security::None, rest?),
    };
    let (authority, path) = rest.split_once('/')?;
    // A name or a password here would be shown with the URL.
    if authority.contains('@') || path.contains(['?', '#']) || !path.is_ascii() || path.contains(' ') {
        return None;
    }
    let usual = if security == Security::Tls { 443 } else { 80 };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (authority, usual),
    };
    let host = host.trim_matches(['[', ']']);
    let path = format!("/{}/", path.trim_matches('/'));
    (!host.is_empty()).then(|| (security, host.to_owned(), port, path.replace("//", "/")))
}

/// Nobody is bound without a user. A user without a password would be bound as nobody (RFC 4513 5.1.2).
fn login(values: &mut Values, section: &str) -> Option<Option<Login>> {
    let (user, password) = (format!("{section}.user"), format!("{section}.password"));
    match values.text(&user).filter(|user| !user.is_empty()) {
        None => Some(None),
        Some(user) => {
            let password = values.need(&password, "config-expected-password", not_empty)?;
            Some(Some(Login::by_password(user, SecretString::from(password))))
        }
    }
}

fn attributes(values: &mut Values, section: &str) -> Option<AttributeNames> {
    let usual = AttributeNames::default();
    let mut names = |key: &str, usual: Vec<String>| {
        values.or(&format!("{section}.{key}"), "config-expected-attributes", usual, |text| {
            let is_name =
                |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
            listed(text).map(|name| is_name(name).then(|| name.to_owned())).collect()
        })
    };
    let name = names("name_attributes", usual.name);
    let addresses = names("address_attributes", usual.addresses);
    let phones = names("phone_attributes", usual.phones);
    let department = names("department_attributes", usual.department);
    let position = names("position_attributes", usual.position);
    let manager = names("manager_attributes", usual.manager);
    let photos = names("photo_attributes", usual.photos);
    let members = names("member_attributes", usual.members);
    Some(AttributeNames {
        name: name?,
        addresses: addresses?,
        phones: phones?,
        department: department?,
        position: position?,
        manager: manager?,
        photos: photos?,
        members: members?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_an_address_book_is_taken_apart() {
        let read = |text| dav_url(text).map(|(_, host, port, path)| format!("{host} {port} {path}"));
        assert_eq!(
            read("https://dav.corp.example/books/staff").as_deref(),
            Some("dav.corp.example 443 /books/staff/")
        );
        assert_eq!(read("http://127.0.0.1:5232/a/").as_deref(), Some("127.0.0.1 5232 /a/"));
        assert_eq!(read("https://[::1]/a/").as_deref(), Some("::1 443 /a/"));
        for odd in [
            "dav.corp.example/a/",
            "https://user:pw@dav.corp.example/a/",
            "https:///a/",
            "https://x",
            "https://x/?a",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
