//! Signing in: links belong to browsers, digits are guessed five times, and forwarded links let nobody in.

use std::time::Duration;

use mailmoot::actions::asks::Asker;
use mailmoot::actions::jobs::Lane;
use mailmoot::actions::sign_in::LinkView;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::clock::Clock;
use mailmoot::domain::job::Job;
use mailmoot::domain::language::Language;
use mailmoot::domain::network::Network;
use mailmoot::domain::secret::Token;
use mailmoot::mail::incoming::IncomingMail;

use crate::support::house::{
    ANNA, DAVID, House, LI, NOW, STRANGER, WANG, Wanted, actions_in, link_in, on_both,
};

/// Networks of nobody (RFC 5737).
const HOME: &str = "192.0.2.1";
const ELSEWHERE: [&str; 5] = ["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4", "198.51.100.5"];

async fn ask(house: &House, browser: &Token) {
    ask_from(house, browser, ANNA, HOME).await.unwrap();
}

async fn ask_from(
    house: &House,
    browser: &Token,
    address: &str,
    network: &str,
) -> mailmoot::actions::Result<()> {
    let network = Network::of(network.parse().unwrap());
    let asker = Asker { browser, network, language: Language::English };
    house.actions.ask_sign_in(address, "/", asker).await
}

/// Asks from a browser that nobody knows; the minutes to wait if that is too often.
async fn ask_as_stranger(house: &House, address: &str, network: &str) -> Result<(), u64> {
    ask_from(house, &house.token(), address, network).await.map_err(|error| match error {
        ActionError::Invalid { problem: Problem::TooManySignInMails { minutes }, .. } => minutes,
        other => panic!("{other}"),
    })
}

/// The six digits of a sign-in mail.
fn digits_in(mail: &IncomingMail) -> String {
    let text = &mail.text.new_text;
    let words = text.split_whitespace().map(|w| w.chars().filter(char::is_ascii_digit).collect::<String>());
    let joined: Vec<String> = words.collect();
    let single = joined.iter().find(|w| w.len() == 6).cloned();
    single.unwrap_or_else(|| joined.windows(2).find(|w| w[0].len() == 3 && w[1].len() == 3).unwrap().concat())
}

