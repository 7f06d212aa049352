//! How often a group writes to somebody is theirs to choose: on its page, by the link in its mails, by a mail of one word.

use std::time::Duration;

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::receipt::ReceiptRequest;
use mailmoot::mail::incoming::IncomingMail;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::house::{DAVID, House, LI, WANG, Wanted, on_both};

pub(super) const HOLD: Duration = Duration::from_secs(120);
pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// It is ten o'clock in the morning, in UTC.
pub(super) fn standing() -> Wanted {
    Wanted { hold: HOLD, ..Wanted::standing() }
}

pub(super) async fn say(house: &House, who: &Viewer, group: GroupId, words: &str) -> i64 {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap().seq
}

pub(super) async fn later(house: &House, by: Duration) {
    house.later(by);
    house.quiet().await;
}

pub(super) async fn choose(house: &House, who: &str, group: GroupId, cadence: Cadence) {
    let viewer = house.person(who).await;
    house.actions.set_cadence(&viewer, group, cadence).await.unwrap();
    house.quiet().await;
}

/// The newest mail of somebody who has so many.
pub(super) async fn newest(house: &House, who: &str, count: usize) -> String {
    let mails = house.mails_of(who, count).await;
    assert_eq!(mails.len(), count, "{}", mails[0].text.new_text);
    text(&mails[0])
}

fn text(mail: &IncomingMail) -> String {
    format!("{}\n{}", mail.text.new_text, mail.text.signature)
}

/// The path of the link in the foot of a mail.
pub(super) fn link(mail: &IncomingMail) -> String {
    let all = text(mail);
    let at = all.find("/mails/").unwrap_or_else(|| panic!("no link: {all}"));
    all[at..at + 33].to_owned()
}

#[tokio::test]
async fn each_member_gets_as_many_mails_as_they_chose() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID, LI]).await;
        for who in [WANG, DAVID, LI] {
            house.mail_of(who).await;
        }
        choose(&house, WANG, group, Cadence::AtOnce).await;
        choose(&house, DAVID, group, Cadence::Daily).await;
        say(&house, &anna, group, "The offer is here").await;
        house.quiet().await;
        assert!(newest(&house, WANG, 2).await.contains("The offer is here"), "without any hold");
        assert_eq!(house.count_mails_of(LI).await, 1);
        later(&house, Duration::from_secs(60)).await;
        say(&house, &anna, group, "And so is the price").await;
        house.quiet().await;
        let second = newest(&house, WANG, 3).await;
        assert!(second.contains("the price") && !second.contains("The offer"), "{second}");
        later(&house, Duration::from_secs(60)).await;
        let bundle = newest(&house, LI, 2).await;
        assert!(bundle.contains("The offer is here") && bundle.contains("the price"), "{bundle}");
        later(&house, HOLD).await;
        assert_eq!(house.count_mails_of(LI).await, 2);
        // A day's work goes by. At eight the next morning David has it all at once.
        later(&house, 5 * HOUR).await;
        say(&house, &anna, group, "Signed").await;
        later(&house, HOUR).await;
        later(&house, 15 * HOUR).await;
        assert_eq!(house.count_mails_of(DAVID).await, 1, "it is seven");
        later(&house, HOUR).await;
        let daily = newest(&house, DAVID, 2).await;
        for words in ["3 new messages", "The offer is here", "the price", "Signed"] {
            assert!(daily.contains(words), "{words}: {daily}");
        }
        say(&house, &anna, group, "One more").await;
        later(&house, 2 * HOLD).await;
        later(&house, 22 * HOUR).await;
        assert_eq!(house.count_mails_of(DAVID).await, 2, "one a day");
        later(&house, 2 * HOUR).await;
        assert!(newest(&house, DAVID, 3).await.contains("One new message"));
    })
    .await;
}

