//! The doctor's steps for a directory: from finding the server to what is understood of one person.

use super::look::of_connection;
use super::look_ldap::trouble;
use super::words::words;
use super::{Source, Way, look_dav};
use crate::directory::ldap::person;
use crate::directory::vcard::card;
use crate::domain::directory_sync::SyncTrouble;
use crate::domain::ldap::{AttributeNames, LdapEntry};
use crate::domain::person::Entry;
use crate::texts::{Texts, Value};
use crate::transport::carddav::{DavAccount, DavBook, DavCard, DavChanges};
use crate::transport::check::{CheckStep, Outcome};
use crate::transport::connect;
use crate::transport::ldap::{LdapAccount, LdapSession};

/// Runs all steps of a source; `each` is called as soon as one is done.
pub async fn check_source(
    source: &Source,
    texts: Texts,
    each: &mut (dyn FnMut(&CheckStep) + Send),
) -> Vec<CheckStep> {
    let mut steps = Steps { source, texts, all: Vec::new(), each };
    if reach(&mut steps).await.is_some() {
        match &source.way {
            Way::Ldap { account, names, .. } => drop(check_ldap(&mut steps, account, names).await),
            Way::Carddav(account) => drop(check_dav(&mut steps, account).await),
        }
    }
    steps.all
}

/// So many cards are looked at for a good sample.
const SAMPLES: usize = 20;

struct Steps<'a> {
    source: &'a Source,
    texts: Texts,
    all: Vec<CheckStep>,
    each: &'a mut (dyn FnMut(&CheckStep) + Send),
}

impl Steps<'_> {
    fn add(&mut self, what: &str, outcome: Outcome, (seen, advice): (String, String)) {
        // Several sources have the same steps.
        let step = CheckStep { what: format!("{} · {what}", self.source.name), outcome, seen, advice };
        (self.each)(&step);
        self.all.push(step);
    }

    fn ok(&mut self, what: &str, seen: String) {
        self.add(what, Outcome::Ok, (seen, String::new()));
    }

    /// Adds the step; its value if it went well.
    fn take<T>(
        &mut self,
        what: &str,
        done: Result<T, SyncTrouble>,
        seen: impl Fn(&T) -> String,
    ) -> Option<T> {
        match done {
            Ok(value) => {
                self.ok(what, seen(&value));
                Some(value)
            }
            Err(trouble) => {
                let words = words(self.texts, &trouble, self.source);
                self.add(what, Outcome::Failed, (words.seen, words.advice));
                None
            }
        }
    }

    fn text(&self, key: &str) -> String {
        let server = self.source.server();
        let (port, security) = (server.port.to_string(), format!("{:?}", server.security).to_lowercase());
        let user = server.login.as_ref().map_or("", |login| login.user.as_str());
        let values = [
            ("protocol", self.source.protocol().0),
            ("host", server.host.as_str()),
            ("port", port.as_str()),
            ("security", security.as_str()),
            ("user", user),
            ("base", self.source.place()),
        ];
        self.texts.with(key, &values).into_owned()
    }
}

/// The address and the port.
async fn reach(steps: &mut Steps<'_>) -> Option<()> {
    let server = steps.source.server();
    let (find, open) = (steps.text("check-find"), steps.text("check-connect"));
    let found = connect::find_addresses(server).await.map_err(|error| of_connection(&error));
    let addresses = |found: &Vec<std::net::SocketAddr>| {
        found.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", ")
    };
    let found = steps.take(&find, found, addresses)?;
    let opened = connect::open_tcp(server, &found).await.map_err(|error| of_connection(&error));
    steps.take(&open, opened, |_| String::new()).map(drop)
}

async fn check_ldap(steps: &mut Steps<'_>, account: &LdapAccount, names: &AttributeNames) -> Option<()> {
    let nothing = |_: &_| String::new();
    let protect = steps.text("check-protect");
    let opened = LdapSession::open(&account.server).await.map_err(|error| trouble(&error));
    let mut session = steps.take(&protect, opened, |_| String::new())?;
    let login = steps.text(if account.server.login.is_some() { "check-login" } else { "check-no-login" });
    let bound = session.bind().await.map_err(|error| trouble(&error));
    steps.take(&login, bound, nothing)?;

    let search = steps.text("directory-check-base");
    let mut sample: Option<(usize, LdapEntry, Entry)> = None;
    let mut without = 0_usize;
    let mut take = |entry: LdapEntry| match person(&entry, names).0 {
        // One with much is a better sample than the first.
        Some(found) => {
            let filled = filled(&found.said.entry);
            if sample.as_ref().is_none_or(|(most, ..)| filled > *most) {
                sample = Some((filled, entry, found.said.entry));
            }
        }
        None => without += 1,
    };
    let found = session.search((&account.base, &account.filter), &names.wanted(), &mut take).await;
    let root = session.root().await.unwrap_or_default();
    session.close().await;
    let texts = steps.texts;
    let count = |found: &usize| {
        let values = [("people", Value::from(*found)), ("without", Value::from(without))];
        texts.with("directory-check-count", &values).into_owned()
    };
    let found = found.map_err(|error| {
        let mut trouble = trouble(&error);
        if !root.bases.is_empty() {
            trouble.words = format!("{} [{}]", trouble.words, root.bases.join(" | "));
        }
        trouble
    });
    steps.take(&search, found, count)?;
    tell_sample(steps, names, sample.map(|(_, entry, person)| (entry, person)));
    Some(())
}

