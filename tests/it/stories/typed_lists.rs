//! Groups of Active Directory: read whole however long they are, and told from people wherever somebody types their address.

use mailmoot::actions::drafts::Change;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::person::Viewer;

use super::lists::{house_of, members, read, seen};
use crate::support::active_directory::{ActiveDirectory, group, user};
use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, mail, on_both};
use crate::support::ldap_server::PEOPLE;

fn person(n: usize) -> String {
    format!("CN=Person {n},{PEOPLE}")
}

#[tokio::test]
async fn a_group_of_thousands_is_read_to_its_end_part_by_part_and_what_changes_in_it_alone() {
    let plant = || group("Plant", "plant@corp.example", ((0..3_200).map(person).collect(), 20));
    let few: Vec<_> = [0, 1_500, 3_199]
        .map(|n| user(&format!("Person {n}"), &format!("p{n}@corp.example"), 10))
        .into_iter()
        .chain([user("Anna Berg", ANNA, 11)])
        .collect();
    let server = ActiveDirectory::start(few).await;
    on_both(
        || house_of(vec![server.source("staff")]),
        async |house| {
            server.put(plant());
            let admin = house.admin().await;
            let first = read(&house, &admin, 1).await;
            assert_eq!((first.found, first.lists), (4, 1), "{first:?}");
            assert!(first.refused.is_empty(), "{first:?}");
            assert_eq!(server.take_ranges(), ["member;range=1500-*", "member;range=3000-*"]);
            let anna = house.person(ANNA).await;
            let (people, _, unknown) = seen(&house, &anna, "Plant").await.unwrap();
            assert_eq!(people, ["Person 0", "Person 1500", "Person 3199"], "of each part");
            assert_eq!(unknown, 3_197);

            // Only what changed since is asked for, and it is short now.
            server.put(group("Plant", "plant@corp.example", (vec![person(1_500)], 21)));
            house.actions.ask_sync(&admin, "staff", false).await.unwrap();
            read(&house, &admin, 2).await;
            assert_eq!(server.take_ranges(), [] as [&str; 0]);
            assert_eq!(seen(&house, &anna, "Plant").await.unwrap().0, ["Person 1500"]);
        },
    )
    .await;
}

async fn customs() -> ActiveDirectory {
    let people = [("Anna Berg", ANNA), ("Wang", WANG), ("David Okafor", DAVID), ("Li Lei", LI)];
    let mut all: Vec<_> = people.map(|(name, address)| user(name, address, 1)).into();
    let inside = vec![format!("CN=David Okafor,{PEOPLE}"), format!("CN=Li Lei,{PEOPLE}")];
    all.push(group("Customs", "customs@corp.example", (inside, 2)));
    ActiveDirectory::start(all).await
}

async fn count(house: &House, viewer: &Viewer, group: GroupId) -> usize {
    house.actions.get_group(viewer, group).await.unwrap().members.len()
}

#[tokio::test]
async fn the_address_of_a_list_leads_to_its_people_wherever_somebody_types_it() {
    let server = customs().await;
    on_both(
        || house_of(vec![server.source("staff")]),
        async |house| {
            let admin = house.admin().await;
            read(&house, &admin, 1).await;
            let (anna, group) = house.group("Budget", &[WANG]).await;
            let browser = Browser::of(&house, ANNA).await;
            let at = format!("/groups/{group}/members");
            let typed = browser.post(&at, &[("who", "The team <Customs@corp.example>"), ("history", "now")]).await;
            assert_eq!(typed.status(), 303);
            let to = typed.headers()["location"].to_str().unwrap().to_owned();
            let look = browser.page(&to).await;
            assert!(look.contains("2 people can be added") && look.contains("David Okafor"), "{look}");
            assert!(look.contains("name=\"history\" value=\"now\""), "{look}");

            // Among others: nobody is added, and what was typed is still there.
            let both = "customs@corp.example, new@corp.example";
            let refused = browser.post(&at, &[("who", both)]).await.text().await.unwrap();
            assert!(refused.contains("customs@corp.example is the address of the list “Customs”"), "{refused}");
            assert!(refused.contains(both), "{refused}");
            assert_eq!(count(&house, &anna, group).await, 2);

            // Where lists can be chosen it is offered as one; elsewhere it is an address like others.
            let options = browser.page("/people?q=customs@corp.example&sets=yes").await;
            assert!(options.contains("list=") && !options.contains("o-free"), "{options}");
            assert!(browser.page("/people?q=customs@corp.example").await.contains("o-free"));

            // In a draft.
            let (_, draft) = house.draft("Papers", &[WANG]).await;
            let page = house.actions.clock.new_id::<()>().to_string();
            browser.post(&format!("/drafts/{draft}/lease"), &[("page", &page)]).await;
            let form = [("page", page.as_str()), ("who", "customs@corp.example")];
            let typed = browser.post(&format!("/drafts/{draft}/members"), &form).await;
            let to = typed.headers()["location"].to_str().unwrap().to_owned();
            assert!(browser.page(&to).await.contains("2 people can be added"));
            let (_, other) = house.draft("Other papers", &[WANG]).await;
            let editor = house.editor(&anna);
            house.actions.take_lease(editor, other).await.unwrap();
            let add = Change::AddAddress { address: "CUSTOMS@corp.example".to_owned(), name: None };
            let added = house.actions.change_draft(editor, other, add).await;
            assert!(
                matches!(&added, Err(ActionError::Invalid { problem: Problem::IsList { name, .. }, .. }) if name == "Customs"),
                "{added:?}"
            );
            assert_eq!(members(&house, &anna, other).await, ["Anna Berg", "Wang"]);
            assert_eq!(house.actions.search_everybody(&admin, "customs", 5).await.unwrap(), []);
        },
    )
    .await;
}

#[tokio::test]
async fn a_mail_that_adds_a_list_is_answered_with_the_way_to_its_people() {
    let server = customs().await;
    let wanted =
        || Wanted { directories: vec![server.source("staff")], people: Vec::new(), ..Wanted::long_hold() };
    on_both(wanted, async |house| {
        let admin = house.admin().await;
        read(&house, &admin, 1).await;
        let (anna, group) = house.group("Budget", &[WANG]).await;
        let to = house.mail_of(WANG).await.reply_to[0].address.clone();
        let head = [("From", WANG), ("To", to.as_str()), ("Subject", "Re: Budget")];
        house.deliver(mail(&head, "add Customs@corp.example, new@corp.example")).await;
        let answer = house.mails_of(WANG, 2).await.remove(0).text.new_text;
        for words in [
            "Nobody was added to “Budget”: Customs@corp.example is the address of the list “Customs”",
            &format!("/groups/{group}/members/from?list="),
        ] {
            assert!(answer.contains(words), "{words}: {answer}");
        }
        assert_eq!(count(&house, &anna, group).await, 2);
        assert_eq!(house.actions.search_everybody(&admin, "new@corp.example", 5).await.unwrap(), []);
        // The link is one that opens for members who are signed in.
        let page = answer.split("/groups/").nth(1).unwrap().split_whitespace().next().unwrap();
        let look = Browser::of(&house, WANG).await.page(&format!("/groups/{page}")).await;
        assert!(look.contains("2 people can be added"), "{look}");
    })
    .await;
}
