//! The address book: what is imported wins over what is learnt, and everybody is found.

use std::time::Duration;

use mailmoot::actions::Actions;
use mailmoot::actions::imports::Imported;
use mailmoot::domain::identity::Rights;
use mailmoot::domain::person::{Entry, Origin, Person, Viewer};

use crate::support::house::actions_in;

async fn house() -> (Actions, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (actions_in(folder.path(), Duration::ZERO).await, folder)
}

fn entry(name: &str, addresses: &[&str], department: &str, position: &str) -> Entry {
    Entry {
        full_name: name.to_owned(),
        addresses: addresses.iter().map(|a| a.parse().unwrap()).collect(),
        phones: Vec::new(),
        department: department.to_owned(),
        position: position.to_owned(),
        photo: None,
    }
}

fn viewer(actions: &Actions, person: &Person) -> Viewer {
    Viewer {
        person_id: person.id,
        session_id: actions.clock.new_id(),
        full_name: person.full_name.clone(),
        photo: None,
        rights: Rights::default(),
        language: None,
        whence: mailmoot::domain::audit::Whence::default(),
        until: mailmoot::domain::time::Timestamp::from_millis(i64::MAX),
    }
}

async fn anna(actions: &Actions) -> Viewer {
    let person = actions.make_admin(&"anna@corp.example".parse().unwrap(), Some("Anna Berg")).await.unwrap();
    viewer(actions, &person)
}

async fn find(actions: &Actions, who: &Viewer, query: &str) -> Vec<Person> {
    actions.search_people(who, query, 20).await.unwrap()
}

fn done(added: usize, updated: usize, unchanged: usize) -> Imported {
    Imported { added, updated, unchanged }
}

/// A draft from a mail makes its people known.
async fn learn(actions: &Actions, who: &Viewer, to: &str) {
    let mail = format!(
        "From: Anna <anna@corp.example>\r\nTo: {to}\r\nSubject: Budget\r\nMessage-ID: <{}@x.example>\r\n\r\nHello\r\n",
        actions.clock.new_id::<Person>()
    );
    actions.start_draft_from_mails(who, vec![mail.into_bytes()]).await.unwrap();
}

#[tokio::test]
async fn what_was_imported_is_never_overwritten_by_a_mail() {
    let (actions, _folder) = house().await;
    let anna = anna(&actions).await;
    let book = vec![entry("李雷", &["lilei@corp.example", "lei@home.example"], "财务部", "经理")];
    assert_eq!(actions.import_people(book.clone()).await.unwrap(), done(1, 0, 0));
    learn(&actions, &anna, "\"Boss Li\" <LiLei@corp.example>, Lei <lei@home.example>").await;
    let found = find(&actions, &anna, "lei").await;
    assert_eq!(found.len(), 1, "both addresses are one person's");
    assert_eq!(
        (found[0].full_name.as_str(), found[0].department.as_str(), found[0].origin),
        ("李雷", "财务部", Origin::Imported)
    );
    assert_eq!(actions.import_people(book).await.unwrap(), done(0, 0, 1));
}

#[tokio::test]
async fn who_was_learnt_is_completed_by_an_import() {
    let (actions, _folder) = house().await;
    let anna = anna(&actions).await;
    learn(&actions, &anna, "mei <mei@corp.example>, nobody@else.example").await;
    let learnt = find(&actions, &anna, "mei@corp").await.remove(0);
    assert_eq!((learnt.full_name.as_str(), learnt.origin), ("mei", Origin::Learnt));
    let book = vec![entry("韩 梅梅", &["han.mm@corp.example", "mei@corp.example"], "市场部", "主任")];
    assert_eq!(actions.preview_import(book.clone()).await.unwrap().counts(), done(0, 1, 0));
    assert_eq!(find(&actions, &anna, "mei@corp").await[0], learnt, "a preview changes nothing");
    assert_eq!(actions.import_people(book).await.unwrap(), done(0, 1, 0));
    let found = find(&actions, &anna, "mei@corp").await.remove(0);
    assert_eq!((found.id, found.full_name.as_str(), found.origin), (learnt.id, "韩 梅梅", Origin::Imported));
    assert_eq!(found.main_address().unwrap().as_str(), "han.mm@corp.example");
    let other = find(&actions, &anna, "nobody").await.remove(0);
    assert_eq!(
        (other.full_name.as_str(), other.origin),
        ("nobody", Origin::Learnt),
        "no name: the local part"
    );
}

