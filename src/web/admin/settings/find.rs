//! The servers of a mail address, put into the form; they are saved by whoever has looked at them.

use super::form::{Notice, SettingsForm};
use super::{Now, SettingsDesk};
use crate::domain::address::EmailAddress;
use crate::domain::network::AddressBlock;
use crate::texts::Texts;
use crate::transport::account::Security;
use crate::transport::discover::{Discovery, Offer};

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
    let found = match Discovery::asking(&desk.origin.name_servers(&now.kept), internal) {
        Ok(discovery) => discovery.find(&address).await,
        Err(error) => {
            form.notice = Some(Notice::new(false, error.to_string()));
            return;
        }
    };
    if found.is_nothing() {
        form.notice = Some(Notice::new(false, found.words_of_nothing(&address, t)));
        return;
    }
    let offers = match form.section.as_str() {
        "imap" => vec![("", found.imap)],
        "smtp" => vec![("", found.smtp)],
        _ => vec![("imap_", found.imap), ("smtp_", found.smtp)],
    };
    let offers: Vec<(&str, Offer)> =
        offers.into_iter().filter_map(|(kind, one)| Some((kind, one?))).collect();
    form.notice = Some(notice(&offers, &address, t));
    for (kind, offer) in offers {
        put(form, kind, offer);
    }
}

fn is_account(section: &str) -> bool {
    section.starts_with("account.")
}

fn house_address(now: &Now) -> Option<&str> {
    now.seen.iter().find(|one| one.setting.name == "mail.address").and_then(|one| one.text.as_deref())
}

fn notice(offers: &[(&str, Offer)], address: &EmailAddress, t: Texts) -> Notice {
    let domain = [("domain", address.domain())];
    let Some((_, first)) = offers.first() else {
        return Notice::new(false, t.with("settings-found-nothing", &domain));
    };
    let mut notice = Notice::new(true, t.get("settings-found"));
    notice.more.extend(offers.iter().map(|(_, offer)| {
        let (port, by) = (offer.port.to_string(), offer.by.words(t));
        let values = [("host", offer.host.as_str()), ("port", port.as_str()), ("by", by.as_str())];
        t.with("settings-found-server", &values).into_owned()
    }));
    if first.is_abroad(address) {
        notice.more.push(t.with("discover-abroad", &domain).into_owned());
    }
    notice
}

/// Into the fields that can be changed; `kind` stands before their names where a section has two servers.
fn put(form: &mut SettingsForm, kind: &str, offer: Offer) {
    let security = if offer.security == Security::StartTls { "starttls" } else { "tls" };
    let texts = [
        (format!("{kind}host"), offer.host),
        (format!("{kind}port"), offer.port.to_string()),
        (format!("{kind}security"), security.to_owned()),
        ("user".to_owned(), offer.user.unwrap_or_default()),
    ];
    for (name, text) in texts {
        let name = format!("{}.{name}", form.section);
        if let Some(field) = form.fields.iter_mut().find(|field| field.name == name && !field.is_fixed()) {
            field.text = text;
        }
    }
}

fn field_text(form: &SettingsForm, name: &str) -> String {
    let name = format!("{}.{name}", form.section);
    let field = form.fields.iter().find(|field| field.name == name);
    field.map(|field| field.text.clone()).unwrap_or_default()
}
