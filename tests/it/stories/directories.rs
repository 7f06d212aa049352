//! The address book follows the organisation's directory: who comes, who changes, who goes and comes back; and what happens when
//! the directory is wrong, or away.

use std::time::Duration;

use mailmoot::actions::directory::Source;
use mailmoot::domain::directory_sync::{Hitch, SyncOutcome, SyncReport, Why};
use mailmoot::domain::person::Viewer;
use mailmoot::transport::account::Security;

use crate::support::browser::Browser;
use crate::support::dav_server::{DavServer, card};
use crate::support::house::{ADMIN, ANNA, GATEWAY, House, NOW, STRANGER, WANG, Wanted, eventually, on_both};
use crate::support::ldap_server::{self, CutWire, LdapServer, person};

const COMPANY: [(&str, &str, &str); 3] = [
    ("anna", "Anna Berg", "anna.berg@corp.example"),
    ("wang", "王小明", "wang.xiaoming@corp.example"),
    ("eva", "Eva Lind", "eva.lind@corp.example"),
];

fn company() -> String {
    let one = |(uid, name, address): &(&str, &str, &str)| {
        person(uid, name, &[("mail", address), ("ou", "Finance"), ("title", "Controller")])
    };
    COMPANY.iter().map(one).collect()
}

/// Many people of no story, so that a few may go.
fn others(count: usize) -> String {
    (0..count)
        .map(|n| person(&format!("p{n}"), &format!("Person {n}"), &[("mail", &format!("p{n}@corp.example"))]))
        .collect()
}

fn house_of(sources: Vec<Source>) -> Wanted {
    Wanted { directories: sources, people: Vec::new(), ..Wanted::standing() }
}

/// What came of the last time a source was read, when it was read `count` times.
async fn outcome(house: &House, admin: &Viewer, count: usize) -> SyncOutcome {
    eventually(async || {
        let seen = house.actions.list_directories(admin).await.unwrap();
        let syncs = &seen[0].syncs;
        (syncs.len() >= count && !seen[0].is_running).then(|| syncs[0].outcome.clone())
    })
    .await
}

async fn report(house: &House, admin: &Viewer, count: usize) -> SyncReport {
    match outcome(house, admin, count).await {
        SyncOutcome::Done(report) => report,
        SyncOutcome::Stopped(trouble) => panic!("{trouble:?}"),
    }
}

/// An admin presses "Sync now" after all of the source is due again.
async fn sync_again(house: &House, admin: &Viewer, count: usize) -> SyncReport {
    house.later(Duration::from_secs(3 * 24 * 3600));
    house.actions.ask_sync(admin, "staff", false).await.unwrap();
    report(house, admin, count).await
}

async fn names_found(house: &House, viewer: &Viewer, query: &str) -> Vec<String> {
    let found = house.actions.search_people(viewer, query, 50).await.unwrap();
    found.into_iter().map(|person| person.full_name).collect()
}

