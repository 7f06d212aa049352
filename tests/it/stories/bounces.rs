//! Mails that come back: what is held back, who sees it, trials, and what was missed.

use std::time::Duration;

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{Delivery, DeliveryKind};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::secret::Token;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, WANG, Wanted, eventually, mail, on_both};

const HOLD: Duration = Duration::from_secs(120);
const DAY: Duration = Duration::from_secs(24 * 3600);
const TRIAL: &str = "Do mails from mailmoot reach you again?";
const BACK_SINCE: &str = "Mails to david.okafor@corp.example come back since";

fn standing() -> Wanted {
    Wanted { hold: HOLD, ..Wanted::standing() }
}

/// Anna's group, and how she sees it.
struct Story {
    anna: Viewer,
    browser: Browser,
    group: GroupId,
}

impl Story {
    async fn with(house: &House) -> Self {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(DAVID).await;
        house.mail_of(WANG).await;
        Self { anna, browser: Browser::of(house, ANNA).await, group }
    }

    /// Anna says something, and whoever gets mails has it.
    async fn says(&self, house: &House, words: &str) {
        let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
        house.actions.post_message(&self.anna, self.group, new).await.unwrap();
        house.later(HOLD);
        house.quiet().await;
    }

    async fn panel(&self) -> String {
        self.browser.page(&format!("/groups/{}/members", self.group)).await
    }

    async fn comes_to_see(&self, words: &str) -> String {
        eventually(async || {
            let panel = self.panel().await;
            panel.contains(words).then_some(panel)
        })
        .await
    }

    async fn sees_no_trouble(&self) {
        eventually(async || (!self.panel().await.contains("Mails come back")).then_some(())).await;
    }
}

/// A report (RFC 3464) about the newest mail of a kind to David.
async fn comes_back(house: &House, kind: DeliveryKind, words: &str) {
    let deliveries = house.deliveries().await;
    let newest =
        deliveries.iter().find(|d: &&Delivery| d.address.as_str() == DAVID && d.kind == kind).unwrap();
    let token = Token::derived(&house.actions.key, "return", newest.id.uuid());
    let before = house.ledger(0).await.len();
    house
        .deliver(format!(
            "From: MAILER-DAEMON@corp.example\r\nTo: moot+{}@corp.example\r\nSubject: Report\r\nMIME-Version: 1.0\r\n\
             Message-ID: <{}@mx.corp.example>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.corp.example\r\n\r\n\
             Final-Recipient: rfc822; {DAVID}\r\nAction: failed\r\nStatus: {words}\r\nDiagnostic-Code: smtp; 550 {words}\r\n\r\n--b--\r\n",
            token.reveal(),
            house.token().reveal(),
        ))
        .await;
    house.ledger(before + 1).await;
    house.quiet().await;
}

#[tokio::test]
async fn mails_to_an_address_that_does_not_work_wait_for_a_trial_that_arrives() {
    on_both(standing, async |house| {
        let story = Story::with(&house).await;
        let mut live = story.browser.live().await;
        live.watch(&story.group.to_string(), 0).await;
        story.says(&house, "one").await;
        house.mails_of(DAVID, 2).await;
        comes_back(&house, DeliveryKind::Messages, "5.1.1 <d@corp.example>: no such user").await;
        live.next("people").await;
        let panel = story.comes_to_see(BACK_SINCE).await;
        assert!(panel.contains("no such user") && panel.contains("Mails come back"), "{panel}");
        assert!(!panel.contains("Try again now"), "that is David's to do");

        story.says(&house, "two").await;
        house.mails_of(WANG, 3).await;
        assert_eq!(house.count_mails_of(DAVID).await, 2, "nothing is sent there");
        let david = Browser::of(&house, DAVID).await;
        assert!(david.page(&format!("/groups/{}", story.group)).await.contains("two"), "the page is open");

        // A day later a trial goes out; it comes back, and once more in another copy of the report.
        house.later(DAY);
        assert_eq!(house.mails_of(DAVID, 3).await[0].subject, TRIAL);
        story.comes_to_see("a trial mail is on its way").await;
        for _ in 0..2 {
            comes_back(&house, DeliveryKind::Trial, "5.1.1 still no such user").await;
        }
        story.comes_to_see("still no such user").await;
        house.later(DAY * 2);
        house.quiet().await;
        assert_eq!(house.count_mails_of(DAVID).await, 3, "the next one goes out after three days");
        house.later(DAY + HOLD);
        assert_eq!(house.mails_of(DAVID, 4).await[0].subject, TRIAL);

        // Of this one nothing is heard.
        house.later(Duration::from_secs(6 * 3600));
        let missed = house.mails_of(DAVID, 5).await.remove(0);
        let at = |words| missed.text.new_text.find(words).unwrap_or_else(|| panic!("{words}"));
        assert!(at("one") < at("two"), "what came back and what was held back, in one mail");
        story.sees_no_trouble().await;
        story.says(&house, "three").await;
        assert!(house.mails_of(DAVID, 6).await[0].text.new_text.contains("three"));
    })
    .await;
}

