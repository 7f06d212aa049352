//! Messages that go out by mail: held, bundled, left out when read; and an outbox that loses nothing.

use std::time::Duration;

use mailmoot::actions::asks::Asker;
use mailmoot::actions::jobs::Lane;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::event::Audience;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::DeliveryState;
use mailmoot::domain::network::Network;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::secret::Token;
use mailmoot::transport::local::LocalMail;
use mailmoot::workers::{Outlet, Workers};

use crate::support::house::{ANNA, DAVID, House, WANG, Wanted, actions_in, eventually, on_both};

const HOLD: Duration = Duration::from_secs(120);
/// What a worker had claimed when it died is due again after five minutes.
const CLAIMED: Duration = Duration::from_secs(301);

fn standing() -> Wanted {
    Wanted { hold: HOLD, ..Wanted::standing() }
}

async fn post(house: &House, who: &Viewer, group: GroupId, words: &str) -> i64 {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap().seq
}

#[tokio::test]
async fn what_is_said_within_the_hold_becomes_one_mail() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        for words in ["one", "two", "three"] {
            post(&house, &anna, group, words).await;
        }
        house.quiet().await;
        assert_eq!(house.count_mails_of(WANG).await, 1, "only the invitation so far");
        house.later(HOLD);
        let mail = house.mails_of(WANG, 2).await.remove(0);
        house.quiet().await;
        assert_eq!(house.count_mails_of(WANG).await, 2, "one mail for the three");
        let at = |words| mail.text.new_text.find(words).unwrap_or_else(|| panic!("{words}"));
        assert!(at("one") < at("two") && at("two") < at("three"));
        assert_eq!(house.count_mails_of(ANNA).await, 0, "nobody gets their own words");
    })
    .await;
}

#[tokio::test]
async fn what_was_read_meanwhile_is_left_out() {
    let house = House::with(standing()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    house.mail_of(WANG).await;
    let (wang, david) = (house.person(WANG).await, house.person(DAVID).await);
    let first = post(&house, &anna, group, "read in time").await;
    let second = post(&house, &anna, group, "missed").await;
    house.actions.mark_read(&wang, group, first).await.unwrap();
    house.actions.mark_read(&david, group, second).await.unwrap();
    house.later(HOLD);
    let mail = house.mails_of(WANG, 2).await.remove(0);
    assert!(mail.text.new_text.contains("missed") && !mail.text.new_text.contains("read in time"));
    house.quiet().await;
    assert_eq!(house.count_mails_of(DAVID).await, 1, "who has read all gets no mail");
}

#[tokio::test]
async fn a_member_who_looks_at_the_page_gets_no_mail() {
    let house = House::with(standing()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    house.mail_of(WANG).await;
    house.mail_of(DAVID).await;
    let wang = house.person(WANG).await;
    let page = house.actions.hub.open(wang.person_id).subscribe(Audience::Group(group));
    post(&house, &anna, group, "hello").await;
    house.later(HOLD);
    house.mails_of(DAVID, 2).await;
    house.quiet().await;
    assert_eq!(house.count_mails_of(WANG).await, 1);
    // The page is closed before the next message: the mail brings what was not read.
    drop(page);
    post(&house, &anna, group, "are you there?").await;
    house.later(HOLD);
    let mail = house.mails_of(WANG, 2).await.remove(0);
    assert!(mail.text.new_text.contains("are you there?") && mail.text.new_text.contains("hello"));
}

#[tokio::test]
async fn a_stopped_house_goes_on_where_it_was_and_doubles_nothing() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        post(&house, &anna, group, "before the power failed").await;
        house.later(HOLD);
        // Nothing is waited for: invitations and bundles are somewhere on their way.
        let house = house.restarted().await;
        house.later(CLAIMED);
        let anna = house.person(ANNA).await;
        let messages = house.messages(&anna, group, 2).await;
        assert_eq!(messages.iter().map(|m| m.seq).collect::<Vec<_>>(), [1, 2]);
        for person in [WANG, DAVID] {
            let text = eventually(async || {
                let mails = house.mails_of(person, 1).await;
                let text: String = mails.iter().map(|m| m.text.new_text.clone()).collect();
                text.contains("before the power failed").then_some(text)
            })
            .await;
            assert_eq!(text.matches("before the power failed").count(), 1, "{text}");
            assert_eq!(text.matches("Welcome.").count(), 1, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn mails_that_arrive_while_the_house_is_down_come_in_once() {
    on_both(standing, async |house| {
        let house = house.restarted().await;
        for number in 0..50 {
            let raw = crate::support::house::mail(
                &[
                    ("From", ANNA),
                    ("To", crate::support::house::GATEWAY),
                    ("Cc", DAVID),
                    ("Subject", &format!("Number {number}")),
                    ("Message-ID", &format!("<n{number}@corp.example>")),
                ],
                "x",
            );
            house.deliver(raw).await;
        }
        // In the middle of the work, twice.
        house.mails_of(ANNA, 5).await;
        let house = house.restarted().await;
        house.later(CLAIMED);
        house.mails_of(ANNA, 20).await;
        let house = house.restarted().await;
        house.later(CLAIMED);
        let lines = house.ledger(50).await;
        assert_eq!(lines.len(), 50);
        assert!(lines.iter().all(|line| line.outcome.name() == "draft"));
        let mails = house.mails_of(ANNA, 50).await;
        assert_eq!(mails.len(), 50, "one answer for each");
        let deliveries = eventually(async || {
            let all = house.deliveries().await;
            all.iter().all(|d| d.state == DeliveryState::Sent).then_some(all)
        });
        assert_eq!(deliveries.await.len(), 50);
    })
    .await;
}

#[tokio::test]
async fn what_was_being_done_when_the_power_failed_is_done_at_once_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let actions = actions_in(folder.path(), HOLD).await;
    let anna = ANNA.parse().unwrap();
    actions.make_admin(&anna, None).await.unwrap();
    let browser = Token::from_random([1; 16]);
    let network = Network::of(std::net::Ipv4Addr::LOCALHOST.into());
    let asker = Asker { browser: &browser, network, language: Language::English };
    actions.ask_sign_in(ANNA, "/", asker).await.unwrap();
    // Claimed by a worker that nobody hears of any more.
    assert_eq!(actions.claim_jobs(Lane::Asks, 10).await.unwrap().len(), 1);
    let outbox = LocalMail::new(folder.path().join("outbox"), actions.clock.clone());
    let workers = Workers::start(&actions, Vec::new(), Outlet::Local(outbox.clone()));
    eventually(async || (outbox.list(&anna).await.unwrap().len() == 1).then_some(())).await;
    workers.stop().await;
}