#[tokio::test]
async fn people_come_from_the_directory_change_there_leave_and_come_back_as_themselves() {
    let Some(server) = LdapServer::start(&(company() + &others(10))).await else { return };
    on_both(
        || house_of(vec![]),
        async |house| {
            // Each database begins with a server that has everybody.
            let server = LdapServer::start(&(company() + &others(10))).await.unwrap();
            let house = house.reading(vec![server.source("staff")]).await;
            let admin = house.admin().await;
            let first = report(&house, &admin, 1).await;
            assert_eq!((first.full, first.found, first.added.count), (true, 13, 13), "{first:?}");
            let anna = house.person(ANNA).await;
            let found = house.actions.search_people(&anna, "小明", 5).await.unwrap();
            assert_eq!((found[0].department.as_str(), found[0].position.as_str()), ("Finance", "Controller"));

            // Only what changed is asked for next time.
            house.later(Duration::from_secs(60));
            server.set("wang", "title", "Head of purchasing");
            house.actions.sync_directory("staff").await.unwrap();
            let changed = report(&house, &admin, 2).await;
            assert_eq!(
                (changed.full, changed.changed.first.as_slice()),
                (false, ["王小明".to_owned()].as_slice())
            );

            // Eva leaves. She is noticed when all is looked at, which an admin asks for, and stays in her groups, shown as departed.
            let (_, group) = house.group("Budget", &[WANG, "eva.lind@corp.example"]).await;
            server.remove("eva");
            house.later(Duration::from_secs(60));
            house.actions.ask_sync(&admin, "staff", false).await.unwrap();
            let gone = report(&house, &admin, 3).await;
            assert_eq!(
                (gone.full, gone.departed.first.as_slice()),
                (true, ["Eva Lind".to_owned()].as_slice())
            );
            assert_eq!(names_found(&house, &anna, "Lind").await, [] as [&str; 0]);
            let members = house.actions.get_group(&anna, group).await.unwrap().members;
            let eva = members.iter().find(|m| m.person.full_name == "Eva Lind").unwrap().person.clone();
            assert!(eva.departed_at.is_some());
            // She gets no new groups.
            let (_, later) = house.group("Budget 2027", &[WANG, "eva.lind@corp.example"]).await;
            let members = house.actions.get_group(&anna, later).await.unwrap().members;
            assert!(!members.iter().any(|m| m.person.id == eva.id), "{members:?}");

            // She comes back under another name at the same address: the same person.
            server.add(&person("eva2", "Eva Strand", &[("mail", "eva.lind@corp.example")]));
            let back = sync_again(&house, &admin, 4).await;
            assert_eq!(back.returned.first, ["Eva Strand"], "{back:?}");
            let found = house.actions.search_people(&anna, "Strand", 5).await.unwrap();
            assert_eq!((found[0].id, found[0].departed_at), (eva.id, None));
        },
    )
    .await;
    drop(server);
}

#[tokio::test]
async fn a_directory_that_suddenly_has_hardly_anybody_is_not_believed_until_an_admin_says_so() {
    let Some(server) = LdapServer::start(&(company() + &others(20))).await else { return };
    let house = House::with(house_of(vec![server.source("staff")])).await;
    let admin = house.admin().await;
    report(&house, &admin, 1).await;
    for n in 0..15 {
        server.remove(&format!("p{n}"));
    }
    house.later(Duration::from_secs(3 * 24 * 3600));
    house.actions.ask_sync(&admin, "staff", false).await.unwrap();
    let SyncOutcome::Stopped(trouble) = outcome(&house, &admin, 2).await else { panic!("it was believed") };
    assert_eq!((trouble.hitch, trouble.words.as_str()), (Hitch::Fewer, "8 / 23"));
    let anna = house.person(ANNA).await;
    assert_eq!(names_found(&house, &anna, "p3@").await, ["Person 3"], "nothing has changed");

    house.later(Duration::from_secs(1));
    house.actions.ask_sync(&admin, "staff", true).await.unwrap();
    let done = report(&house, &admin, 3).await;
    assert_eq!((done.found, done.departed.count), (8, 15));
    assert_eq!(names_found(&house, &anna, "p3@").await, [] as [&str; 0]);
}

