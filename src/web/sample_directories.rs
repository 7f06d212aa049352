//! Samples of the pages of directories.

use std::time::Duration;

use super::admin::directory::import::{ImportPage, SeenView};
use super::admin::directory::person::PersonPage;
use super::admin::directory::{DirectoryPage, SourceRow};
use super::samples::{at, id, person, view};
use crate::actions::directory::import::ImportSeen;
use crate::actions::directory::pages::{PersonSeen, SourceSeen};
use crate::actions::directory::{Source, Way};
use crate::directory::{Problem, Trouble};
use crate::domain::directory::{IMPORT, Said, Word, merge};
use crate::domain::directory_sync::{Hitch, Names, Refused, Sync, SyncOutcome, SyncReport, SyncTrouble, Why};
use crate::domain::import_preview::{ImportPreview, PersonChange};
use crate::domain::language::Language;
use crate::domain::person::Entry;
use crate::transport::account::{MailServer, Security};
use crate::transport::ldap::LdapAccount;

fn source() -> Source {
    let server = MailServer {
        host: "ldap.corp.example".to_owned(),
        port: 389,
        security: Security::StartTls,
        login: None,
        ca_file: None,
    };
    let account = LdapAccount { server, base: "ou=people".to_owned(), filter: "(mail=*)".to_owned() };
    let hour = Duration::from_secs(3600);
    let way = Way::Ldap { account, names: Box::default(), lists: None };
    Source { name: "staff".to_owned(), way, every: hour, full_every: 24 * hour }
}

fn names(count: usize) -> Names {
    let mut names = Names::default();
    (0..count).for_each(|n| names.push(|| person(n).full_name));
    names
}

fn sync(minutes: i64, outcome: SyncOutcome) -> Sync {
    Sync { begun_at: at(minutes), took_ms: 1_234, outcome }
}

pub fn directory_page(language: Language) -> DirectoryPage {
    let view = view(language, "/admin/directory");
    let mut report =
        SyncReport { full: true, found: 230, added: names(3), changed: names(70), ..SyncReport::default() };
    report.refuse("<b>Printer</b>", Why::NoAddress);
    report.refuse("Bo", Why::BadAddress { value: "bo at corp".to_owned() });
    report.refuse("Back Desk", Why::AddressTaken { value: "info@corp.example".to_owned() });
    let stopped = |hitch, words: &str| SyncOutcome::Stopped(SyncTrouble { hitch, words: words.to_owned() });
    let seen = |syncs: Vec<Sync>| SourceSeen {
        name: "staff".to_owned(),
        people: 230,
        syncs,
        next_at: Some(at(60)),
        is_running: false,
    };
    let good = sync(0, SyncOutcome::Done(report));
    let row = |syncs| SourceRow::of(view.t, &source(), seen(syncs));
    let sources = vec![
        row(vec![good.clone(), sync(-60, stopped(Hitch::Timeout, ""))]),
        row(vec![sync(5, stopped(Hitch::Fewer, "8 / 230")), good]),
        row(Vec::new()),
    ];
    DirectoryPage { sources, query: "<anna>".to_owned(), people: (0..3).map(person).collect(), view }
}

pub fn person_page(language: Language) -> PersonPage {
    let view = view(language, "/admin/directory/people/1");
    let somebody = person(1);
    let said = |name: &str| Said {
        entry: Entry {
            full_name: name.to_owned(),
            addresses: somebody.addresses.clone(),
            department: somebody.department.clone(),
            ..Entry::default()
        },
        manager: String::new(),
    };
    let word =
        |source: &str, name: &str, departed| Word { source: source.to_owned(), said: said(name), departed };
    let words = vec![
        word(IMPORT, "<i>Xiaoming</i>", false),
        word("staff", &somebody.full_name, false),
        word("phones", "X. Wang", true),
    ];
    let merged = merge(&words, &["staff".to_owned()]);
    PersonPage::of(view, PersonSeen { person: somebody, words, merged, manager: Some(person(0)) })
}

fn preview() -> ImportPreview {
    let entry = |n: usize| Entry {
        full_name: person(n).full_name,
        addresses: person(n).addresses,
        ..Entry::default()
    };
    let mut preview = ImportPreview { unchanged: 1, ..ImportPreview::default() };
    (0..2).for_each(|n| preview.added.push(|| entry(n)));
    let known = person(1);
    let after = Entry { phones: vec!["<b>1</b>".to_owned()], position: "Lead".to_owned(), ..entry(1) };
    preview.changed.push(|| PersonChange::of(&known, &after, &after, true));
    let said = Entry { full_name: "<i>Other</i>".to_owned(), ..after.clone() };
    preview.overruled.push(|| PersonChange::of(&known, &said, &after, false));
    preview.refused.push(|| Refused { who: "–".to_owned(), why: Why::Erased });
    preview
}

/// A file that was looked at, or the form for one.
pub fn import_page(language: Language, looked: bool) -> ImportPage {
    let view = view(language, "/admin/directory/import");
    let problem = Problem { line: 4, who: "<b>Anna</b>".to_owned(), trouble: Trouble::NoAddress };
    let seen =
        ImportSeen { id: id(77), people: 5, preview: preview(), problems: vec![problem], more_problems: 2 };
    let seen = looked.then(|| SeenView::of(view.t, seen));
    ImportPage { seen, problem: (!looked).then(|| "<b>".to_owned()), done: None, view }
}