#[tokio::test]
async fn the_day_begins_where_its_reader_is_and_what_they_read_comes_in_no_mail() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        let browser = Browser::of(&house, WANG).await;
        // Eight in Shanghai is midnight in UTC.
        let zone = [("zone", "Asia/Shanghai"), ("from", "22:00"), ("until", "07:00")];
        assert_eq!(browser.post("/settings/notices", &zone).await.status(), StatusCode::SEE_OTHER);
        choose(&house, WANG, group, Cadence::Daily).await;
        let read = say(&house, &anna, group, "Read on the page").await;
        say(&house, &anna, group, "Not read").await;
        later(&house, 2 * HOLD).await;
        house.actions.mark_read(&house.person(WANG).await, group, read).await.unwrap();
        later(&house, 13 * HOUR).await;
        assert_eq!(house.count_mails_of(WANG).await, 1, "it is eleven at night in London");
        later(&house, HOUR).await;
        let daily = newest(&house, WANG, 2).await;
        assert!(daily.contains("Not read") && !daily.contains("Read on the page"), "{daily}");
        assert!(daily.contains("2026-11-20 18:00") && !daily.contains("UTC"), "on his clock: {daily}");
        // All of it was read in time.
        let seq = say(&house, &anna, group, "Read as well").await;
        later(&house, HOUR).await;
        house.actions.mark_read(&house.person(WANG).await, group, seq).await.unwrap();
        later(&house, 24 * HOUR).await;
        assert_eq!(house.count_mails_of(WANG).await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_waits_follows_the_choice_and_comes_once() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        house.mail_of(WANG).await;
        say(&house, &anna, group, "First").await;
        choose(&house, WANG, group, Cadence::Daily).await;
        later(&house, HOUR).await;
        assert_eq!(house.count_mails_of(WANG).await, 1, "it waits for the morning");
        choose(&house, WANG, group, Cadence::Bundled).await;
        assert!(newest(&house, WANG, 2).await.contains("First"), "it waits no more");
        choose(&house, WANG, group, Cadence::Daily).await;
        later(&house, 24 * HOUR).await;
        assert_eq!(house.count_mails_of(WANG).await, 2, "nothing twice");
        // What is said while somebody wants none is not sent behind them, also when they want some again.
        say(&house, &anna, group, "Second").await;
        choose(&house, WANG, group, Cadence::None).await;
        later(&house, 24 * HOUR).await;
        say(&house, &anna, group, "@王小明, not even this").await;
        later(&house, HOUR).await;
        choose(&house, WANG, group, Cadence::AtOnce).await;
        assert_eq!(house.count_mails_of(WANG).await, 2);
        say(&house, &anna, group, "Third").await;
        house.quiet().await;
        let mail = newest(&house, WANG, 3).await;
        assert!(mail.contains("Third") && !mail.contains("Second") && !mail.contains("not even"), "{mail}");
    })
    .await;
}

#[tokio::test]
async fn what_is_meant_for_somebody_is_what_names_them_or_asks_them() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        choose(&house, WANG, group, Cadence::Mentions).await;
        say(&house, &anna, group, "To nobody").await;
        say(&house, &anna, group, "To you, @王小明").await;
        let asks = NewMessage {
            markdown: "Please read this, all of you".to_owned(),
            receipt: Some(ReceiptRequest::Wanted),
            ..NewMessage::default()
        };
        house.actions.post_message(&anna, group, asks).await.unwrap();
        say(&house, &anna, group, "To nobody again").await;
        later(&house, HOLD).await;
        let mail = newest(&house, WANG, 2).await;
        assert!(mail.contains("To you") && mail.contains("Please read this"), "{mail}");
        assert!(!mail.contains("To nobody"), "{mail}");
        // What names him still waits when he chooses all: it comes, and nothing from before.
        say(&house, &anna, group, "Still to nobody").await;
        say(&house, &anna, group, "You again, @王小明").await;
        choose(&house, WANG, group, Cadence::Bundled).await;
        let mail = newest(&house, WANG, 3).await;
        assert!(mail.contains("You again") && !mail.contains("nobody"), "{mail}");
    })
    .await;
}