#[tokio::test]
async fn odd_entries_are_told_by_name_and_stop_nobody_else() {
    let many: Vec<String> = (0..20).map(|n| format!("many{n}@corp.example")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|address| ("mail", address.as_str())).collect();
    let photo = "x".repeat(10_000_000);
    let people = person("many", "Many Hats", &many)
        + &person("printer", "Printer Room 4", &[])
        + &person("moot", "Mail Robot", &[("mail", GATEWAY)])
        + &person("broken", "Bo Broken", &[("mail", "bo at corp"), ("mail", "bo@corp.example")])
        + &person("twin1", "Front Desk", &[("mail", "info@corp.example")])
        + &person("twin2", "Back Desk", &[("mail", "info@corp.example")])
        + &person("photo", "Pia Photo", &[("mail", "pia@corp.example"), ("jpegPhoto", &photo)]);
    let Some(server) = LdapServer::start(&(company() + &people)).await else { return };
    let house = House::with(house_of(vec![server.source("staff")])).await;
    let admin = house.admin().await;
    let first = report(&house, &admin, 1).await;
    let mut refused: Vec<(&str, &Why)> =
        first.refused.iter().map(|one| (one.who.as_str(), &one.why)).collect();
    refused.sort_by_key(|(who, _)| *who);
    let taken = Why::AddressTaken { value: "info@corp.example".to_owned() };
    let bad = Why::BadAddress { value: "bo at corp".to_owned() };
    let own = Why::OwnAddress { value: GATEWAY.to_owned() };
    let rest = [
        ("Bo Broken", &bad),
        ("Mail Robot", &own),
        ("Pia Photo", &Why::BadPhoto),
        ("Printer Room 4", &Why::NoAddress),
    ];
    // Which of the two at one address comes first is the server's order.
    let (desks, others): (Vec<_>, Vec<_>) = refused.into_iter().partition(|(who, _)| who.ends_with("Desk"));
    assert_eq!(others, rest);
    assert!(desks == [("Back Desk", &taken)] || desks == [("Front Desk", &taken)], "{desks:?}");
    let anna = house.person(ANNA).await;
    let hats = house.actions.search_people(&anna, "many7@", 5).await.unwrap();
    assert_eq!((hats[0].full_name.as_str(), hats[0].addresses.len()), ("Many Hats", 20));
    assert_eq!(names_found(&house, &anna, "Pia").await, ["Pia Photo"], "without what was no photo");
}

#[tokio::test]
async fn what_mails_taught_is_completed_and_nothing_that_was_known_is_lost() {
    let Some(server) = LdapServer::start(&company()).await else { return };
    let eva = "eva.lind@corp.example";
    let stranger = person("kenji", "Kenji Sato", &[("mail", "kenji@corp.example"), ("mail", STRANGER)]);
    let house = House::with(Wanted { directories: vec![], ..Wanted::standing() }).await;
    // Eva and the stranger are known by mails alone.
    let (_, group) = house.group("Plan", &[eva, STRANGER]).await;
    let anna = house.person(ANNA).await;
    let phones = house.actions.search_people(&anna, "Anna", 5).await.unwrap()[0].phones.clone();
    server.add(&stranger);
    let house = house.reading(vec![server.source("staff")]).await;
    let admin = house.admin().await;
    let first = report(&house, &admin, 1).await;
    assert_eq!((first.added.count, first.changed.count), (0, 4), "{first:?}");
    let members = house.actions.get_group(&anna, group).await.unwrap().members;
    let named: Vec<&str> = members.iter().map(|m| m.person.full_name.as_str()).collect();
    assert!(named.contains(&"Eva Lind") && named.contains(&"Kenji Sato"), "{named:?}");
    // Anna's phone stood in an imported file only.
    let berg = house.actions.search_people(&anna, "Anna", 5).await.unwrap();
    assert_eq!((&berg[0].phones, berg[0].position.as_str()), (&phones, "Controller"));
    let seen = house.actions.get_person(&admin, berg[0].id).await.unwrap();
    let sources: Vec<&str> = seen.words.iter().map(|word| word.source.as_str()).collect();
    assert_eq!(sources, [":import", "staff"]);
}

#[tokio::test]
async fn of_two_sources_the_first_is_believed_and_the_other_completes_it() {
    let (one, other) = (
        person("anna", "Anna Berg", &[("mail", ANNA)]),
        person(
            "ab",
            "Berg A.",
            &[("mail", ANNA), ("telephoneNumber", "+46 8 555 01 10"), ("title", "Phone list")],
        ),
    );
    let Some(staff) = LdapServer::start(&one).await else { return };
    let Some(phones) = LdapServer::start(&other).await else { return };
    let house = House::with(house_of(vec![])).await;
    let house = house.reading(vec![staff.source("staff"), phones.source("phones")]).await;
    let admin = house.admin().await;
    eventually(async || {
        let seen = house.actions.list_directories(&admin).await.unwrap();
        seen.iter().all(|source| !source.syncs.is_empty()).then_some(())
    })
    .await;
    let anna = house.person(ANNA).await;
    let berg = house.actions.search_people(&anna, "Anna", 5).await.unwrap().remove(0);
    assert_eq!((berg.full_name.as_str(), berg.position.as_str()), ("Anna Berg", "Phone list"));
    assert_eq!(berg.phones, ["+46 8 555 01 10"]);

    // Gone from the staff, but still in the list of phones: not departed, and known by what that says.
    staff.remove("anna");
    staff.add(&person("bo", "Bo Ek", &[("mail", "bo@corp.example")]));
    house.later(Duration::from_secs(3 * 24 * 3600));
    house.actions.ask_sync(&admin, "staff", true).await.unwrap();
    report(&house, &admin, 2).await;
    let berg = house.actions.search_people(&anna, "Berg", 5).await.unwrap().remove(0);
    assert_eq!((berg.full_name.as_str(), berg.departed_at), ("Berg A.", None));
}

