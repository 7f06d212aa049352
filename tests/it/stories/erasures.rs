//! Somebody wants to be forgotten: what is left of them, with and without what they wrote.

use mailmoot::actions::ActionError;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::audit::{Deed, Doer};
use mailmoot::domain::erasure::{Erasure, FORMER, NO_ADDRESS};
use mailmoot::domain::group::Role;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::DeliveryState;
use mailmoot::domain::person::Viewer;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::files::bring;
use crate::support::house::{ADMIN, ANNA, DAVID, House, PEOPLE, WANG, Wanted, entry, mail, on_both};

async fn say(house: &House, who: &Viewer, group: GroupId, markdown: &str) {
    let new = NewMessage { markdown: markdown.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap();
}

/// Wang owns a group beside Anna's, writes by mail and in the browser, with a file.
async fn live_in(house: &House) -> (Viewer, GroupId, String) {
    let (anna, group) = house.group("Umzug 搬迁", &[WANG, DAVID]).await;
    let invitation = house.mail_of(WANG).await;
    let to = invitation.reply_to[0].address.as_str();
    let own = &[("From", WANG), ("To", to), ("Subject", "Re: Umzug")];
    house.deliver(mail(own, "I come on Monday.\n\n-- \nWang, +86 10 5550 0110")).await;
    house.messages(&anna, group, 2).await;
    let wang = house.person(WANG).await;
    let file = bring(house, &wang, group, ("plan.txt", b"The plan of Wang")).await.unwrap();
    let new = NewMessage { markdown: "Lagerhalle".to_owned(), files: vec![file.id], ..NewMessage::default() };
    house.actions.post_message(&wang, group, new).await.unwrap();
    say(house, &house.person(DAVID).await, group, "Agreed, @王小明").await;
    house.actions.set_role(&anna, group, wang.person_id, Role::Owner).await.unwrap();
    house.quiet().await;
    (wang, group, file.id.to_string())
}

/// Nobody finds any of these words in what a database or a page gives.
fn nowhere(where_: &str, text: &str) {
    for word in ["王小明", "wang.xiaoming", "5550 0110"] {
        assert!(!text.contains(word), "{word} in {where_}: {text}");
    }
}

#[tokio::test]
async fn an_admin_erases_somebody_whose_messages_stay_without_their_name() {
    on_both(Wanted::default, async |house| {
        let (wang, group, file) = live_in(&house).await;
        let theirs = Browser::of(&house, WANG).await;
        house.admin().await;
        let desk = Browser::of(&house, ADMIN).await;
        let path = format!("/admin/directory/people/{}/data", wang.person_id);
        let page = desk.page(&path).await;
        assert!(page.contains(&format!("type {WANG}")) && page.contains("2 messages"), "{page}");
        // Typed wrongly, nothing happens.
        let wrong = desk.post(&format!("{path}/erase"), &[("texts", "keep"), ("confirmation", "yes")]).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(theirs.get("/").await.status(), StatusCode::OK);

        let form = [("texts", "keep"), ("confirmation", " Wang.Xiaoming@corp.example ")];
        assert_eq!(desk.post(&format!("{path}/erase"), &form).await.status(), StatusCode::SEE_OTHER);
        house.quiet().await;
        assert_eq!(theirs.get("/").await.status(), StatusCode::SEE_OTHER, "they are signed out");
        let anna = Browser::of(&house, ANNA).await;
        let page = anna.page(&format!("/groups/{group}")).await;
        assert!(
            page.contains("I come on Monday.") && page.contains("Lagerhalle") && page.contains(FORMER),
            "{page}"
        );
        assert!(page.contains("Agreed, "), "{page}");
        nowhere("the group", &page);
        assert_eq!(anna.get(&format!("/files/{file}")).await.status(), StatusCode::OK);
        nowhere("the members", &anna.page(&format!("/groups/{group}/members")).await);
        nowhere("the log", &anna.page(&format!("/groups/{group}/log")).await);
        let place = format!("/groups/{group}?at=");
        assert!(anna.page("/search?q=Lagerhalle").await.contains(&place));
        assert!(!anna.page("/search?q=王小明").await.contains(&place), "nor by their name");
        assert!(!anna.page("/people?q=wang").await.contains("option"), "nobody finds them");
        for page in ["/admin/ledger", "/admin/ledger?way=out", "/admin/audit", "/admin/directory"] {
            nowhere(page, &desk.page(page).await);
        }
        nowhere("their page", &desk.page(&path).await);
        let lines = house.ledger(1).await;
        assert!(lines.iter().any(|line| line.sender.is_empty() && line.subject.is_empty()), "{lines:?}");
        nowhere("the ledger", &format!("{lines:?}"));
        let lines = house.actions.list_audit(&house.admin().await, None, 50).await.unwrap();
        let erased = Deed::PersonErased { of: wang.person_id, texts: false };
        assert!(lines.iter().any(|shown| shown.line.deed == erased), "{lines:?}");
        // Their mails are answered as those of a stranger: the address in old mails is nobody's.
        assert!(house.deliveries().await.iter().all(|one| one.address.as_str() != WANG));
    })
    .await;
}

#[tokio::test]
async fn texts_files_and_mails_go_too_and_twice_is_harmless() {
    on_both(Wanted::default, async |house| {
        let (wang, group, file) = live_in(&house).await;
        let erasure = Erasure { person: wang.person_id, texts: true };
        for _ in 0..2 {
            house.actions.erase(Doer::default(), erasure).await.unwrap();
            house.actions.erase_contents(wang.person_id).await.unwrap();
            house.quiet().await;
        }
        let anna = Browser::of(&house, ANNA).await;
        let page = anna.page(&format!("/groups/{group}")).await;
        assert!(!page.contains("Monday") && !page.contains("Lagerhalle") && page.contains(FORMER), "{page}");
        assert!(page.contains("Agreed"), "{page}");
        assert!(!anna.page("/search?q=Lagerhalle").await.contains(&format!("/groups/{group}?at=")));
        assert_eq!(anna.get(&format!("/files/{file}")).await.status(), StatusCode::NOT_FOUND);
        let contents = house.actions.preview_of(wang.person_id).await.unwrap();
        assert_eq!((contents.counts.messages, contents.counts.mails_in), (0, 0), "{contents:?}");
        let again = house.actions.make_sign_in_link(&WANG.parse().unwrap(), "/").await;
        assert!(again.is_err(), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn mails_that_wait_for_them_are_not_sent_and_a_group_keeps_an_owner() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Umzug", &[WANG, DAVID]).await;
        house.quiet().await;
        house.actions.erase(Doer::default(), Erasure { person: anna.person_id, texts: false }).await.unwrap();
        let wang = house.person(WANG).await;
        let members = house.actions.get_group(&wang, group).await.unwrap().members;
        assert_eq!(members.len(), 2);
        let page = Browser::of(&house, WANG).await.page(&format!("/groups/{group}/members")).await;
        assert!(page.contains("Owner") && !page.contains("Anna"), "{page}");
        let log = Browser::of(&house, WANG).await.page(&format!("/groups/{group}")).await;
        assert!(log.contains("is the owner now, because the one before has gone"), "{log}");
        let waits = |one: &&mailmoot::domain::ledger::Delivery| {
            one.state == DeliveryState::Waiting && one.address.as_str() == NO_ADDRESS
        };
        assert_eq!(house.deliveries().await.iter().filter(waits).count(), 0);
        let answer = house.actions.erase_person(&wang, wang.person_id, (false, "")).await;
        assert!(matches!(answer, Err(ActionError::NotFound)), "no admin");
    })
    .await;
}

#[tokio::test]
async fn the_next_reading_of_the_address_book_does_not_bring_them_back() {
    on_both(Wanted::default, async |house| {
        let wang = house.person(WANG).await;
        house.actions.erase(Doer::default(), Erasure { person: wang.person_id, texts: false }).await.unwrap();
        let people = || PEOPLE.iter().map(|(name, address, ..)| entry(name, address)).collect::<Vec<_>>();
        house.actions.import_people(people()).await.unwrap();
        let anna = house.person(ANNA).await;
        assert!(house.actions.search_people(&anna, "wang", 8).await.unwrap().is_empty());
        for was_kept_out in [true, false] {
            let done = house.actions.readmit(Doer::at_the_machine(), &WANG.parse().unwrap()).await.unwrap();
            assert_eq!(done, was_kept_out);
        }
        let log = house.actions.list_audit(&house.admin().await, None, 20).await.unwrap();
        let readmitted = log.iter().filter(|shown| shown.line.deed == Deed::AddressReadmitted);
        assert_eq!(readmitted.count(), 1, "once, and without the address");
        house.actions.import_people(people()).await.unwrap();
        assert_eq!(house.actions.search_people(&anna, "wang", 8).await.unwrap().len(), 1);
    })
    .await;
}
