//! The servers of a mail address, put into the form; they are saved by whoever has looked at them.

use std::net::SocketAddr;

use super::fields::Field;
use super::form::{Notice, SettingsForm};
use super::{Now, SettingsDesk};
use crate::domain::address::EmailAddress;
use crate::domain::network::AddressBlock;
use crate::texts::Texts;
use crate::transport::account::Security;
use crate::transport::discover::{Discovery, Found, Offer};

/// What the button in a section's form says, if servers can be looked for there.
pub(super) fn label(section: &str, now: &Now, t: Texts) -> Option<String> {
    match section {
        "imap" | "smtp" => {
            let address = house_address(now)?;
            Some(t.with("settings-find", &[("address", address)]).into_owned())
        }
        _ if is_account(section) => Some(t.get("settings-find-typed").into_owned()),
        _ => None,
    }
}

/// Looks for them, which takes some seconds, and says what was found.
pub(super) async fn fill(form: &mut SettingsForm, desk: &SettingsDesk, now: &Now, internal: &[AddressBlock]) {
    let t = form.view.t;
    let typed = match is_account(&form.section) {
        true => field_text(form, "address"),
        false => house_address(now).unwrap_or_default().to_owned(),
    };
    let Ok(address) = typed.parse::<EmailAddress>() else {
        let words = t.with("discover-no-address", &[("address", typed.as_str())]);
        form.notice = Some(Notice::new(false, words));
        return;
    };
    let servers = desk.origin.name_servers(&now.kept);
    let found = match look(&address, (&servers, internal), t).await {
        Ok(found) => found,
        Err(notice) => {
            form.notice = Some(notice);
            return;
        }
    };
    let offers = match form.section.as_str() {
        "imap" => vec![("", found.imap)],
        "smtp" => vec![("", found.smtp)],
        _ => vec![("imap_", found.imap), ("smtp_", found.smtp)],
    };
    let offers: Vec<(&str, Offer)> =
        offers.into_iter().filter_map(|(kind, one)| Some((kind, one?))).collect();
    form.notice = Some(notice(offers.iter().map(|(_, offer)| offer), &address, t));
    for (kind, offer) in offers {
        put(&mut form.fields, (&form.section, kind), offer);
    }
}

/// Looks for the servers of an address, or says why there are none.
pub(in crate::web) async fn look(
    address: &EmailAddress,
    (servers, internal): (&[SocketAddr], &[AddressBlock]),
    t: Texts,
) -> Result<Found, Notice> {
    let discovery = Discovery::asking(servers, internal);
    let found = match discovery {
        Ok(discovery) => discovery.find(address).await,
        Err(error) => return Err(Notice::new(false, error.to_string())),
    };
    if found.is_nothing() {
        return Err(Notice::new(false, found.words_of_nothing(address, t)));
    }
    Ok(found)
}

fn is_account(section: &str) -> bool {
    section.starts_with("account.")
}

fn house_address(now: &Now) -> Option<&str> {
    now.seen.iter().find(|one| one.setting.name == "mail.address").and_then(|one| one.text.as_deref())
}

/// What was found, and who said so.
pub(in crate::web) fn notice<'o>(
    offers: impl Iterator<Item = &'o Offer>,
    address: &EmailAddress,
    t: Texts,
) -> Notice {
    let domain = [("domain", address.domain())];
    let mut offers = offers.peekable();
    let Some(first) = offers.peek() else {
        return Notice::new(false, t.with("settings-found-nothing", &domain));
    };
    let abroad = first.is_abroad(address).then(|| t.with("discover-abroad", &domain).into_owned());
    let mut notice = Notice::new(true, t.get("settings-found"));
    notice.more.extend(offers.map(|offer| {
        let (port, by) = (offer.port.to_string(), offer.by.words(t));
        let values = [("host", offer.host.as_str()), ("port", port.as_str()), ("by", by.as_str())];
        t.with("settings-found-server", &values).into_owned()
    }));
    notice.more.extend(abroad);
    notice
}

/// Into the fields that can be changed; `kind` stands before their names where a section has two servers.
pub(in crate::web) fn put(fields: &mut [Field], (section, kind): (&str, &str), offer: Offer) {
    let security = if offer.security == Security::StartTls { "starttls" } else { "tls" };
    let texts = [
        (format!("{kind}host"), offer.host),
        (format!("{kind}port"), offer.port.to_string()),
        (format!("{kind}security"), security.to_owned()),
        ("user".to_owned(), offer.user.unwrap_or_default()),
    ];
    for (name, text) in texts {
        let name = format!("{section}.{name}");
        if let Some(field) = fields.iter_mut().find(|field| field.name == name && !field.is_fixed()) {
            field.text = text;
        }
    }
}

fn field_text(form: &SettingsForm, name: &str) -> String {
    let name = format!("{}.{name}", form.section);
    let field = form.fields.iter().find(|field| field.name == name);
    field.map(|field| field.text.clone()).unwrap_or_default()
}