#[tokio::test]
async fn a_sign_in_link_works_in_the_browser_that_asked_and_nowhere_else() {
    on_both(Wanted::default, async |house| {
        let (mine, other) = (house.token(), house.token());
        ask(&house, &mine).await;
        let mail = house.mail_of(ANNA).await;
        let link = link_in(&mail);
        let actions = &house.actions;
        assert_eq!(actions.view_link(&link, Some(&other)).await.unwrap(), LinkView::OtherBrowser);
        assert_eq!(actions.view_link(&link, None).await.unwrap(), LinkView::OtherBrowser);
        assert!(actions.use_link(&link, &other, "x").await.is_err());
        assert!(matches!(actions.view_link(&link, Some(&mine)).await.unwrap(), LinkView::Usable { .. }));
        // Scanners and double clicks do no harm: it stays usable until it expires.
        actions.use_link(&link, &mine, "x").await.unwrap();
        actions.use_link(&link, &mine, "x").await.unwrap();
        // The mail was read on the telephone: its digits let the asking browser in, no other.
        let digits = digits_in(&mail);
        assert!(actions.use_code(&digits, &other, "x").await.is_err());
        let signed_in = actions.use_code(&digits, &mine, "x").await.unwrap();
        assert!(actions.find_viewer(&signed_in.cookie).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_link_expires_after_a_quarter_of_an_hour() {
    let house = House::with(Wanted::standing()).await;
    let mine = house.token();
    ask(&house, &mine).await;
    let mail = house.mail_of(ANNA).await;
    house.later(Duration::from_secs(15 * 60 + 1));
    let link = link_in(&mail);
    assert_eq!(house.actions.view_link(&link, Some(&mine)).await.unwrap(), LinkView::Gone);
    assert!(house.actions.use_link(&link, &mine, "x").await.is_err());
    assert!(house.actions.use_code(&digits_in(&mail), &mine, "x").await.is_err());
}

#[tokio::test]
async fn after_five_wrong_codes_only_a_new_mail_helps() {
    let house = House::start().await;
    let mine = house.token();
    ask(&house, &mine).await;
    let right = digits_in(&house.mail_of(ANNA).await);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert!(house.actions.use_code(wrong, &mine, "x").await.is_err());
    }
    assert!(house.actions.use_code(&right, &mine, "x").await.is_err());
    ask(&house, &mine).await;
    let again = digits_in(&house.mails_of(ANNA, 2).await[0]);
    house.actions.use_code(&again, &mine, "x").await.unwrap();
}

#[tokio::test]
async fn a_stranger_cannot_use_up_what_a_person_may_ask_for() {
    on_both(Wanted::standing, async |house| {
        let own = house.token();
        ask(&house, &own).await;
        house.actions.use_link(&link_in(&house.mail_of(ANNA).await), &own, "x").await.unwrap();
        for _ in 0..5 {
            ask_as_stranger(&house, ANNA, ELSEWHERE[0]).await.unwrap();
        }
        assert_eq!(ask_as_stranger(&house, ANNA, ELSEWHERE[0]).await, Err(60));
        // From another network, and from her own browser even in the stranger's, Anna gets her mails.
        ask_as_stranger(&house, ANNA, HOME).await.unwrap();
        ask_from(&house, &own, ANNA, ELSEWHERE[0]).await.unwrap();
        house.mails_of(ANNA, 8).await;
        house.later(Duration::from_secs(50 * 60));
        assert_eq!(ask_as_stranger(&house, ANNA, ELSEWHERE[0]).await, Err(10));
        house.later(Duration::from_secs(10 * 60));
        ask_as_stranger(&house, ANNA, ELSEWHERE[0]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn many_networks_together_fill_no_mailbox_and_lock_nobody_out() {
    on_both(Wanted::standing, async |house| {
        let own = house.token();
        ask(&house, &own).await;
        house.actions.use_link(&link_in(&house.mail_of(ANNA).await), &own, "x").await.unwrap();
        house.later(Duration::from_secs(3600));
        for network in &ELSEWHERE[..4] {
            for _ in 0..5 {
                ask_as_stranger(&house, ANNA, network).await.unwrap();
            }
        }
        assert_eq!(ask_as_stranger(&house, ANNA, ELSEWHERE[4]).await, Err(60));
        house.mails_of(ANNA, 21).await;
        ask_from(&house, &own, ANNA, ELSEWHERE[4]).await.unwrap();
        house.mails_of(ANNA, 22).await;
        assert_eq!(house.count_mails_of(ANNA).await, 22);
    })
    .await;
}

#[tokio::test]
async fn unknown_addresses_are_limited_as_known_ones_are_and_get_nothing() {
    on_both(Wanted::standing, async |house| {
        for _ in 0..5 {
            ask_as_stranger(&house, STRANGER, HOME).await.unwrap();
        }
        assert_eq!(ask_as_stranger(&house, STRANGER, HOME).await, Err(60));
        ask(&house, &house.token()).await;
        house.mail_of(ANNA).await;
        assert_eq!(house.count_mails_of(STRANGER).await, 0);
    })
    .await;
}

#[tokio::test]
async fn one_network_asks_for_so_many_mails_and_no_more() {
    let mut wanted = Wanted::standing();
    wanted.limits.sign_in_mails_per_hour = 3;
    let house = House::with(wanted).await;
    for address in [ANNA, WANG, STRANGER] {
        ask_as_stranger(&house, address, HOME).await.unwrap();
    }
    assert_eq!(ask_as_stranger(&house, DAVID, HOME).await, Err(60));
    ask_as_stranger(&house, DAVID, ELSEWHERE[0]).await.unwrap();
}

#[tokio::test]
async fn asking_costs_the_same_for_everybody_and_a_job_done_twice_sends_once() {
    let folder = tempfile::tempdir().unwrap();
    let actions = actions_in(folder.path(), Duration::ZERO).await;
    let admin = actions.make_admin(&ANNA.parse().unwrap(), None).await.unwrap();
    let cost = async |address: &str| {
        let (before, bytes) = (actions.store.statements(), actions.clock.random_bytes().unwrap());
        let network = Network::of(HOME.parse().unwrap());
        let asker = Asker { browser: &Token::from_random(bytes), network, language: Language::English };
        actions.ask_sign_in(address, "/", asker).await.unwrap();
        actions.store.statements() - before
    };
    assert_eq!(cost(ANNA).await, cost(STRANGER).await);
    let jobs = actions.claim_jobs(Lane::Asks, 9).await.unwrap();
    assert_eq!(jobs.len(), 2);
    for claimed in jobs.iter().chain(&jobs) {
        let Job::AnswerAsk { ask } = claimed.job else { panic!("{:?}", claimed.job) };
        actions.answer_ask(ask).await.unwrap();
    }
    assert_eq!(actions.claim_jobs(Lane::Send, 9).await.unwrap().len(), 1);
    let since = actions.clock.now() - Duration::from_secs(60);
    let mut tx = actions.store.read().await.unwrap();
    assert_eq!(mailmoot::store::deliveries::count_sign_in(&mut tx, admin.id, since).await.unwrap(), 1);
}

#[tokio::test]
async fn a_mail_that_nobody_waits_for_any_more_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut actions = actions_in(folder.path(), Duration::ZERO).await;
    actions.clock = Clock::standing_at(NOW);
    actions.make_admin(&ANNA.parse().unwrap(), None).await.unwrap();
    let (browser, network) = (Token::from_random([1; 16]), Network::of(HOME.parse().unwrap()));
    let asker = Asker { browser: &browser, network, language: Language::English };
    actions.ask_sign_in(ANNA, "/", asker).await.unwrap();
    actions.clock.advance(Duration::from_secs(15 * 60));
    let Job::AnswerAsk { ask } = actions.claim_jobs(Lane::Asks, 1).await.unwrap()[0].job else { panic!() };
    actions.answer_ask(ask).await.unwrap();
    assert!(actions.claim_jobs(Lane::Send, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_who_ask_at_once_by_one_new_address_are_one_person() {
    let wanted = || Wanted { domains: vec!["partner.example".to_owned()], ..Wanted::default() };
    on_both(wanted, async |house| {
        for round in 0..5 {
            let address = format!("new{round}@partner.example");
            let asks = ELSEWHERE.map(|network| ask_as_stranger(&house, &address, network));
            for asked in futures_util::future::join_all(asks).await {
                asked.unwrap();
            }
            house.mails_of(&address, 5).await;
            let admin = house.admin().await;
            let found = house.actions.search_people(&admin, &format!("new{round}"), 9).await.unwrap();
            assert_eq!(found.len(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_personal_link_belongs_to_its_first_browser_and_others_need_a_code() {
    on_both(Wanted::default, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        let link = link_in(&house.mail_of(WANG).await);
        let (first, second) = (house.token(), house.token());
        let actions = &house.actions;
        let (wang, target) = house.sign_in(&link).await;
        assert_eq!((wang.full_name.as_str(), target), ("王小明", format!("/groups/{group}")));
        assert_eq!(actions.view_link(&link, Some(&second)).await.unwrap(), LinkView::Claimed);
        assert!(actions.use_link(&link, &first, "x").await.is_err());
        // The digits go to the member, not to who holds the link.
        let network = Network::of(HOME.parse().unwrap());
        let asker = Asker { browser: &second, network, language: Language::Chinese };
        actions.ask_code_for_link(&link, asker).await.unwrap();
        let digits = digits_in(&house.mails_of(WANG, 2).await[0]);
        let signed_in = actions.use_code(&digits, &second, "x").await.unwrap();
        assert_eq!(signed_in.target, format!("/groups/{group}"));
        // Another member's link is not one's own.
        let li = house.person(LI).await;
        assert_eq!(actions.target_of_own_link(&link, li.person_id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_only() {
    let house = House::start().await;
    let (here, there) = (house.person(ANNA).await, house.person(ANNA).await);
    assert_eq!(house.actions.list_sessions(&here).await.unwrap().len(), 2);
    let wang = house.person(WANG).await;
    assert!(house.actions.end_session(&wang, there.session_id).await.is_err());
    house.actions.end_session(&here, there.session_id).await.unwrap();
    assert_eq!(house.actions.list_sessions(&here).await.unwrap().len(), 1);
}
