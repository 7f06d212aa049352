//! Mails on their way out: nobody waits for somebody else's server, and what is away is tried as one.

use std::time::Duration;

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{DeliveryKind, DeliveryState};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::receipt::ReceiptRequest;
use mailmoot::domain::settings::QueueSettings;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, House, Wanted, eventually};
use crate::support::odd_smtp::{Answer, OddSmtp};

const SLOW: &str = "slow.example";
const QUICK: &str = "quick.example";
const HOLD: Duration = Duration::from_secs(120);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A house whose mails go to an odd server.
async fn house_with(odd: &OddSmtp, wanted: Wanted) -> House {
    House::with(Wanted { outlet: Some(odd.outlet()), ..wanted }).await
}

fn standing() -> Wanted {
    Wanted { hold: HOLD, ..Wanted::standing() }
}

/// Anna's group of so many people at each domain; each gets an invitation.
async fn group_of(house: &House, counts: &[(&str, usize)]) -> (Viewer, GroupId) {
    let people = counts.iter().flat_map(|(domain, count)| (0..*count).map(move |n| format!("p{n}@{domain}")));
    let people: Vec<String> = people.collect();
    house.group("Plan", &people.iter().map(String::as_str).collect::<Vec<_>>()).await
}

/// Until so many mails were taken; each receiver has at most one of a kind.
async fn taken(odd: &OddSmtp, count: usize) -> Vec<String> {
    let mut taken = eventually(async || Some(odd.taken()).filter(|taken| taken.len() >= count)).await;
    taken.sort_unstable();
    let all = taken.len();
    taken.dedup();
    assert_eq!((taken.len(), all), (count, count), "each once");
    taken
}

async fn asked(odd: &OddSmtp, domain: &str, count: usize) {
    eventually(async || (odd.asked(domain) >= count).then_some(())).await;
}

#[tokio::test]
async fn a_domain_whose_server_says_nothing_holds_up_nobody_else() {
    let odd = OddSmtp::start().await;
    odd.answers(SLOW, Answer::Silence);
    let house = house_with(&odd, Wanted::default()).await;
    group_of(&house, &[(SLOW, 40)]).await;
    // Everything that may be on its way there hangs. It does so for a minute; the other mail does not wait for that.
    asked(&odd, SLOW, 12).await;
    house.group("Another", &["anna@quick.example"]).await;
    assert_eq!(taken(&odd, 1).await, ["anna@quick.example"]);
    assert_eq!(odd.asked(SLOW), 12);
}

#[tokio::test]
async fn a_thousand_mails_to_one_domain_delay_none_to_another() {
    let odd = OddSmtp::start().await;
    let house = house_with(&odd, standing()).await;
    odd.set_away(true);
    group_of(&house, &[(SLOW, 300), (QUICK, 1)]).await;
    eventually(async || (house.deliveries().await.len() == 301).then_some(())).await;
    odd.set_away(false);
    house.later(Duration::from_secs(600));
    let all = eventually(async || Some(odd.taken()).filter(|taken| taken.len() == 301)).await;
    let at = all.iter().position(|to| to.ends_with(QUICK)).unwrap();
    assert!(at < 60, "it was number {at}");
}

#[tokio::test]
async fn a_domain_that_is_away_is_asked_by_one_mail_until_it_is_back() {
    let odd = OddSmtp::start().await;
    odd.answers(SLOW, Answer::Silence);
    let house = house_with(&odd, standing()).await;
    group_of(&house, &[(SLOW, 40), (QUICK, 3)]).await;
    taken(&odd, 3).await;
    all_put_off(&house, &odd, "450 4.4.1 connection timed out").await;
    for (count, wait) in (13..).zip([10, 20, 40, 80]) {
        house.later(Duration::from_secs(wait));
        noted(&house, count).await;
    }
    assert_eq!(odd.asked(SLOW), 16);
    odd.answers(SLOW, Answer::Says("250 2.1.5 OK"));
    house.later(Duration::from_secs(3600));
    taken(&odd, 43).await;
}

/// As many as may be on their way to a domain are put off by these words, and noted.
async fn all_put_off(house: &House, odd: &OddSmtp, words: &'static str) {
    asked(odd, SLOW, 12).await;
    odd.answers(SLOW, Answer::Says(words));
    noted(house, 12).await;
}

