//! A secret that is kept goes to nobody else: whoever changes the server that it is for types it again. Otherwise an admin's
//! stolen session would be enough to have it sent to a server of the thief.

use super::Now;
use crate::config::{From, SettingSeen};
use crate::domain::kept::Change;
use crate::texts::Texts;

/// Settings that say to whom a secret goes, and how protected.
const WAYS: [&str; 8] = ["host", "port", "security", "ca_file", "url", "issuer", "token_url", "hosts"];

/// What is wrong with changes of a section, by the name of the setting. Empty if they can be.
pub(super) fn problems(t: Texts, now: &Now, section: &str, changes: &[Change]) -> Vec<(String, String)> {
    let Some(way) = changes.iter().find(|change| is_moved(now, section, change)) else { return Vec::new() };
    let is_typed = |secret: &&SettingSeen| changes.iter().any(|change| change.name == secret.setting.name);
    let secrets = secrets_of(now, section);
    // Whoever types a password for this server says that it is for this server: no borrowed one goes there.
    let own = changes.iter().any(|change| change.secret);
    let borrowed = |secret: &&SettingSeen| secret.setting.section() != section;
    let is_kept = |secret: &&SettingSeen| if borrowed(secret) { !own } else { !is_typed(secret) };
    let kept = secrets.into_iter().filter(is_kept);
    let problem = |secret: &SettingSeen| match &secret.from {
        From::Outside(place) => {
            let words = t.with("settings-secret-outside", &[("place", place.as_str())]);
            (way.name.clone(), words.into_owned())
        }
        // Mails go out by the password of the mailbox where there is no other.
        _ if borrowed(&secret) => {
            (format!("{section}.password"), t.get("settings-secret-again").into_owned())
        }
        _ => (secret.setting.name.to_string(), t.get("settings-secret-again").into_owned()),
    };
    kept.map(problem).collect()
}

/// The secrets that a section's server is told.
fn secrets_of<'n>(now: &'n Now, section: &str) -> Vec<&'n SettingSeen> {
    let given = |section: &str| -> Vec<&'n SettingSeen> {
        let own = now.seen.iter().filter(|one| one.setting.section() == section);
        own.filter(|one| one.setting.secret && one.from != From::Nowhere).collect()
    };
    let own = given(section);
    if own.is_empty() && section == "smtp" { given("imap") } else { own }
}

fn is_moved(now: &Now, section: &str, change: &Change) -> bool {
    let name = change.name.strip_prefix(section).and_then(|rest| rest.strip_prefix('.'));
    let before = now.seen.iter().find(|one| *one.setting.name == *change.name);
    let before = before.and_then(|one| one.text.as_deref());
    // An account has two servers for one secret.
    let way = name.map(|name| name.strip_prefix("imap_").or(name.strip_prefix("smtp_")).unwrap_or(name));
    way.is_some_and(|way| WAYS.contains(&way)) && before != change.text.as_deref()
}
