//! Whom mailmoot tells that a mail could not be used: people, once for each mail, a few times a day, and nothing that
//! would answer back.

use std::time::Duration;

use mailmoot::actions::asks::Asker;
use mailmoot::actions::messages::NewMessage;
use mailmoot::clock::Clock;
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::{DeliveryKind, Ignored, Outcome};
use mailmoot::domain::network::Network;
use mailmoot::mail::parse::parse;

use crate::support::house::{
    ANNA, DAVID, GATEWAY, House, PEOPLE, STRANGER, WANG, Wanted, eventually, mail, on_both,
};

/// A mail of somebody who may not start groups.
fn useless(number: usize, from: &str, more: &[(&str, &str)]) -> String {
    let id = format!("<useless-{number}@partner.example>");
    let mut headers =
        vec![("From", from), ("To", GATEWAY), ("Subject", "Offer"), ("Message-ID", id.as_str())];
    headers.extend_from_slice(more);
    mail(&headers, "Buy now.")
}

#[tokio::test]
async fn nobody_is_answered_more_than_three_times_a_day() {
    on_both(
        || Wanted { clock: Clock::standing_at(Clock::system().now()), ..Wanted::default() },
        async |house| {
            for number in 0..5 {
                house.deliver(useless(number, STRANGER, &[])).await;
            }
            house.deliver(useless(5, "other@partner.example", &[])).await;
            let outcomes = house.outcomes(6).await;
            assert_eq!(outcomes, vec![Outcome::Ignored { why: Ignored::NotAllowed }; 6]);
            assert_eq!(house.answered().await, [STRANGER, STRANGER, STRANGER, "other@partner.example"]);

            house.later(Duration::from_secs(25 * 3600));
            house.deliver(useless(6, STRANGER, &[])).await;
            house.outcomes(7).await;
            let second_day = [STRANGER, STRANGER, STRANGER, STRANGER, "other@partner.example"];
            assert_eq!(house.answered().await, second_day);
        },
    )
    .await;
}

#[tokio::test]
async fn a_mail_that_is_worked_on_again_is_not_answered_again() {
    let house = House::start().await;
    house.deliver(useless(0, STRANGER, &[])).await;
    let line = house.ledger(1).await.remove(0);
    let admin = house.admin().await;
    for _ in 0..2 {
        house.actions.run_again(&admin, line.id).await.unwrap();
        house.ledger(1).await;
    }
    assert_eq!(house.answered().await, [STRANGER]);
}

#[tokio::test]
async fn no_program_is_answered_whatever_else_is_wrong_with_its_mail() {
    let house = House::start().await;
    let marks = [
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "list"),
        ("List-Unsubscribe", "<https://partner.example/u>"),
        ("X-Auto-Response-Suppress", "All"),
        ("Return-Path", "<>"),
        ("X-Mailmoot-Loop", "moot@elsewhere.example"),
    ];
    for (number, mark) in marks.iter().enumerate() {
        house.deliver(useless(number, STRANGER, &[*mark])).await;
    }
    house.deliver(useless(6, "noreply@partner.example", &[])).await;
    // Too large, for everybody, and too long a list.
    let many: Vec<String> = (0..600).map(|n| format!("p{n}@corp.example")).collect();
    house.deliver(useless(7, STRANGER, &[("Cc", &many.join(",\r\n ")), marks[0]])).await;
    house.deliver(useless(8, STRANGER, &[marks[0]]) + &"x".repeat(26_000_000)).await;
    let outcomes = house.outcomes(9).await;
    assert_eq!(outcomes[..8], vec![Outcome::Ignored { why: Ignored::Automatic }; 8]);
    assert_eq!(outcomes[8], Outcome::Ignored { why: Ignored::TooLarge });
    assert!(house.answered().await.is_empty());
}

/// One letter of each kind, as they were sent.
async fn letters_of_every_kind(house: &House) -> Vec<Vec<u8>> {
    let headers =
        [("From", ANNA), ("To", GATEWAY), ("Cc", DAVID), ("Subject", "Plan"), ("Message-ID", "<p@x>")];
    house.deliver(mail(&headers, "Let us talk.")).await;
    house.deliver(useless(0, STRANGER, &[])).await;
    let network = Network::of([192, 0, 2, 7].into());
    let asker = Asker { browser: &house.token(), network, language: Language::English };
    house.actions.ask_sign_in(ANNA, "/", asker).await.unwrap();
    let (anna, group) = house.group("Group", &[WANG]).await;
    house.mail_of(WANG).await;
    let message = NewMessage { markdown: "Good morning".to_owned(), ..NewMessage::default() };
    house.actions.post_message(&anna, group, message).await.unwrap();
    let kinds = [
        DeliveryKind::SignIn,
        DeliveryKind::DraftReady,
        DeliveryKind::GroupLink,
        DeliveryKind::Messages,
        DeliveryKind::Answer,
    ];
    let sent = eventually(async || {
        let sent = house.deliveries().await;
        kinds.iter().all(|kind| sent.iter().any(|d| d.kind == *kind)).then_some(sent.len())
    })
    .await;
    eventually(async || {
        let mut all = Vec::new();
        for person in PEOPLE.iter().map(|p| p.1).chain([STRANGER]) {
            all.extend(house.outbox.list(&person.parse().unwrap()).await.unwrap().into_iter().map(|m| m.raw));
        }
        (all.len() == sent).then_some(all)
    })
    .await
}

#[tokio::test]
async fn every_letter_says_whose_it_is_and_is_known_when_it_comes_back() {
    let house = House::start().await;
    let letters = letters_of_every_kind(&house).await;
    let before = house.ledger(2).await.len();
    for raw in &letters {
        let text = String::from_utf8(raw.clone()).unwrap();
        let letter = parse(raw).unwrap();
        assert_eq!(letter.loop_marks, [GATEWAY]);
        // What members wrote is a list's mail, all else a program's (RFC 3834 5, RFC 2919).
        let said = letter.automatic.clone().map(|a| a.why);
        let expected = if text.contains("List-Id:") && !text.contains("Auto-Submitted:") {
            "X-Mailmoot-Loop"
        } else {
            "Auto-Submitted: auto-generated"
        };
        assert_eq!(said.as_deref(), Some(expected), "{text}");
        // As it is, sent on by a server, through a list that writes From anew, and through a relay that drops marks.
        let lines = |keep: &dyn Fn(&str) -> bool| -> String {
            text.split_inclusive("\r\n").filter(|line| keep(line)).collect()
        };
        house.deliver(raw).await;
        house.deliver(format!("Resent-From: {WANG}\r\n{text}")).await;
        house.deliver(format!("From: list@lists.example\r\n{}", lines(&|l| !l.starts_with("From:")))).await;
        house
            .deliver(lines(&|l| !l.starts_with("X-Mailmoot-Loop:") && !l.starts_with("Auto-Submitted:")))
            .await;
    }
    let outcomes = house.outcomes(before + 4 * letters.len()).await;
    assert_eq!(outcomes[before..], vec![Outcome::Ignored { why: Ignored::Loop }; 4 * letters.len()]);
    assert_eq!(house.answered().await, [STRANGER], "the one from before");
}