#[tokio::test]
async fn who_wants_none_is_reminded_of_nothing_but_invited_all_the_same() {
    on_both(standing, async |house| {
        let browser = Browser::of(&house, WANG).await;
        let page = browser.page("/settings").await;
        assert!(page.contains("value=\"bundled\" id=\"cadence-bundled\" checked"), "{page}");
        let stored = browser.post("/settings/mails", &[("cadence", "none")]).await;
        assert_eq!(stored.headers()["location"], "/settings?saved=mails#mails");
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        let panel = browser.page(&format!("/groups/{group}/settings")).await;
        assert!(panel.contains("value=\"none\" id=\"cadence-none\" checked"), "{panel}");
        let asks = NewMessage {
            markdown: "Please read this".to_owned(),
            receipt: Some(ReceiptRequest::Wanted),
            ..NewMessage::default()
        };
        let seq = house.actions.post_message(&anna, group, asks).await.unwrap().seq;
        later(&house, HOLD).await;
        house.mails_of(DAVID, 2).await;
        let reminded = house.actions.remind_unread(&anna, MessagePlace { group, seq }).await.unwrap();
        house.mails_of(DAVID, 3).await;
        house.quiet().await;
        assert_eq!((reminded, house.count_mails_of(WANG).await), (1, 1));
        // On the group's page he chooses otherwise.
        let path = format!("/groups/{group}/cadence");
        assert_eq!(browser.post(&path, &[("cadence", "at_once")]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(browser.post(&path, &[("cadence", "weekly")]).await.status(), 422);
        say(&house, &anna, group, "Hello again").await;
        house.mails_of(WANG, 2).await;
    })
    .await;
}

#[tokio::test]
async fn mails_wait_until_quiet_hours_are_over() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        let browser = Browser::of(&house, WANG).await;
        let hours = [("quiet", "yes"), ("from", "09:30"), ("until", "11:00"), ("zone", "UTC")];
        browser.post("/settings/notices", &hours).await;
        let seq = say(&house, &anna, group, "Notices alone are quiet").await;
        later(&house, HOLD).await;
        assert!(newest(&house, WANG, 2).await.contains("Notices alone"));
        let mails = [&hours[1..], &[("quiet_mails", "yes")]].concat();
        browser.post("/settings/notices", &mails).await;
        let page = browser.page("/settings").await;
        for tick in ["quiet_mails", "quiet"] {
            assert!(page.contains(&format!("name=\"{tick}\" value=\"yes\" checked")), "{tick}: {page}");
        }
        let read = say(&house, &anna, group, "Read meanwhile").await;
        say(&house, &anna, group, "After the meeting").await;
        later(&house, 2 * HOLD).await;
        house.mails_of(DAVID, 3).await;
        assert_eq!(house.count_mails_of(WANG).await, 2);
        house.actions.mark_read(&house.person(WANG).await, group, read).await.unwrap();
        later(&house, HOUR).await;
        let mail = newest(&house, WANG, 3).await;
        assert!(mail.contains("After the meeting") && !mail.contains("Read meanwhile"), "{seq}: {mail}");
        // In the next morning's quiet hours he changes his mind: what waits comes at once.
        later(&house, 23 * HOUR).await;
        say(&house, &anna, group, "It can't wait").await;
        later(&house, HOLD).await;
        assert_eq!(house.count_mails_of(WANG).await, 3);
        browser.post("/settings/notices", &hours).await;
        assert!(newest(&house, WANG, 4).await.contains("It can't wait"));
    })
    .await;
}

#[tokio::test]
async fn a_reminder_waits_for_quiet_hours_as_well_and_is_not_sent_when_it_is_not_needed() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        let hours = [("quiet_mails", "yes"), ("from", "09:30"), ("until", "11:00"), ("zone", "UTC")];
        Browser::of(&house, WANG).await.post("/settings/notices", &hours).await;
        let mut seqs = Vec::new();
        for words in ["Read in time", "Not read"] {
            let asks = NewMessage {
                markdown: words.to_owned(),
                receipt: Some(ReceiptRequest::Wanted),
                ..NewMessage::default()
            };
            let seq = house.actions.post_message(&anna, group, asks).await.unwrap().seq;
            assert_eq!(house.actions.remind_unread(&anna, MessagePlace { group, seq }).await.unwrap(), 2);
            seqs.push(seq);
        }
        later(&house, HOLD).await;
        house.mails_of(DAVID, 4).await;
        house.quiet().await;
        assert_eq!(house.count_mails_of(WANG).await, 1);
        let wang = house.person(WANG).await;
        house.actions.note_seen(&wang, group, &seqs[..1]);
        house.actions.flush_receipts().await.unwrap();
        house.actions.mark_read(&wang, group, seqs[0]).await.unwrap();
        later(&house, HOUR).await;
        let mails = house.mails_of(WANG, 3).await;
        house.quiet().await;
        assert_eq!(house.count_mails_of(WANG).await, 3, "the message, and its reminder");
        assert!(mails[..2].iter().all(|mail| text(mail).contains("Not read")));
        assert!(!mails.iter().any(|mail| text(mail).contains("Read in time")));
    })
    .await;
}