/// Until so many attempts to reach the slow domain have been noted.
async fn noted(house: &House, count: i64) {
    eventually(async || {
        let all = house.deliveries().await;
        let of_slow = all.iter().filter(|one| one.address.domain() == SLOW);
        (of_slow.map(|one| one.attempts).sum::<i64>() == count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_by_one_mail_and_counts_against_nobody() {
    let odd = OddSmtp::start().await;
    let house = house_with(&odd, standing()).await;
    let (anna, group) = group_of(&house, &[(QUICK, 30), (SLOW, 10)]).await;
    taken(&odd, 40).await;
    house.quiet().await;
    odd.set_away(true);
    let at_first = odd.connections();
    let asks = NewMessage {
        markdown: "Please read".to_owned(),
        receipt: Some(ReceiptRequest::Wanted),
        ..NewMessage::default()
    };
    let seq = house.actions.post_message(&anna, group, asks).await.unwrap().seq;
    house.later(HOLD);
    let waiting = async || {
        let all = house.deliveries().await;
        all.iter().filter(|one| one.state == DeliveryState::Waiting).count()
    };
    eventually(async || (waiting().await == 40).then_some(())).await;
    let browser = Browser::of(&house, ANNA).await;
    let path = format!("/groups/{group}/messages/{seq}/receipts");
    let words = "The mail has been waiting to be sent since";
    eventually(async || browser.page(&path).await.contains(words).then_some(())).await;
    for _ in 0..48 {
        let attempts = async || house.deliveries().await.iter().map(|one| one.attempts).sum::<i64>();
        let before = attempts().await;
        house.later(Duration::from_secs(3600));
        // Noted after it is known how long to wait.
        eventually(async || (attempts().await > before).then_some(())).await;
    }
    // Those that were on their way when it went away, and then one an hour.
    let connections = odd.connections() - at_first;
    assert!(connections <= 20 + 48, "{connections}");
    let page = browser.page(&path).await;
    assert!(page.contains(words) && !page.contains("Mails to them come back"), "{page}");
    odd.set_away(false);
    house.later(Duration::from_secs(3600));
    // Beside what admins are told of it.
    let handed_over = async || {
        let all = house.deliveries().await;
        let of_group = all.iter().filter(|one| one.kind == DeliveryKind::Messages);
        of_group.filter(|one| one.state == DeliveryState::Sent).count()
    };
    eventually(async || (handed_over().await == 40).then_some(())).await;
    assert!(!browser.page(&format!("/groups/{group}/members")).await.contains("Mails come back"));
    eventually(async || (!browser.page(&path).await.contains(words)).then_some(())).await;
}

#[tokio::test]
async fn what_waits_for_five_days_is_given_up_with_words() {
    let odd = OddSmtp::start().await;
    odd.answers(SLOW, Answer::Silence);
    let house = house_with(&odd, standing()).await;
    group_of(&house, &[(SLOW, 30)]).await;
    all_put_off(&house, &odd, "450 4.4.1 connection timed out").await;
    house.later(DAY * 5);
    // Hourly, so also after an attempt that is under way now.
    let failed = eventually(async || {
        house.actions.give_up_old_mails().await.unwrap();
        // Beside what admins are told of it.
        let all = house.deliveries().await.into_iter().filter(|one| one.address.domain() == SLOW);
        let failed: Vec<_> = all.filter(|one| one.state == DeliveryState::Failed).collect();
        (failed.len() == 30).then_some(failed)
    })
    .await;
    assert!(failed.iter().all(|one| !one.last_reply.is_empty()));
    assert!(failed.iter().any(|one| one.last_reply.contains("4.4.1 connection timed out")));
}

#[tokio::test]
async fn a_domain_gets_so_many_a_minute() {
    let odd = OddSmtp::start().await;
    let queue = QueueSettings { per_minute: Some(4), ..QueueSettings::default() };
    let house = house_with(&odd, Wanted { queue, ..standing() }).await;
    group_of(&house, &[(SLOW, 10), (QUICK, 2)]).await;
    for count in [6, 10, 12] {
        taken(&odd, count).await;
        house.later(Duration::from_secs(60));
    }
}