#[tokio::test]
async fn what_a_policy_refuses_says_nothing_against_its_receiver() {
    let house = House::with(standing()).await;
    let story = Story::with(&house).await;
    for count in 2..5 {
        story.says(&house, &format!("number {count}")).await;
        house.mails_of(DAVID, count).await;
        comes_back(&house, DeliveryKind::Messages, "5.7.1 Message rejected as spam").await;
        assert!(!story.panel().await.contains("Mails come back"));
    }
}

#[tokio::test]
async fn trouble_that_may_pass_suspends_after_days_of_it() {
    let house = House::with(standing()).await;
    let story = Story::with(&house).await;
    for day in 0..6 {
        story.says(&house, &format!("day {day}")).await;
        house.mails_of(DAVID, day + 2).await;
        comes_back(&house, DeliveryKind::Messages, "5.2.2 mailbox full").await;
        let panel = story.panel().await;
        assert_eq!(
            panel.contains("Some mails to david.okafor@corp.example came back lately"),
            day < 5,
            "{day}"
        );
        assert_eq!(panel.contains(BACK_SINCE), day == 5, "{day}: {panel}");
        house.later(DAY);
    }
}

#[tokio::test]
async fn whoever_writes_is_there_again_and_gets_what_they_missed() {
    on_both(standing, async |house| {
        let story = Story::with(&house).await;
        story.says(&house, "one").await;
        let letter = house.mails_of(DAVID, 2).await.remove(0);
        comes_back(&house, DeliveryKind::Messages, "5.1.1 no such user").await;
        story.comes_to_see(BACK_SINCE).await;
        story.says(&house, "two").await;
        let reply = mail(
            &[
                ("From", DAVID),
                ("To", letter.reply_to[0].address.as_str()),
                ("Subject", "Automatic answer"),
                ("Auto-Submitted", "auto-replied"),
                ("Message-ID", "<away@corp.example>"),
            ],
            "I am away.",
        );
        house.deliver(reply).await;
        let missed = house.mails_of(DAVID, 3).await.remove(0);
        assert!(missed.text.new_text.contains("one") && missed.text.new_text.contains("two"));
        story.sees_no_trouble().await;
    })
    .await;
}

#[tokio::test]
async fn somebody_asks_for_a_trial_of_their_own_address() {
    on_both(standing, async |house| {
        let story = Story::with(&house).await;
        story.says(&house, "one").await;
        house.mails_of(DAVID, 2).await;
        let david = Browser::of(&house, DAVID).await;
        assert!(!david.page("/settings").await.contains("try-address"));
        comes_back(&house, DeliveryKind::Messages, "5.1.1 no such user").await;
        let page = david.page("/settings").await;
        assert!(page.contains("Try again now") && page.contains("5.1.1 no such user"), "{page}");
        assert!(page.contains("Groups send you nothing until it works again"), "{page}");
        for _ in 0..2 {
            assert_eq!(david.post("/settings/mails/try", &[]).await.status(), StatusCode::SEE_OTHER);
            assert_eq!(house.mails_of(DAVID, 3).await[0].subject, TRIAL);
            house.quiet().await;
            assert_eq!(house.count_mails_of(DAVID).await, 3, "one is on its way");
        }
        // Others change nothing by the same button.
        assert_eq!(story.browser.post("/settings/mails/try", &[]).await.status(), StatusCode::SEE_OTHER);
        // Each time it comes back it can be tried again, a few times an hour.
        for count in [4, 5] {
            comes_back(&house, DeliveryKind::Trial, "5.1.1 no such user").await;
            // Each trial has a time of its own, or nobody knows which is the newest.
            house.later(Duration::from_secs(1));
            david.post("/settings/mails/try", &[("back", "/groups")]).await;
            house.later(Duration::from_secs(1));
            house.mails_of(DAVID, count).await;
        }
        comes_back(&house, DeliveryKind::Trial, "5.1.1 no such user").await;
        let refused = david.post("/settings/mails/try", &[]).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[tokio::test]
async fn an_address_that_the_server_refuses_is_known_at_once() {
    let house = House::with(standing()).await;
    let story = Story::with(&house).await;
    story.says(&house, "one").await;
    let deliveries = house.deliveries().await;
    let newest = deliveries.iter().find(|d| d.address.as_str() == DAVID).unwrap();
    for _ in 0..2 {
        let words = "The SMTP server refuses the recipient: 550 5.1.1 no such user";
        house.actions.record_refused(newest.id, words).await.unwrap();
    }
    story.comes_to_see(BACK_SINCE).await;
    // Whoever is not reached by mail is not reminded by mail either, and their receipt says why.
    let asks = NewMessage {
        markdown: "Please read".to_owned(),
        receipt: Some(mailmoot::domain::receipt::ReceiptRequest::Wanted),
        ..NewMessage::default()
    };
    let seq = house.actions.post_message(&story.anna, story.group, asks).await.unwrap().seq;
    let panel = story.browser.page(&format!("/groups/{}/messages/{seq}/receipts", story.group)).await;
    assert!(panel.contains("Did not reach them") && panel.contains("550 5.1.1 no such user"), "{panel}");
}
