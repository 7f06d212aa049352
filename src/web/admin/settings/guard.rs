//! A secret that is kept goes to nobody else: whoever changes the server that it is for types it again. Otherwise an admin's
//! stolen session would be enough to have it sent to a server of the thief.

use super::Now;
use crate::config::{From, SettingSeen};
use crate::domain::kept::Change;
use crate::texts::Texts;

/// Settings that say to whom a secret goes, and how protected.
const WAYS: [&str; 6] = ["host", "port", "security", "ca_file", "url", "issuer"];

/// What is wrong with changes of a section, by the name of the setting. Empty if they can be.
pub(super) fn problems(t: Texts, now: &Now, section: &str, changes: &[Change]) -> Vec<(String, String)> {
    let Some(secret) = secret_of(now, section) else { return Vec::new() };
    let typed = |name: &str| changes.iter().any(|change| change.name == name);
    let own = changes.iter().any(|change| change.secret);
    let Some(way) = changes.iter().find(|change| is_moved(now, section, change)).filter(|_| !own) else {
        return Vec::new();
    };
    match &secret.from {
        From::Nowhere => Vec::new(),
        From::Page if typed(&secret.setting.name) => Vec::new(),
        From::Page if secret.setting.section() == section => {
            vec![(secret.setting.name.to_string(), t.get("settings-secret-again").into_owned())]
        }
        // Mails go out by the password of the mailbox where there is no other.
        From::Page => vec![(format!("{section}.password"), t.get("settings-secret-again").into_owned())],
        From::Outside(place) => {
            let words = t.with("settings-secret-outside", &[("place", place.as_str())]);
            vec![(way.name.clone(), words.into_owned())]
        }
    }
}

/// The secret that a section's server is told.
fn secret_of<'n>(now: &'n Now, section: &str) -> Option<&'n SettingSeen> {
    let given = |section: &str| {
        let mut own = now.seen.iter().filter(|one| one.setting.section() == section);
        own.find(|one| one.setting.secret && one.from != From::Nowhere)
    };
    given(section).or_else(|| given("imap").filter(|_| section == "smtp"))
}

fn is_moved(now: &Now, section: &str, change: &Change) -> bool {
    let name = change.name.strip_prefix(section).and_then(|rest| rest.strip_prefix('.'));
    let before = now.seen.iter().find(|one| *one.setting.name == *change.name);
    let before = before.and_then(|one| one.text.as_deref());
    // An account has two servers for one secret.
    let way = name.map(|name| name.strip_prefix("imap_").or(name.strip_prefix("smtp_")).unwrap_or(name));
    way.is_some_and(|way| WAYS.contains(&way)) && before != change.text.as_deref()
}