#[tokio::test]
async fn a_server_that_is_away_or_wrong_says_why_and_is_asked_again_soon() {
    let Some(mut server) = LdapServer::start(&company()).await else { return };
    let house = House::with(house_of(vec![server.source("staff")])).await;
    let admin = house.admin().await;
    report(&house, &admin, 1).await;
    server.stop();
    house.later(Duration::from_secs(1));
    house.actions.ask_sync(&admin, "staff", false).await.unwrap();
    let SyncOutcome::Stopped(trouble) = outcome(&house, &admin, 2).await else { panic!() };
    assert_eq!(trouble.hitch, Hitch::Unreachable);
    let seen = house.actions.list_directories(&admin).await.unwrap();
    assert_eq!((seen[0].people, seen[0].next_at), (3, Some(NOW + Duration::from_secs(301))));
    // It is back, and asked without anybody's doing.
    server.run().await;
    house.later(Duration::from_secs(300));
    report(&house, &admin, 3).await;
}

#[tokio::test]
async fn a_server_that_goes_away_in_the_middle_changes_nothing() {
    let Some(server) = LdapServer::start(&(company() + &others(1_500))).await else { return };
    let broken = CutWire::to(server.port(), 60_000).await;
    let mut account = server.account(Security::StartTls);
    account.server.port = broken.port;
    let house = House::with(house_of(vec![ldap_server::source("staff", account)])).await;
    let admin = house.admin().await;
    let SyncOutcome::Stopped(trouble) = outcome(&house, &admin, 1).await else { panic!("half was taken") };
    assert_eq!(trouble.hitch, Hitch::Lost, "{trouble:?}");
    let seen = house.actions.list_directories(&admin).await.unwrap();
    assert_eq!(seen[0].people, 0);
    assert_eq!(house.actions.search_everybody(&admin, "Person", 5).await.unwrap(), []);
}

#[tokio::test]
async fn a_sync_that_a_power_cut_interrupts_is_done_from_the_beginning() {
    let Some(server) = LdapServer::start(&(company() + &others(1_200))).await else { return };
    let house = House::with(house_of(vec![])).await;
    let house = house.reading(vec![server.source("staff")]).await;
    // Some batches are written when the power fails.
    let house = house.restarted().await;
    let admin = house.admin().await;
    house.later(Duration::from_secs(301));
    let first = report(&house, &admin, 1).await;
    assert_eq!((first.full, first.found), (true, 1_203));
    let anna = house.person(ANNA).await;
    assert_eq!(house.actions.search_people(&anna, "Person", 2_000).await.unwrap().len(), 1_200);
}