#[tokio::test]
async fn the_link_in_a_mail_shows_the_choice_and_only_its_button_changes_it() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan & more", &[WANG, DAVID]).await;
        let invitation = house.mail_of(WANG).await;
        let path = link(&invitation);
        // Whoever follows it needs no account; a scanner of mails does so before.
        let scanner = Browser::new(&house);
        let page = scanner.page(&path).await;
        assert!(page.contains("Plan &#38; more") || page.contains("Plan &amp; more"), "{page}");
        assert!(page.contains("id=\"cadence-bundled\" checked"), "{page}");
        let answer = scanner.post(&path, &[("cadence", "daily")]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let to = answer.headers()["location"].to_str().unwrap().to_owned();
        let page = scanner.page(&to).await;
        assert!(page.contains("id=\"cadence-daily\" checked") && page.contains("role=\"status\""), "{page}");
        say(&house, &anna, group, "Tomorrow").await;
        later(&house, HOLD).await;
        assert_eq!(house.count_mails_of(WANG).await, 1);
        later(&house, 22 * HOUR).await;
        let daily = house.mails_of(WANG, 2).await.remove(0);
        assert_eq!(link(&daily), path, "the same in every mail");
        // One link is no right to another's choice, and none to the group.
        house.mails_of(DAVID, 2).await;
        assert_ne!(link(&house.mail_of(DAVID).await), path);
        for wrong in ["/mails/none", &format!("/mails/{}", house.token().reveal())] {
            assert_eq!(scanner.get(wrong).await.status(), 404);
            assert_eq!(scanner.post(wrong, &[("cadence", "none")]).await.status(), 404);
        }
        assert_eq!(scanner.get(&format!("/groups/{group}")).await.status(), StatusCode::SEE_OTHER);
        // After he has left it says so, and does nothing.
        house.actions.leave_group(&house.person(WANG).await, group).await.unwrap();
        let page = scanner.page(&path).await;
        assert!(page.contains("not in this group any more") && !page.contains("more</bdi>"), "{page}");
        assert_eq!(scanner.post(&path, &[("cadence", "none")]).await.status(), StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn one_click_in_a_mail_program_stops_the_mails_and_there_is_a_way_back() {
    let https = || Wanted { public_url: Some("https://moot.corp.example"), ..standing() };
    on_both(https, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        let raw = house.outbox.list(&WANG.parse().unwrap()).await.unwrap().remove(0).raw;
        let raw = String::from_utf8(raw).unwrap().replace("\r\n ", " ");
        let header = |name: &str| {
            let line = raw.lines().find(|line| line.starts_with(&format!("{name}: ")));
            line.unwrap_or_else(|| panic!("no {name}: {raw}"))[name.len() + 2..].to_owned()
        };
        assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let ways = header("List-Unsubscribe");
        let reply_to = house.mail_of(WANG).await.reply_to[0].address.to_string();
        let url = format!("https://moot.corp.example{}", link(&house.mail_of(WANG).await));
        assert_eq!(ways, format!("<{url}>, <mailto:{reply_to}?subject=mute>"));
        assert_eq!(header("List-Post"), format!("<mailto:{reply_to}>"));
        assert_eq!(header("List-Help"), format!("<mailto:{reply_to}?subject=help>"));
        let id = group.uuid().simple().to_string();
        assert_eq!(header("List-Id"), format!("\"Plan\" <{id}.corp.example>"));
        // The program has no cookies and follows nothing.
        let path = link(&house.mail_of(WANG).await);
        let program = Browser::new(&house);
        let click = program.request("POST", &path).form(&[("List-Unsubscribe", "One-Click")]);
        assert_eq!(click.send().await.unwrap().status(), StatusCode::OK);
        say(&house, &anna, group, "@王小明?").await;
        later(&house, HOLD).await;
        house.mails_of(DAVID, 2).await;
        assert_eq!(house.count_mails_of(WANG).await, 1);
        assert_eq!(house.actions.list_groups(&house.person(WANG).await).await.unwrap().len(), 1);
        let page = program.page(&path).await;
        assert!(page.contains("You are still in it") && page.contains("Send me mails again"), "{page}");
        program.post(&path, &[("cadence", "bundled")]).await;
        say(&house, &anna, group, "Welcome back").await;
        later(&house, HOLD).await;
        assert!(newest(&house, WANG, 2).await.contains("Welcome back"));
    })
    .await;
}
