//! A login that is refused is not tried over and over: companies lock accounts for that.

use std::time::Duration;

use mailmoot::actions::ledger::Act;
use mailmoot::domain::ids::DeliveryId;
use mailmoot::workers::Source;

use crate::support::browser::Browser;
use crate::support::house::{ADMIN, ANNA, DAVID, GATEWAY, House, Wanted, eventually, mail};
use crate::support::odd_imap::{Odd, OddImap};
use crate::support::odd_smtp::OddSmtp;

const AGAIN: &str = "(tried again after 1, then 5, then every 15 minutes, so that the account is not locked)";

#[tokio::test]
async fn a_mailbox_that_refuses_the_password_is_left_alone_until_it_is_mended() {
    let server = OddImap::default();
    server.set_password("another");
    let headers = [
        ("From", ANNA),
        ("To", GATEWAY),
        ("Cc", DAVID),
        ("Subject", "Plan"),
        ("Message-ID", "<1@corp.example>"),
    ];
    server.put(1, Odd::Well(mail(&headers, "What do you think?")));
    let source = Some(Source::Imap(Box::new(server.start().await)));
    let house = House::with(Wanted { source, ..Wanted::default() }).await;
    house.admin().await;
    let admin = Browser::of(&house, ADMIN).await;
    let said = eventually(async || {
        let page = admin.page("/admin/status").await;
        page.contains("refuses the user name or the password").then_some(page)
    })
    .await;
    assert!(said.contains(AGAIN), "{said}");
    // Whoever goes by lost connections tries again after a millisecond, then two, then four.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(server.logins(), 1);

    server.set_password("pw");
    house.actions.bell.ring_out();
    house.ledger(1).await;
    assert_eq!(server.logins(), 2);
}

#[tokio::test]
async fn a_submission_server_that_refuses_the_password_is_shown_it_once_for_all_mails() {
    let odd = OddSmtp::start().await;
    odd.wants("another");
    let wanted = Wanted { outlet: Some(odd.outlet_with_login()), ..Wanted::standing() };
    let house = House::with(wanted).await;
    let admin = house.admin().await;
    let people: Vec<String> = (0..40).map(|n| format!("p{n}@far.example")).collect();
    house.group("Plan", &people.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let tries = async || house.deliveries().await.iter().map(|one| one.attempts).sum::<i64>();
    eventually(async || (tries().await >= 12).then_some(())).await;
    assert_eq!(odd.logins(), 1, "those who came together");
    let page = Browser::of(&house, ADMIN).await.page("/admin/status").await;
    assert!(page.contains("535 5.7.8 bad credentials") && page.contains(AGAIN), "{page}");
    for wait in [61, 301] {
        let before = tries().await;
        house.later(Duration::from_secs(wait));
        eventually(async || (tries().await > before).then_some(())).await;
    }
    assert_eq!(odd.logins(), 1, "and those who came later, within the same minute of the machine");

    odd.wants("pw");
    let waiting: Vec<DeliveryId> = house.deliveries().await.iter().map(|one| one.id).collect();
    house.actions.act_on_deliveries(&admin, Act::Retry, waiting).await.unwrap();
    eventually(async || (odd.taken().len() == 40).then_some(())).await;
}

#[tokio::test]
async fn mails_that_waited_for_a_login_go_out_by_a_better_one_at_once() {
    let odd = OddSmtp::start().await;
    odd.wants("another");
    let wanted = Wanted { outlet: Some(odd.outlet_with_login()), ..Wanted::standing() };
    let house = House::with(wanted).await;
    let admin = house.admin().await;
    house.group("Plan", &["p1@far.example"]).await;
    eventually(async || house.actions.status(&admin).await.unwrap().health.mails_out.away).await;
    house.quiet().await;
    odd.wants("pw");
    let _house = house.sending_by(odd.outlet_with_login()).await;
    eventually(async || (odd.taken().len() == 1).then_some(())).await;
}