#[tokio::test]
async fn an_address_book_by_carddav_is_followed_by_its_token_and_read_anew_when_that_is_forgotten() {
    let Some(server) = DavServer::start().await else { return };
    let anna_card = card("Anna Berg", ANNA, "ORG:Corp;Finance\r\nTITLE:Controller\r\n");
    server.put("anna", &anna_card).await;
    server.put("eva", &card("Eva Lind", "eva.lind@corp.example", "")).await;
    server.put("zoe", &card("Zoë Müller", "zoe@corp.example", "TEL:+49 30 1234567\r\n")).await;
    let house = House::with(house_of(vec![server.source("staff")])).await;
    let admin = house.admin().await;
    let first = report(&house, &admin, 1).await;
    assert_eq!((first.full, first.found, first.added.count), (true, 3, 3), "{first:?}");
    let anna = house.person(ANNA).await;
    let zoe = house.actions.search_people(&anna, "müller", 5).await.unwrap();
    assert_eq!(
        (zoe[0].full_name.as_str(), zoe[0].phones.as_slice()),
        ("Zoë Müller", ["+49 30 1234567".to_owned()].as_slice())
    );

    // One changes, one goes, one comes: by the token.
    server.put("anna", &anna_card.replace("Controller", "Head of controlling")).await;
    server.remove("eva").await;
    server.put("bo", &card("Bo Ek", "bo@corp.example", "")).await;
    house.later(Duration::from_secs(3600));
    house.actions.sync_directory("staff").await.unwrap();
    let second = report(&house, &admin, 2).await;
    let names = |names: &mailmoot::domain::directory_sync::Names| names.first.join(",");
    assert_eq!((second.full, second.found), (false, 2), "{second:?}");
    assert_eq!(
        names(&second.added) + &names(&second.changed) + &names(&second.departed),
        "Bo EkAnna BergEva Lind"
    );

    // The token is forgotten: all is read, and nothing has changed.
    server.forget_tokens();
    server.put("eva", &card("Eva Lind", "eva.lind@corp.example", "")).await;
    house.later(Duration::from_secs(3600));
    house.actions.sync_directory("staff").await.unwrap();
    let third = report(&house, &admin, 3).await;
    assert_eq!(
        (third.full, third.found, names(&third.returned).as_str()),
        (true, 4, "Eva Lind"),
        "{third:?}"
    );
    assert_eq!((third.added.count, third.changed.count, third.departed.count), (0, 0, 0));
}

#[tokio::test]
async fn a_page_shows_what_came_of_it_and_reads_a_source_at_once() {
    let Some(mut server) = LdapServer::start(&company()).await else { return };
    let house = House::with(house_of(vec![server.source("staff")])).await;
    let admin = house.admin().await;
    report(&house, &admin, 1).await;
    let browser = Browser::of(&house, ADMIN).await;
    let page = browser.page("/admin/directory").await;
    assert!(page.contains("3 people") && page.contains("Added (3)"), "{}", page);
    server.stop();
    house.later(Duration::from_secs(1));
    browser.post("/admin/directory/sources/staff/sync", &[]).await;
    outcome(&house, &admin, 2).await;
    let page = browser.page("/admin/directory").await;
    assert!(
        page.contains("nobody answers on this port") && page.contains("directory.staff.port"),
        "{}",
        page
    );
    let found = browser.page("/admin/directory?q=berg").await;
    let at = found.find("/admin/directory/people/").unwrap();
    let path: String = found[at..].chars().take_while(|c| *c != '"').collect();
    let person = browser.page(&path).await;
    assert!(person.contains("Anna Berg") && person.contains("staff"), "{}", person);
}

#[tokio::test]
async fn a_file_is_looked_at_before_its_people_are_taken() {
    on_both(Wanted::standing, async |house| {
        house.admin().await;
        let browser = Browser::of(&house, ADMIN).await;
        let csv = format!("name,mail\nAnna Berg-Lund,{ANNA}\nNora New,nora@corp.example\nNo Mail,\n");
        let part = reqwest::multipart::Part::text(csv).file_name("people.csv");
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = browser.request("POST", "/admin/directory/import").multipart(form);
        let seen =
            request.header("sec-fetch-site", "same-origin").send().await.unwrap().text().await.unwrap();
        for words in ["The file has 2 people", "Added (1)", "Nora New", "Changed (1)", "Line 4"] {
            assert!(seen.contains(words), "{words}: {}", seen);
        }
        let anna = house.person(ANNA).await;
        assert_eq!(names_found(&house, &anna, "Nora").await, [] as [&str; 0], "nothing has happened yet");
        let at = seen.find("/admin/directory/import/").unwrap();
        let path: String = seen[at..].chars().take_while(|c| *c != '"').collect();
        let done = browser.post(&path, &[]).await.text().await.unwrap();
        assert!(done.contains("1 added, 1 updated"), "{done}");
        assert_eq!(names_found(&house, &anna, "Nora").await, ["Nora New"]);
        assert_eq!(browser.post(&path, &[]).await.status(), 404, "once is enough");
    })
    .await;
}
