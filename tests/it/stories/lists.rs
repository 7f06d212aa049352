//! Departments and distribution lists: offered beside people, looked at, and added as the people they are.

use std::time::Duration;

use mailmoot::actions::ActionError;
use mailmoot::actions::Problem;
use mailmoot::actions::directory::Source;
use mailmoot::actions::drafts::Change;
use mailmoot::domain::directory_sync::{SyncOutcome, SyncReport, Why};
use mailmoot::domain::ids::DraftId;
use mailmoot::domain::people_set::PeopleSet;
use mailmoot::domain::person::{Entry, Viewer};

use crate::support::browser::Browser;
use crate::support::dav_server::{DavServer, card};
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, entry, eventually, mail, on_both};
use crate::support::ldap_server::{LdapServer, PEOPLE, list, person};

fn colleague(n: usize, department: &str) -> Entry {
    let entry = entry(&format!("Buyer {n:03}"), &format!("b{n}@corp.example"));
    Entry { department: department.to_owned(), ..entry }
}

pub(super) async fn members(house: &House, viewer: &Viewer, draft: DraftId) -> Vec<String> {
    let page = house.actions.get_draft(viewer, draft).await.unwrap();
    let mut names: Vec<String> = page.members.into_iter().map(|m| m.person.full_name).collect();
    names.sort_unstable();
    names
}

/// What the first list or department of that name has: who, who has left, and how many are nobody.
pub(super) async fn seen(
    house: &House,
    viewer: &Viewer,
    name: &str,
) -> Result<(Vec<String>, Vec<String>, usize), ActionError> {
    let set = house.actions.find_people_set(viewer, name).await?.unwrap();
    let seen = house.actions.look_at_people_set(viewer, &set).await?;
    Ok((seen.people.into_iter().map(|one| one.full_name).collect(), seen.departed, seen.unknown))
}

pub(super) async fn read(house: &House, admin: &Viewer, count: usize) -> SyncReport {
    let outcome = eventually(async || {
        let seen = house.actions.list_directories(admin).await.unwrap();
        let syncs = &seen[0].syncs;
        (syncs.len() >= count && !seen[0].is_running).then(|| syncs[0].outcome.clone())
    });
    match outcome.await {
        SyncOutcome::Done(report) => report,
        SyncOutcome::Stopped(trouble) => panic!("{trouble:?}"),
    }
}

pub(super) fn house_of(sources: Vec<Source>) -> Wanted {
    Wanted { directories: sources, people: Vec::new(), ..Wanted::standing() }
}

