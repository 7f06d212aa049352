//! Mails that went wrong, to the end: an admin makes a draft of one that was set aside, and a member reads of those that did not
//! reach them.

use std::time::Duration;

use mailmoot::domain::audit::Deed;
use mailmoot::domain::ledger::{DeliveryKind, DeliveryState, MailEntry, Outcome};
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::house::{
    ADMIN, ANNA, DAVID, GATEWAY, House, STRANGER, WANG, Wanted, eventually, link_in, mail, on_both,
};
use crate::support::odd_smtp::{Answer, OddSmtp};

/// A mail in which mails stand in mails, deeper than is looked into.
fn unopenable(from: &str, subject: &str) -> String {
    let headers = [
        ("From", from),
        ("To", GATEWAY),
        ("Cc", WANG),
        ("Subject", subject),
        ("Content-Type", "message/rfc822"),
    ];
    mail(&headers, &"Content-Type: message/rfc822\r\n\r\n".repeat(300))
}

/// The one mail in, when nothing waits any more.
async fn only_line(house: &House) -> MailEntry {
    let mut lines = house.ledger(1).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines.remove(0)
}

#[tokio::test]
async fn a_mail_that_was_set_aside_becomes_its_senders_draft_when_an_admin_says_so() {
    on_both(Wanted::standing, async |house| {
        house.deliver(unopenable(ANNA, "Customs papers")).await;
        let line = only_line(&house).await;
        assert!(matches!(line.outcome, Outcome::Quarantined { .. }), "{:?}", line.outcome);
        house.quiet().await;
        assert_eq!(house.count_mails_of(ANNA).await, 0, "she hears nothing of it yet");
        house.admin().await;
        let admin = Browser::of(&house, ADMIN).await;
        let at = format!("/admin/ledger/mails/{}", line.id);
        assert!(admin.page(&at).await.contains("As a draft of its sender"));
        house.later(Duration::from_secs(1));
        let done = admin.post(&format!("{at}/release"), &[]).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
        let again = admin.post(&format!("{at}/release"), &[]).await;
        assert_eq!(again.status(), StatusCode::CONFLICT, "once");

        // Anna has a mail with its link, and finds the draft with its people, its topic, and the mail itself.
        let (anna, target) = house.sign_in(&link_in(&house.mail_of(ANNA).await)).await;
        let Outcome::Draft { draft } = only_line(&house).await.outcome else { panic!("no draft") };
        assert_eq!(target, format!("/drafts/{draft}"));
        assert_eq!(house.actions.list_drafts(&anna).await.unwrap().len(), 1);
        let page = Browser::of(&house, ANNA).await.page(&target).await;
        for said in ["Customs papers", "王小明", "mail.eml"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        // Who did that stands in the mail's way and in the audit log.
        assert!(admin.page(&at).await.contains("handed it on as a draft"));
        let log = house.actions.list_audit(&house.admin().await, None, 20).await.unwrap();
        assert!(log.iter().any(|shown| shown.line.deed == Deed::MailReleased { mail: line.id }), "{log:?}");
    })
    .await;
}

#[tokio::test]
async fn a_mail_whose_sender_may_start_no_group_becomes_no_draft() {
    let house = House::with(Wanted::standing()).await;
    house.deliver(unopenable(STRANGER, "Offer")).await;
    let line = only_line(&house).await;
    house.admin().await;
    let admin = Browser::of(&house, ADMIN).await;
    let refused = admin.post(&format!("/admin/ledger/mails/{}/release", line.id), &[]).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text().await.unwrap();
    assert!(page.contains("may not start groups here. Choose a group for it"), "{page}");
    assert_eq!(only_line(&house).await.outcome, line.outcome, "it waits as before");
}

#[tokio::test]
async fn a_member_reads_which_mails_did_not_reach_them_and_why_and_nobody_elses() {
    let odd = OddSmtp::start().await;
    let house = House::with(Wanted { outlet: Some(odd.outlet()), ..Wanted::standing() }).await;
    let broken = "p@quick.example";
    odd.answers("quick.example", Answer::Says("552 5.2.2 Mailbox full"));
    let (_, group) = house.group("Plan", &[broken, DAVID]).await;
    eventually(async || {
        let all = house.deliveries().await;
        let lost = |one: &&mailmoot::domain::ledger::Delivery| {
            one.kind == DeliveryKind::GroupLink && one.state == DeliveryState::Failed
        };
        (all.iter().filter(lost).count() == 1).then_some(())
    })
    .await;
    house.quiet().await;
    let (theirs, david) = (Browser::of(&house, broken).await, Browser::of(&house, DAVID).await);
    for path in [format!("/groups/{group}/settings"), "/settings".to_owned()] {
        let page = theirs.page(&path).await;
        assert!(page.contains("Mails to you that did not go out"), "{page}");
        assert!(page.contains("5.2.2 Mailbox full"), "in the server\u{2019}s words: {page}");
        assert!(!david.page(&path).await.contains("did not go out"), "his came");
    }
}
