//! Files go along in the mails of a group, as far as mails take them; who comes later gets what was said last; and what
//! waits for the server follows a change of mind.

use std::time::Duration;

use mailmoot::actions::members::NewMembers;
use mailmoot::actions::messages::NewMessage;
use mailmoot::clock::Clock;
use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::group::History;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{DeliveryKind, DeliveryState};
use mailmoot::domain::person::Viewer;
use mailmoot::transport::local::LocalMail;
use mailmoot::workers::Outlet;

use crate::support::house::{DAVID, House, LI, WANG, Wanted, eventually, link_in, mail, on_both};

async fn say(house: &House, who: &Viewer, group: GroupId, words: &str) {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap();
}

/// A mail with files, each of so many bytes.
fn with_files(to: &str, files: &[(&str, usize)]) -> String {
    let headers = [
        ("From", WANG),
        ("To", to),
        ("Subject", "Re: Plan"),
        ("Message-ID", "<files@mail.example>"),
        ("Content-Type", "multipart/mixed; boundary=b"),
    ];
    let mut body = "--b\r\n\r\nThe offers.\r\n".to_owned();
    for (at, (name, size)) in files.iter().enumerate() {
        let contents = format!("{at}{}", "0123456789abcdef\r\n".repeat(size / 18));
        body.push_str(&format!(
            "--b\r\nContent-Disposition: attachment; filename={name}\r\n\r\n{contents}\r\n"
        ));
    }
    mail(&headers, &format!("{body}--b--"))
}

#[tokio::test]
async fn files_go_along_as_far_as_there_is_room_and_the_others_are_linked() {
    on_both(Wanted::default, async |house| {
        house.group("Plan", &[WANG, DAVID]).await;
        let to = house.mail_of(WANG).await.reply_to[0].address.to_string();
        house
            .deliver(with_files(
                &to,
                &[("offer.txt", 2_000_000), ("large.txt", 4_000_000), ("small.txt", 1_000)],
            ))
            .await;
        let got = house.mails_of(DAVID, 2).await.remove(0);
        let names: Vec<&str> = got.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["offer.txt", "small.txt"]);
        assert!(got.files[0].bytes.starts_with(b"00123456789abcdef"));
        let text = &got.text.new_text;
        assert!(
            text.contains("offer.txt (1.9 MB), attached") && text.contains("large.txt (3.9 MB)\n"),
            "{text}"
        );
        assert_eq!(text.matches("/files/").count(), 1, "the link of the large one: {text}");
    })
    .await;
}

#[tokio::test]
async fn who_comes_later_gets_the_opening_and_what_was_said_last_if_it_is_theirs_to_see() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        for number in 1..=12 {
            say(&house, &anna, group, &format!("Number {number}.")).await;
        }
        let add = async |address: &str, history| {
            let addresses = vec![address.parse::<mailmoot::domain::address::EmailAddress>().unwrap().into()];
            let new = NewMembers { addresses, history, ..NewMembers::default() };
            house.actions.add_members(&anna, group, new).await.unwrap();
            house.mail_of(address).await
        };
        let text = add(LI, History::Start).await.text.new_text;
        assert!(
            text.contains("Welcome.") && text.contains("Number 3.") && text.contains("Number 12."),
            "{text}"
        );
        assert!(!text.contains("Number 2."), "{text}");
        let mail = add(DAVID, History::Now).await;
        assert!(!mail.text.new_text.contains("Number") && !mail.text.new_text.contains("Welcome."));
        link_in(&mail);
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_the_server_comes_with_the_mail_of_the_day_instead() {
    // A server that takes nothing.
    let away = || {
        let outlet = Outlet::Local(LocalMail::new("/dev/null/nowhere", Clock::system()));
        Wanted { outlet: Some(outlet), ..Wanted::standing() }
    };
    on_both(away, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let of_wang = async || {
            let mut mails = house.deliveries().await;
            mails.retain(|one| one.kind == DeliveryKind::Messages && one.address.as_str() == WANG);
            mails.into_iter().map(|one| one.state).collect::<Vec<_>>()
        };
        house.actions.set_cadence(&wang, group, Cadence::AtOnce).await.unwrap();
        say(&house, &anna, group, "The train is cancelled.").await;
        eventually(async || (of_wang().await == [DeliveryState::Waiting]).then_some(())).await;
        house.actions.set_cadence(&wang, group, Cadence::Daily).await.unwrap();
        assert_eq!(of_wang().await, [DeliveryState::Failed]);
        house.later(Duration::from_secs(24 * 3600));
        eventually(async || (of_wang().await.len() == 2).then_some(())).await;
        let mut states = of_wang().await;
        states.sort_unstable_by_key(|state| *state == DeliveryState::Failed);
        assert_eq!(states, [DeliveryState::Waiting, DeliveryState::Failed]);
    })
    .await;
}