#[tokio::test]
async fn a_department_is_offered_by_its_name_looked_at_and_added_in_one_change() {
    on_both(Wanted::standing, async |house| {
        let mut people: Vec<Entry> = (0..3).map(|n| colleague(n, "Purchasing")).collect();
        people.push(colleague(3, "purchasing"));
        house.actions.import_people(people).await.unwrap();
        let (anna, draft) = house.draft("Customs papers", &[WANG, "b1@corp.example"]).await;
        let offers = house.actions.search_people_sets(&anna, "purch", 3).await.unwrap();
        assert_eq!(offers.len(), 1, "one department however it is written: {offers:?}");
        assert_eq!((offers[0].name.as_str(), offers[0].count), ("Purchasing", 4));
        let chinese = house.actions.search_people_sets(&anna, "采购", 3).await.unwrap();
        assert_eq!(chinese[0].set, PeopleSet::Department("采购部".to_owned()));

        // The field offers it, and the page of it ticks who is not in yet.
        let browser = Browser::of(&house, ANNA).await;
        let options = browser.page("/people?q=purch&sets=yes").await;
        assert!(options.contains("department=Purchasing") && options.contains("4 people"), "{options}");
        assert!(
            !browser.page("/people?q=purch").await.contains("department="),
            "only where it can be chosen"
        );
        let page = house.actions.clock.new_id::<()>();
        let page = page.to_string();
        browser.post(&format!("/drafts/{draft}/lease"), &[("page", &page)]).await;
        let typed = browser
            .post(&format!("/drafts/{draft}/members"), &[("page", &page), ("who", "PURCHASING")])
            .await;
        assert_eq!(typed.status(), 303, "also without script");
        let to = typed.headers()["location"].to_str().unwrap().to_owned();
        let look = browser.page(&to).await;
        for words in ["3 people can be added", "Buyer 000", "Already in it (1):</b> <bdi>Buyer 001"] {
            assert!(look.contains(words), "{words}: {look}");
        }

        // One is unticked; the others come in one change.
        let ids: Vec<String> = look
            .split("name=\"person\" value=\"")
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| *c != '"').collect())
            .collect();
        let fields = [("page", page.as_str()), ("person", &ids[0]), ("person", &ids[1])];
        let before = house.actions.get_draft(&anna, draft).await.unwrap().draft.version;
        let added = browser.post(&format!("/drafts/{draft}/members/from"), &fields).await;
        assert_eq!(added.status(), 200);
        let offer = added.text().await.unwrap();
        assert!(offer.contains("You have added 2 people.") && offer.contains("members/remove"), "{offer}");
        assert_eq!(
            members(&house, &anna, draft).await,
            ["Anna Berg", "Buyer 000", "Buyer 001", "Buyer 002", "王小明"]
        );
        assert_eq!(house.actions.get_draft(&anna, draft).await.unwrap().draft.version, before + 1);
        // Again it says that they are in.
        let again = browser.post(&format!("/drafts/{draft}/members/from"), &fields).await;
        let again = again.text().await.unwrap();
        assert!(again.contains("is already a member") && !again.contains("You have added"), "{again}");
        // It was a mistake: both go in one step.
        let undone = browser.post(&format!("/drafts/{draft}/members/remove"), &fields).await;
        assert_eq!(undone.status(), 303);
        assert_eq!(members(&house, &anna, draft).await, ["Anna Berg", "Buyer 001", "王小明"]);
        assert_eq!(house.actions.get_draft(&anna, draft).await.unwrap().draft.version, before + 2);
        // Pasted ones as well; the owner stays whatever a page sends.
        let pasted = [("page", page.as_str()), ("who", "b0@corp.example b2@corp.example")];
        let added = browser.post(&format!("/drafts/{draft}/members"), &pasted).await.text().await.unwrap();
        assert!(added.contains("You have added 2 people."), "{added}");
        let own = anna.person_id.to_string();
        let fields = [("page", page.as_str()), ("person", &ids[0]), ("person", &own), ("person", &ids[1])];
        browser.post(&format!("/drafts/{draft}/members/remove"), &fields).await;
        assert_eq!(members(&house, &anna, draft).await, ["Anna Berg", "Buyer 001", "王小明"]);
    })
    .await;
}

