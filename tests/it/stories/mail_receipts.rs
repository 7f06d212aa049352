//! David's mail program asks for a receipt: the group is asked as by the button on the page, each member answers as they always
//! do, and one mail tells him who has read it.

use std::time::Duration;

use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::DeliveryKind;
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::receipt::ReceiptPolicy;
use mailmoot::mail::incoming::{IncomingMail, Report};
use mailmoot::mail::parse::parse;

use crate::support::company::Company;
use crate::support::house::{DAVID, House, STRANGER, WANG, Wanted, eventually, mail, on_both};
use crate::support::peers::MailPeers;

const MINUTE: Duration = Duration::from_secs(60);

/// Anna's group of three, and David's own address in it.
async fn group(house: &House) -> (Viewer, GroupId, String) {
    let (anna, group) = house.group("Plan", &[DAVID, WANG]).await;
    let invitation = house.mail_of(DAVID).await;
    (anna, group, invitation.reply_to[0].address.to_string())
}

/// What David's program sends.
fn asking(number: usize, from: &str, to: &str, asks: &str) -> String {
    let id = format!("<asks-{number}@mail.example>");
    let headers = [
        ("From", from),
        ("To", to),
        ("Cc", WANG),
        ("Subject", "Re: Plan"),
        ("Message-ID", &*id),
        ("Disposition-Notification-To", asks),
    ];
    mail(&headers, "Which press do we buy?")
}

/// Whether the newest message asks for receipts, and its place.
async fn newest(house: &House, viewer: &Viewer, group: GroupId, count: usize) -> (bool, MessagePlace) {
    let messages = house.messages(viewer, group, count).await;
    let last = messages.last().unwrap();
    (last.receipts.request.is_wanted(), last.place())
}

async fn told(house: &House) -> Vec<IncomingMail> {
    let of_david = house.outbox.list(&DAVID.parse().unwrap()).await.unwrap();
    let mails = of_david.iter().map(|one| parse(&one.raw).unwrap());
    mails.filter(|mail| matches!(mail.report, Some(Report::Disposition(_)))).collect()
}

async fn readers_deliveries(house: &House) -> usize {
    house.deliveries().await.iter().filter(|one| one.kind == DeliveryKind::Readers).count()
}

#[tokio::test]
async fn one_mail_tells_who_has_read_it_as_soon_as_nothing_more_is_expected() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, to) = group(&house).await;
        let wang = house.person(WANG).await;
        house.actions.set_receipt_policy(&wang, ReceiptPolicy::Refuse).await.unwrap();
        house.deliver(asking(1, DAVID, &to, DAVID)).await;
        let (asks, place) = newest(&house, &anna, group, 2).await;
        assert!(asks);
        house.later(11 * MINUTE);
        assert_eq!(readers_deliveries(&house).await, 0, "nobody has read it");
        house.actions.note_seen(&anna, group, &[place.seq]);
        house.actions.flush_receipts().await.unwrap();
        house.later(60 * MINUTE);
        let told = eventually(async || Some(told(&house).await).filter(|told| !told.is_empty())).await;
        let Some(Report::Disposition(report)) = &told[0].report else { panic!() };
        assert_eq!(report.original_message_id.as_deref(), Some("asks-1@mail.example"));
        assert_eq!(report.final_recipient.as_deref(), Some(to.as_str()));
        assert_eq!(report.disposition, "displayed");
        assert_eq!(report.mode, "automatic-action/MDN-sent-automatically");
        assert_eq!(told[0].subject, "Read: Re: Plan");
        let text = &told[0].text.new_text;
        assert!(text.contains("1 of 2 have read it"), "{text}");
        assert!(text.contains("Anna Berg, 20"), "{text}");
        assert!(text.contains("Give no receipt:\n  王小明"), "{text}");
        assert!(told[0].automatic.is_some());
        // Once, and no loop: what answers it, or comes back, tells nobody anything.
        house.later(8 * 24 * 60 * MINUTE);
        assert_eq!(readers_deliveries(&house).await, 1);
    })
    .await;
}

