//! A secret that is kept goes to nobody else: whoever changes the server that it is for types it again. Otherwise an admin's
//! stolen session would be enough to have it sent to a server of the thief.

use std::collections::BTreeSet;

use super::Now;
use crate::config::{From, SettingSeen};
use crate::domain::kept::{Change, Save};
use crate::texts::Texts;

/// Settings that say to whom a secret goes, and how protected.
const WAYS: [&str; 8] = ["host", "port", "security", "ca_file", "url", "issuer", "token_url", "hosts"];

/// What is wrong with changes of a section, by the name of the setting. Empty if they can be.
pub(super) fn problems(t: Texts, now: &Now, section: &str, changes: &[Change]) -> Vec<(String, String)> {
    let bared = changes.iter().find(|change| is_bared(now, section, change));
    let Some(way) = changes.iter().find(|change| is_moved(now, section, change)).or(bared) else {
        return Vec::new();
    };
    let is_typed = |secret: &&SettingSeen| changes.iter().any(|change| change.name == secret.setting.name);
    let secrets = if bared.is_some() { given(now, "imap") } else { secrets_of(now, section) };
    // Whoever types a password for this server says that it is for this server: no borrowed one goes there.
    let own = changes.iter().any(|change| change.secret && change.text.is_some());
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
    let own = given(now, section);
    if own.is_empty() && section == "smtp" { given(now, "imap") } else { own }
}

fn given<'n>(now: &'n Now, section: &str) -> Vec<&'n SettingSeen> {
    let own = now.seen.iter().filter(|one| one.setting.section() == section);
    own.filter(|one| one.setting.secret && one.from != From::Nowhere).collect()
}

/// Mails go out by the password of the mailbox when their own is taken away: that may be to a server it was never for.
fn is_bared(now: &Now, section: &str, change: &Change) -> bool {
    let is_kept = |one: &SettingSeen| *one.setting.name == *change.name && one.from == From::Page;
    section == "smtp" && change.secret && change.text.is_none() && now.seen.iter().any(is_kept)
}

/// What stands in the way of putting back what a save had changed: a secret that it would bring back was for the server of that
/// time, and another one may have been named since.
pub(super) fn problems_of_putting_back(
    t: Texts,
    now: &Now,
    changes: &[Change],
    (save, newest): (i64, &[Save]),
) -> Vec<(String, String)> {
    let section_of = |name: &str| name.rsplit_once('.').map_or("", |(section, _)| section).to_owned();
    let sections: BTreeSet<String> = changes.iter().map(|change| section_of(&change.name)).collect();
    // What is not among the newest any more may have changed it.
    let reaches = newest.iter().any(|one| one.number <= save);
    let is_later = |section: &str| {
        let later = newest.iter().filter(|one| one.number > save);
        !reaches || later.flat_map(|one| &one.changes).any(|one| is_way(section, &one.name))
    };
    let of_section = |section: &String| {
        let own: Vec<Change> =
            changes.iter().filter(|change| section_of(&change.name) == *section).cloned().collect();
        let brought = own.iter().find(|change| change.secret && change.text.is_some());
        match brought.filter(|_| is_later(section)) {
            Some(secret) => {
                let words = t.with("settings-secret-moved", &[("name", secret.name.as_str())]);
                vec![(secret.name.clone(), words.into_owned())]
            }
            None => problems(t, now, section, &own),
        }
    };
    sections.iter().flat_map(of_section).collect()
}

fn is_way(section: &str, name: &str) -> bool {
    let name = name.strip_prefix(section).and_then(|rest| rest.strip_prefix('.'));
    // An account has two servers for one secret.
    let way = name.map(|name| name.strip_prefix("imap_").or(name.strip_prefix("smtp_")).unwrap_or(name));
    way.is_some_and(|way| WAYS.contains(&way))
}

fn is_moved(now: &Now, section: &str, change: &Change) -> bool {
    let before = now.seen.iter().find(|one| *one.setting.name == *change.name);
    let before = before.and_then(|one| one.text.as_deref());
    is_way(section, &change.name) && before != change.text.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origin;
    use crate::domain::kept::Kept;
    use crate::domain::language::Language;

    fn change(name: &str, secret: bool, text: Option<&str>) -> Change {
        Change { name: name.to_owned(), secret, text: text.map(str::to_owned) }
    }

    #[test]
    fn no_password_is_lent_to_a_server_it_was_not_for() {
        let kept: [(&str, &str); 2] = [("smtp.port", "2525"), ("smtp.password", "own")];
        let kept = Kept(kept.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
        let origin =
            Origin::of("[imap]\nhost = \"mail\"\npassword = \"s3cret\"\n[smtp]\nhost = \"mail\"\n", []);
        let now = Now { seen: origin.list(&kept), kept, last: 1 };
        let t = Texts::of(Language::English);
        let wrong = |changes: &[Change]| problems(t, &now, "smtp", changes).len();
        let own = change("smtp.password", true, None);
        assert_eq!(wrong(std::slice::from_ref(&own)), 1, "that of the mailbox would go to port 2525");
        assert_eq!(wrong(&[own.clone(), change("smtp.port", false, Some("2526"))]), 1);
        assert_eq!(wrong(&[change("smtp.password", true, Some("new"))]), 0);
        assert_eq!(wrong(&[change("smtp.port", false, Some("2526"))]), 1, "it is typed again");
        assert_eq!(wrong(&[change("smtp.user", false, Some("moot"))]), 0);
        assert_eq!(problems(t, &now, "archive", &[change("archive.password", true, None)]).len(), 0);
    }
}