#[tokio::test]
async fn a_department_joins_a_group_from_its_panel_and_a_guest_sees_none() {
    let house = House::with(Wanted::standing()).await;
    house.actions.import_people((0..2).map(|n| colleague(n, "Purchasing")).collect()).await.unwrap();
    let (anna, group) = house.group("Customs papers", &[WANG, "guest@elsewhere.example"]).await;
    let browser = Browser::of(&house, ANNA).await;
    let typed =
        browser.post(&format!("/groups/{group}/members"), &[("who", "Purchasing"), ("history", "now")]).await;
    let to = typed.headers()["location"].to_str().unwrap().to_owned();
    let look = browser.page(&to).await;
    assert!(
        look.contains("2 people can be added") && look.contains("name=\"history\" value=\"now\""),
        "{look}"
    );
    let ids: Vec<&str> =
        look.split("name=\"person\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    browser.post(&format!("/groups/{group}/members"), &[("person", ids[0]), ("person", ids[1])]).await;
    let found = house.actions.get_group(&anna, group).await.unwrap().members;
    assert_eq!(found.len(), 5);
    let guest = house.person("guest@elsewhere.example").await;
    let asked = house.actions.search_people_sets(&guest, "Purch", 3).await;
    assert!(matches!(asked, Err(ActionError::Invalid { problem: Problem::Guest, .. })), "{asked:?}");
}

#[tokio::test]
async fn more_people_than_a_group_can_have_are_told_and_not_added() {
    let house = House::with(Wanted::standing()).await;
    house.actions.import_people((0..501).map(|n| colleague(n, "Everybody")).collect()).await.unwrap();
    let (anna, draft) = house.draft("All of us", &[WANG]).await;
    let looked = seen(&house, &anna, "Everybody").await;
    let too_many = Problem::TooManyPeople { limit: 500 };
    assert!(matches!(looked, Err(ActionError::Invalid { problem, .. }) if problem == too_many));
    let found = house.actions.search_people(&anna, "Buyer", 500).await.unwrap();
    let all = Change::AddPersons(found.into_iter().map(|person| person.id).collect());
    let editor = house.editor(&anna);
    house.actions.take_lease(editor, draft).await.unwrap();
    let added = house.actions.change_draft(editor, draft, all).await;
    assert!(
        matches!(added, Err(ActionError::Invalid { problem: Problem::TooMany { limit: 500 }, .. })),
        "{added:?}"
    );
    assert_eq!(members(&house, &anna, draft).await.len(), 2, "nobody of them came in");
}

fn dn(uid: &str) -> String {
    format!("uid={uid},{PEOPLE}")
}

fn inner(name: &str) -> String {
    format!("cn={name},ou=groups,dc=corp,dc=example")
}

#[tokio::test]
async fn lists_of_an_ldap_server_are_their_people_also_those_of_lists_in_them() {
    let people: String = [
        ("anna", "Anna Berg", ANNA),
        ("wang", "王小明", WANG),
        ("david", "David Okafor", DAVID),
        ("li", "李雷", LI),
    ]
    .iter()
    .map(|(uid, name, address)| person(uid, name, &[("mail", address)]))
    .chain((0..10).map(|n| {
        person(&format!("p{n}"), &format!("Person {n}"), &[("mail", &format!("p{n}@corp.example"))])
    }))
    .collect();
    let Some(server) = LdapServer::start(&people).await else { return };
    server.add(&list(
        "Customs",
        Some("customs@corp.example"),
        &[dn("wang").to_uppercase(), inner("Plant"), dn("printer")],
    ));
    server.add(&list("Plant", None, &[dn("david"), dn("wang"), inner("Customs")]));
    server.add(&list("Empty", None, &[dn("printer")]));
    let crowd: Vec<String> = (0..5_001).map(|n| dn(&format!("x{n}"))).collect();
    server.add(&list("Crowd", None, &crowd));
    on_both(
        || house_of(vec![server.source("staff")]),
        async |house| {
            let admin = house.admin().await;
            let first = read(&house, &admin, 1).await;
            assert_eq!((first.found, first.lists), (14, 4), "{first:?}");
            let told = first.refused.iter().find(|one| one.who == "Crowd").map(|one| one.why.clone());
            assert_eq!(told, Some(Why::LongList { value: "5001".to_owned() }));
            let anna = house.person(ANNA).await;
            let both = ["David Okafor".to_owned(), "王小明".to_owned()];
            assert_eq!(seen(&house, &anna, "customs").await.unwrap(), (both.to_vec(), vec![], 1));
            assert_eq!(seen(&house, &anna, "Empty").await.unwrap(), (vec![], vec![], 1));
            let crowd = seen(&house, &anna, "Crowd").await;
            assert!(matches!(crowd, Err(ActionError::Invalid { problem: Problem::TooManyPeople { .. }, .. })));

            // A mail to the list: it is nobody, and its people are offered.
            let raw = format!("From: {ANNA}\r\nTo: Customs <Customs@corp.example>\r\nCc: {LI}\r\nSubject: Papers\r\n\r\nHello.\r\n");
            let draft = house.actions.start_draft_from_mails(&anna, vec![raw.into_bytes()]).await.unwrap();
            assert_eq!(members(&house, &anna, draft).await, ["Anna Berg", "李雷"]);
            let offered = house.actions.get_draft(&anna, draft).await.unwrap().lists;
            assert_eq!(offered[0].name, "Customs");
            let browser = Browser::of(&house, ANNA).await;
            let page = browser.page(&format!("/drafts/{draft}")).await;
            assert!(page.contains("The mail also went to “Customs”"), "{page}");
        },
    )
    .await;

    // David leaves: he never comes in. What changes in a list is known next time, and a list that is gone is offered no more.
    let house = House::with(house_of(vec![server.source("staff")])).await;
    let admin = house.admin().await;
    read(&house, &admin, 1).await;
    server.remove("david");
    server.change(&format!(
        "dn: {}\nchangetype: modify\nadd: member\nmember: {}\n",
        inner("Empty"),
        dn("li")
    ));
    server.change(&format!("dn: {}\nchangetype: delete\n", inner("Crowd")));
    house.later(Duration::from_secs(3 * 24 * 3600));
    house.actions.ask_sync(&admin, "staff", false).await.unwrap();
    let second = read(&house, &admin, 2).await;
    assert_eq!((second.departed.count, second.lists), (1, 2), "{second:?}");
    let anna = house.person(ANNA).await;
    let (people, departed, _) = seen(&house, &anna, "Customs").await.unwrap();
    assert_eq!((people, departed), (vec!["王小明".to_owned()], vec!["David Okafor".to_owned()]));
    assert_eq!(seen(&house, &anna, "Empty").await.unwrap().0, ["李雷"]);
    assert_eq!(house.actions.find_people_set(&anna, "Crowd").await.unwrap(), None);
}

#[tokio::test]
async fn the_address_of_a_list_beside_a_group_makes_nobody_a_member() {
    let people: String =
        [("anna", "Anna Berg", ANNA), ("wang", "王小明", WANG), ("david", "David Okafor", DAVID)]
            .iter()
            .map(|(uid, name, address)| person(uid, name, &[("mail", address)]))
            .collect();
    let Some(server) = LdapServer::start(&people).await else { return };
    server.add(&list("Customs", Some("customs@corp.example"), &[dn("david")]));
    on_both(
        || house_of(vec![server.source("staff")]),
        async |house| {
            let admin = house.admin().await;
            read(&house, &admin, 1).await;
            let (anna, group) = house.group("Budget", &[WANG]).await;
            let to = house.mail_of(WANG).await.reply_to[0].address.clone();
            house.later(Duration::from_secs(1));
            let cc = format!("Customs <customs@corp.example>, {DAVID}");
            let head = [("From", WANG), ("To", to.as_str()), ("Cc", &cc), ("Subject", "Re: Budget")];
            house.deliver(mail(&head, "Customs and David should know.")).await;
            // David is somebody, and takes part; the list is nobody.
            let members = eventually(async || {
                let page = house.actions.get_group(&anna, group).await.unwrap();
                let mut names: Vec<String> = page.members.into_iter().map(|m| m.person.full_name).collect();
                names.sort_unstable();
                (names.len() > 2).then_some(names)
            })
            .await;
            assert_eq!(members, ["Anna Berg", "David Okafor", "王小明"]);
            let known = house.actions.search_everybody(&admin, "customs", 5).await.unwrap();
            assert_eq!(known, [], "nobody is called so");
        },
    )
    .await;
}

#[tokio::test]
async fn lists_that_cannot_be_read_are_told_and_the_people_are_there() {
    let people = person("anna", "Anna Berg", &[("mail", ANNA)]);
    let Some(server) = LdapServer::start(&people).await else { return };
    server.change("dn: ou=groups,dc=corp,dc=example\nchangetype: delete\n");
    let house = House::with(house_of(vec![server.source("staff")])).await;
    let admin = house.admin().await;
    let first = read(&house, &admin, 1).await;
    assert_eq!(first.added.first, ["Anna Berg"]);
    assert!(matches!(first.refused[0].why, Why::ListsUnread { .. }), "{first:?}");
    let page = Browser::of(&house, crate::support::house::ADMIN).await.page("/admin/directory").await;
    assert!(page.contains("distribution lists could not be read there"), "{page}");
}

#[tokio::test]
async fn a_card_that_is_a_list_is_its_people_by_id_and_by_address() {
    let Some(server) = DavServer::start().await else { return };
    let uid = "UID:urn:uuid:03A0E51F-D1AA-4385-8A53-E29025ACD8AF";
    server.put("anna", &card("Anna Berg", ANNA, "").replace(&format!("UID:{ANNA}"), uid)).await;
    server.put("wang", &card("王小明", WANG, "")).await;
    let head =
        "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nUID:l1\r\nFN:Board\r\nEMAIL:board@corp.example\r\n";
    let members = "MEMBER:urn:uuid:03a0e51f-d1aa-4385-8a53-e29025acd8af\r\nMEMBER:urn:uuid:00000000-0000-4000-8000-000000000000\r\n";
    server.put("board", &format!("{head}{members}MEMBER:mailto:{WANG}\r\nEND:VCARD\r\n")).await;
    let own = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:l2\r\nN:Friends\r\nFN:Friends\r\nX-ADDRESSBOOKSERVER-KIND:group\r\n";
    server.put("friends", &format!("{own}X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:{WANG}\r\nEND:VCARD\r\n")).await;
    let house = House::with(house_of(vec![server.source("staff")])).await;
    let admin = house.admin().await;
    let first = read(&house, &admin, 1).await;
    assert_eq!((first.added.count, first.lists, first.refused_count()), (2, 2, 0), "{first:?}");
    let anna = house.person(ANNA).await;
    let both = vec!["Anna Berg".to_owned(), "王小明".to_owned()];
    assert_eq!(seen(&house, &anna, "Board").await.unwrap(), (both, vec![], 1));
    assert_eq!(seen(&house, &anna, "Friends").await.unwrap().0, ["王小明"]);
}