#[tokio::test]
async fn a_shared_address_makes_nobody_somebody_else() {
    let (actions, _folder) = house().await;
    let anna = anna(&actions).await;
    let first = vec![entry("Carl", &["carl@x.example", "info@x.example"], "", "")];
    actions.import_people(first).await.unwrap();
    let carl = find(&actions, &anna, "carl").await.remove(0);
    // In the next export a colleague stands before him with the same second address.
    let book = vec![
        entry("Doris", &["doris@x.example", "info@x.example"], "", ""),
        entry("Carl", &["carl@x.example", "info@x.example"], "IT", ""),
    ];
    assert_eq!(actions.import_people(book.clone()).await.unwrap(), done(1, 1, 0));
    let found = find(&actions, &anna, "carl").await.remove(0);
    assert_eq!((found.id, found.full_name.as_str(), found.department.as_str()), (carl.id, "Carl", "IT"));
    let doris = find(&actions, &anna, "doris").await;
    assert_eq!((doris.len(), doris[0].addresses.is_empty()), (1, false));
    let again = actions.import_people(book.clone()).await.unwrap();
    assert_eq!(again.added, 0);
    assert_eq!(
        actions.import_people(book).await.unwrap(),
        done(0, 0, 2),
        "the same book changes nothing any more"
    );
}

#[tokio::test]
async fn the_last_word_on_an_address_counts_and_no_address_is_lost() {
    let (actions, _folder) = house().await;
    let anna = anna(&actions).await;
    let book = vec![
        entry("Old", &["p@x.example", "q@x.example"], "", ""),
        entry("Middle", &["q@x.example"], "IT", ""),
        entry("New", &["P@x.example", "r@x.example"], "HR", ""),
    ];
    assert_eq!(actions.import_people(book).await.unwrap(), done(1, 0, 0));
    let found = find(&actions, &anna, "x.example").await;
    let addresses: Vec<&str> = found[0].addresses.iter().map(|a| a.as_str()).collect();
    assert_eq!((found.len(), found[0].full_name.as_str(), found[0].department.as_str()), (1, "New", "HR"));
    assert_eq!(addresses, ["P@x.example", "r@x.example", "q@x.example"]);
}

#[tokio::test]
async fn a_large_book_is_taken_in_parts() {
    let (actions, _folder) = house().await;
    let anna = anna(&actions).await;
    let book = |department: &str| -> Vec<Entry> {
        (0..1_300).map(|n| entry(&format!("P {n}"), &[&format!("p{n}@x.example")], department, "")).collect()
    };
    assert_eq!(actions.preview_import(book("IT")).await.unwrap().counts(), done(1_300, 0, 0));
    assert_eq!(actions.import_people(book("IT")).await.unwrap(), done(1_300, 0, 0));
    assert_eq!(actions.import_people(book("IT")).await.unwrap(), done(0, 0, 1_300));
    let mut changed = book("IT");
    changed[700].department = "HR".to_owned();
    assert_eq!(actions.import_people(changed).await.unwrap(), done(0, 1, 1_299));
    assert_eq!(find(&actions, &anna, "hr p700").await.len(), 1);
    assert_eq!(find(&actions, &anna, "it").await.len(), 20, "a page of them");
}

#[tokio::test]
async fn people_are_offered_by_any_part_of_what_is_known() {
    let (actions, _folder) = house().await;
    let anna = anna(&actions).await;
    let book = vec![
        entry("Bernd Annaberg", &["bernd@corp.example"], "Verkauf", "Leiter"),
        entry("李 雷", &["li.lei@corp.example"], "财务部", "高级经理"),
        entry("韩梅梅", &["hmm@corp.example"], "市场部", "经理"),
    ];
    actions.import_people(book).await.unwrap();
    for (query, names) in [
        ("anna", vec!["Anna Berg", "Bernd Annaberg"]),
        ("berg ann", vec!["Anna Berg", "Bernd Annaberg"]),
        ("bernd@", vec!["Bernd Annaberg"]),
        ("verkauf", vec!["Bernd Annaberg"]),
        ("LEITER", vec!["Bernd Annaberg"]),
        ("李雷", vec!["李 雷"]),
        ("李 雷", vec!["李 雷"]),
        ("韩 梅梅", vec!["韩梅梅"]),
        ("经理", vec!["李 雷", "韩梅梅"]),
        ("财务 李", vec!["李 雷"]),
        ("高级 雷", vec!["李 雷"]),
        ("xyz", vec![]),
    ] {
        let found: Vec<String> =
            find(&actions, &anna, query).await.into_iter().map(|p| p.full_name).collect();
        assert_eq!(found, names, "{query}");
    }
}

#[tokio::test]
async fn an_admin_is_made_of_somebody_known_or_new() {
    let (actions, _folder) = house().await;
    actions.import_people(vec![entry("李雷", &["lilei@corp.example"], "", "")]).await.unwrap();
    let known = actions.make_admin(&"LILEI@corp.example".parse().unwrap(), Some("Other")).await.unwrap();
    assert_eq!(known.full_name, "李雷");
    let new = actions.make_admin(&"new@corp.example".parse().unwrap(), None).await.unwrap();
    assert_eq!(new.full_name, "new");
    assert_eq!(actions.make_admin(&"new@corp.example".parse().unwrap(), Some("N")).await.unwrap().id, new.id);
}