#[tokio::test]
async fn after_a_day_nobody_waits_for_the_others_and_nobody_is_told_of_nothing() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, to) = group(&house).await;
        house.deliver(asking(1, DAVID, &to, DAVID)).await;
        let (_, place) = newest(&house, &anna, group, 2).await;
        for hours in [1, 6, 18] {
            house.later(hours * 60 * MINUTE);
        }
        house.actions.note_seen(&anna, group, &[place.seq]);
        house.actions.flush_receipts().await.unwrap();
        assert_eq!(readers_deliveries(&house).await, 0);
        house.later(7 * 24 * 60 * MINUTE);
        let told = eventually(async || Some(told(&house).await).filter(|told| !told.is_empty())).await;
        assert!(told[0].text.new_text.contains("Not read yet:\n  王小明"), "{}", told[0].text.new_text);
    })
    .await;
}

#[tokio::test]
async fn only_its_author_asks_and_only_for_themselves() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, to) = group(&house).await;
        // To somebody else; by somebody else with his address; and a word for mailmoot, which is no message.
        house.deliver(asking(1, DAVID, &to, STRANGER)).await;
        assert!(!newest(&house, &anna, group, 2).await.0);
        house.deliver(asking(2, STRANGER, &to, STRANGER).replace("press", "pump")).await;
        assert!(!newest(&house, &anna, group, 3).await.0);
        house.deliver(asking(3, DAVID, &to, DAVID).replace("Which press do we buy?", "help")).await;
        house.outcomes(4).await;
        house.later(2 * 24 * 60 * MINUTE);
        assert_eq!(readers_deliveries(&house).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_removed_message_tells_nothing() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, to) = group(&house).await;
        house.deliver(asking(1, DAVID, &to, DAVID)).await;
        let (_, place) = newest(&house, &anna, group, 2).await;
        house.actions.note_seen(&anna, group, &[place.seq]);
        house.actions.flush_receipts().await.unwrap();
        house.actions.remove_message(&house.person(DAVID).await, place).await.unwrap();
        house.later(2 * 24 * 60 * MINUTE);
        assert_eq!(readers_deliveries(&house).await, 0);
    })
    .await;
}

#[tokio::test]
async fn by_a_real_server_it_comes_with_the_null_return_path() {
    let Some(peers) = MailPeers::find() else { return };
    let company = Company::open(peers, &[]).await;
    let (_, group) = company.group("Plan", "Which press do we buy?").await;
    let house = &company.house;
    let david = house.person(&company.address(&company.david)).await;
    let (from, to) = (company.address(&company.david), company.address(&company.gateway));
    let invitation = company.mail_of(&company.david, 1).await;
    let reply = invitation.reply_to[0].address.to_string();
    let raw = mail(
        &[
            ("From", &from),
            ("To", &reply),
            ("Subject", "Re: Plan"),
            ("Message-ID", "<real-asks@moot.test>"),
            ("Disposition-Notification-To", &from),
        ],
        "The blue one.",
    );
    assert!(reply != to);
    company.send(&company.david, &reply, &raw).await;
    let (asks, place) = newest(house, &david, group, 2).await;
    assert!(asks);
    let anna = house.person(&company.address(&company.anna)).await;
    house.actions.note_seen(&anna, group, &[place.seq]);
    house.actions.flush_receipts().await.unwrap();
    // As the job does after ten minutes.
    house.actions.tell_readers(place, 0).await.unwrap();
    let raw = company.peers.wait_for_mails(&company.david, 2).await.pop().unwrap();
    let told = String::from_utf8(raw.clone()).unwrap();
    assert!(told.starts_with("Return-Path: <>"), "{told}");
    assert!(told.contains("multipart/report; report-type=disposition-notification"), "{told}");
    assert!(told.contains("Auto-Submitted: auto-replied"), "{told}");
    assert!(matches!(parse(&raw).unwrap().report, Some(Report::Disposition(_))));
}