async fn check_dav(steps: &mut Steps<'_>, account: &DavAccount) -> Option<()> {
    let t = steps.texts;
    let protect = steps.text("check-protect");
    let opened = DavBook::open(account).await.map_err(|error| look_dav::trouble(&error));
    let book = steps.take(&protect, opened, |_| String::new())?;
    let search = steps.text("directory-check-base");
    let changes = book.changes(None).await.map_err(|error| look_dav::trouble(&error));
    let count =
        |changes: &DavChanges| t.with("directory-check-cards", &[("n", changes.changed.len())]).into_owned();
    let changes = steps.take(&search, changes, count)?;
    let some: Vec<String> = changes.changed.into_iter().take(SAMPLES).collect();
    let what = t.get("directory-check-sample").into_owned();
    let cards = book.cards(&some).await.map_err(|error| look_dav::trouble(&error));
    let entries = |cards: &Vec<DavCard>| {
        let entries = cards.iter().filter_map(|one| card(one.text.as_deref()?).entry);
        entries.max_by_key(filled).unwrap_or_default()
    };
    let seen = |cards: &Vec<DavCard>| {
        let best = entries(cards);
        let addresses: Vec<&str> = best.addresses.iter().map(|address| address.as_str()).collect();
        let parts = [
            best.full_name.clone(),
            addresses.join(", "),
            best.phones.join(", "),
            best.department,
            best.position,
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    match cards {
        Ok(cards) if entries(&cards).addresses.is_empty() => {
            let (seen, advice) = (t.get("directory-saw-nobody"), t.get("directory-advice-no-cards"));
            steps.add(&what, Outcome::Warning, (seen.into_owned(), advice.into_owned()));
        }
        cards => drop(steps.take(&what, cards, seen)),
    }
    Some(())
}

fn filled(entry: &Entry) -> usize {
    let texts = [&entry.full_name, &entry.department, &entry.position];
    texts.into_iter().filter(|text| !text.is_empty()).count() + usize::from(!entry.phones.is_empty())
}

/// What is understood of one person, and by which attributes.
fn tell_sample(steps: &mut Steps<'_>, names: &AttributeNames, sample: Option<(LdapEntry, Entry)>) {
    let t = steps.texts;
    let what = t.get("directory-check-sample").into_owned();
    let Some((entry, person)) = sample else {
        let (seen, advice) = (t.get("directory-saw-nobody"), steps.text("directory-advice-nobody"));
        steps.add(&what, Outcome::Failed, (seen.into_owned(), advice));
        return;
    };
    let has = |name: &&String| entry.texts(name).next().is_some();
    let mut missing = Vec::new();
    let mut part = |key: &str, names: &[String], value: &str| {
        let used: Vec<&str> = names.iter().filter(has).map(String::as_str).collect();
        let label = t.get(key);
        if used.is_empty() {
            missing.push(format!("{label} ({})", names.join(", ")));
            return String::new();
        }
        format!("{label}: {value} ({})", used.join(", "))
    };
    let addresses: Vec<&str> = person.addresses.iter().map(|address| address.as_str()).collect();
    let parts = [
        part("directory-name", &names.name, &person.full_name),
        part("directory-addresses", &names.addresses, &addresses.join(", ")),
        part("directory-phones", &names.phones, &person.phones.join(", ")),
        part("directory-department", &names.department, &person.department),
        part("directory-position", &names.position, &person.position),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let seen = parts.join(" · ");
    if missing.is_empty() {
        steps.ok(&what, seen);
    } else {
        let section = format!("directory.{}.", steps.source.name);
        let values = [("missing", missing.join("; ")), ("section", section)];
        let advice = t.with("directory-advice-attributes", &values).into_owned();
        steps.add(&what, Outcome::Warning, (seen, advice));
    }
}
