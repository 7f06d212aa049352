//! Messages that are deleted when they are old enough, and groups in which nothing may go.

use std::time::Duration;

use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::audit::{Deed, Doer};
use mailmoot::domain::erasure::{Erasure, FORMER};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger_query::LedgerQuery;
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::retention::RetentionSettings;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::files::bring;
use crate::support::house::{ADMIN, ANNA, House, WANG, Wanted, mail, on_both};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn wanted() -> Wanted {
    let retention = RetentionSettings { messages: Some(30), mails: Some(60), audit: None };
    Wanted { retention, hold: Duration::from_secs(3600), ..Wanted::standing() }
}

/// A group with a message that came by mail and one with a file.
async fn live_in(house: &House) -> (Viewer, GroupId, String) {
    let (anna, group) = house.group("Umzug", &[WANG]).await;
    let invitation = house.mail_of(WANG).await;
    let to = invitation.reply_to[0].address.as_str();
    house.deliver(mail(&[("From", WANG), ("To", to), ("Subject", "Re: Umzug")], "Lagerhalle by mail")).await;
    house.messages(&anna, group, 2).await;
    let file = bring(house, &anna, group, ("plan.txt", b"The plan")).await.unwrap();
    let new = NewMessage { markdown: "Lagerhalle".to_owned(), files: vec![file.id], ..NewMessage::default() };
    house.actions.post_message(&anna, group, new).await.unwrap();
    (anna, group, file.id.to_string())
}

async fn days_pass(house: &House, days: u32) {
    for _ in 0..days {
        house.later(DAY);
        house.actions.clear_old().await.unwrap();
        // Whoever sends a mail while a day passes is taken for dead, and it is sent once more.
        house.quiet().await;
    }
}

fn warnings(mails: &[mailmoot::mail::incoming::IncomingMail]) -> usize {
    mails.iter().filter(|mail| mail.subject.contains("deleted soon")).count()
}

#[tokio::test]
async fn messages_go_after_their_time_and_their_owner_was_told_a_week_before() {
    on_both(wanted, async |house| {
        let (_, group, file) = live_in(&house).await;
        let browser = Browser::of(&house, ANNA).await;
        let path = format!("/groups/{group}");
        assert!(browser.page(&path).await.contains("Messages are deleted after 30 days."));
        days_pass(&house, 15).await;
        assert_eq!(warnings(&house.mails_of(ANNA, 0).await), 0);
        days_pass(&house, 5).await;
        house.later(Duration::ZERO);
        let told = house.mails_of(ANNA, 1).await;
        let words = &told.iter().find(|mail| mail.subject.contains("deleted soon")).unwrap().text.new_text;
        assert!(words.contains("“Umzug”") && words.contains("3 messages go"), "{words}");
        days_pass(&house, 9).await;
        let browser = Browser::of(&house, ANNA).await;
        assert!(browser.page(&path).await.contains("Lagerhalle by mail"), "29 days");
        days_pass(&house, 2).await;
        let page = browser.page(&path).await;
        assert!(!page.contains("Lagerhalle") && page.contains("Deleted for its age"), "{page}");
        assert!(!browser.page("/search?q=Lagerhalle").await.contains("by mail"));
        assert_eq!(browser.get(&format!("/files/{file}")).await.status(), StatusCode::NOT_FOUND);
        let mails = house.mails_of(ANNA, 1).await;
        let words: Vec<_> =
            mails.iter().map(|mail| (&mail.subject, mail.date, &mail.text.new_text)).collect();
        assert_eq!(warnings(&mails), 1, "one mail for all of it: {words:?}");
        assert_eq!(house.ledger(2).await.len(), 2);
        days_pass(&house, 30).await;
        let left =
            house.actions.list_mails(&house.admin().await, &LedgerQuery::default(), None, 10).await.unwrap();
        assert!(left.iter().all(|line| line.sender.is_empty()), "{left:?}");
    })
    .await;
}

#[tokio::test]
async fn owners_keep_shorter_and_never_longer() {
    on_both(wanted, async |house| {
        let (anna, group, _) = live_in(&house).await;
        let browser = Browser::of(&house, ANNA).await;
        let answer = browser.post(&format!("/groups/{group}/retention"), &[("days", "31")]).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().await.unwrap().contains("from 1 to 30"));
        browser.post(&format!("/groups/{group}/retention"), &[("days", "10")]).await;
        assert_eq!(house.actions.keeping(&anna, group).await.unwrap().days(), Some(10));
        assert!(browser.page(&format!("/groups/{group}")).await.contains("deleted after 10 days"));
        let wang = house.person(WANG).await;
        let answer = house.actions.set_retention(&wang, group, Some(5)).await;
        assert!(matches!(answer, Err(ActionError::Forbidden)), "{answer:?}");
        days_pass(&house, 12).await;
        assert!(!browser.page(&format!("/groups/{group}")).await.contains("Lagerhalle"));
    })
    .await;
}

#[tokio::test]
async fn a_legal_hold_wins_over_age_members_and_erasing_and_says_so() {
    on_both(wanted, async |house| {
        let (anna, group, _) = live_in(&house).await;
        house.admin().await;
        let desk = Browser::of(&house, ADMIN).await;
        assert!(desk.page("/admin/holds?q=umzug").await.contains("Set the hold"));
        let nothing = desk.post(&format!("/admin/holds/{group}"), &[("why", " ")]).await;
        assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
        desk.post(&format!("/admin/holds/{group}"), &[("why", "Case 4711")]).await;
        let browser = Browser::of(&house, ANNA).await;
        let path = format!("/groups/{group}");
        assert!(browser.page(&path).await.contains("Case 4711"));
        assert!(browser.page(&format!("{path}/log")).await.contains("Set a legal hold"));

        let answer = house.actions.remove_message(&anna, MessagePlace { group, seq: 3 }).await;
        assert!(matches!(answer, Err(ActionError::Invalid { problem: Problem::Held, .. })), "{answer:?}");
        let wang = house.person(WANG).await.person_id;
        let erased =
            house.actions.erase(Doer::default(), Erasure { person: wang, texts: true }).await.unwrap();
        assert_eq!(erased.held, 1);
        house.actions.erase_contents(wang).await.unwrap();
        days_pass(&house, 40).await;
        let browser = Browser::of(&house, ANNA).await;
        let page = browser.page(&path).await;
        assert!(page.contains("Lagerhalle by mail") && page.contains("王小明"), "{page}");
        let desk = Browser::of(&house, ADMIN).await;
        assert!(
            desk.page(&format!("/admin/directory/people/{wang}/data"))
                .await
                .contains("legal hold keeps 1 message")
        );

        // What waited for it is done when it is lifted.
        desk.post(&format!("/admin/holds/{group}/lift"), &[("why", "Closed")]).await;
        house.actions.erase_contents(wang).await.unwrap();
        let page = browser.page(&path).await;
        assert!(
            !page.contains("Lagerhalle by mail") && page.contains(FORMER) && !page.contains("王小明"),
            "{page}"
        );
        let lines = house.actions.list_audit(&house.admin().await, None, 50).await.unwrap();
        let lifted = Deed::HoldLifted { why: "Closed".to_owned() };
        assert!(lines.iter().any(|shown| shown.line.deed == lifted), "{lines:?}");
    })
    .await;
}
