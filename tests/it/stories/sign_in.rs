//! Signing in: links belong to browsers, digits are guessed five times, and forwarded links let nobody in.

use std::time::Duration;

use mailmoot::actions::sign_in::LinkView;
use mailmoot::domain::language::Language;
use mailmoot::domain::secret::Token;
use mailmoot::mail::incoming::IncomingMail;

use crate::support::house::{ANNA, DAVID, House, LI, STRANGER, WANG, Wanted, link_in, on_both};

async fn ask(house: &House, browser: &Token) {
    house.actions.ask_sign_in(ANNA, "/", browser, Language::English).await.unwrap();
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
async fn five_sign_in_mails_an_hour_are_enough_and_strangers_get_none() {
    on_both(Wanted::standing, async |house| {
        for _ in 0..9 {
            ask(&house, &house.token()).await;
        }
        house.actions.ask_sign_in(STRANGER, "/", &house.token(), Language::English).await.unwrap();
        house.mails_of(ANNA, 5).await;
        house.later(Duration::from_secs(3601));
        ask(&house, &house.token()).await;
        house.mails_of(ANNA, 6).await;
        assert_eq!(house.count_mails_of(ANNA).await, 6);
        assert_eq!(house.count_mails_of(STRANGER).await, 0);
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
        actions.ask_code_for_link(&link, &second, Language::Chinese).await.unwrap();
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
