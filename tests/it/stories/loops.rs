//! Nobody and nothing fills a group by saying the same again; people may.

use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::person::Viewer;

use crate::support::house::{DAVID, House, WANG, Wanted, mail, on_both};

/// A group of three, and the address at which Wang answers.
async fn invited(house: &House) -> (Viewer, GroupId, String) {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let reply_to = house.mail_of(WANG).await.reply_to[0].address.to_string();
    (anna, group, reply_to)
}

/// What Wang's program sends; each one has a Message-ID of its own.
fn said(number: usize, to: &str, words: &str) -> String {
    let id = format!("<said-{number}@mail.example>");
    mail(&[("From", WANG), ("To", to), ("Subject", "Re: Plan"), ("Message-ID", &id)], words)
}

fn repeated(outcomes: &[Outcome]) -> Vec<usize> {
    let repeated = Outcome::Ignored { why: Ignored::Repeated };
    outcomes.iter().enumerate().filter(|(_, o)| **o == repeated).map(|(at, _)| at).collect()
}

#[tokio::test]
async fn a_program_that_says_the_same_again_is_heard_once_and_gets_no_answer() {
    on_both(Wanted::default, async |house| {
        let (anna, group, to) = invited(&house).await;
        let away = "I am not in the office this week.\r\nPlease ask David Okafor about the plan.";
        // What it quotes differs each time, and so do its line ends.
        house.deliver(said(1, &to, &format!("{away}\r\n\r\n> Welcome."))).await;
        house.deliver(said(2, &to, &format!("{}\r\n\r\n> One.", away.replace("\r\n", "  \r\n")))).await;
        house.deliver(said(3, &to, &away.replace("\r\n", " "))).await;
        // Somebody else may say it too.
        let other = said(4, &to, away).replace(WANG, DAVID);
        house.deliver(other).await;
        let outcomes = house.outcomes(5).await;
        assert_eq!(repeated(&outcomes), [2, 3]);
        assert_eq!(house.messages(&anna, group, 3).await.len(), 3, "the opening, Wang's and David's");
        assert!(house.answered().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn people_say_ok_again_but_not_for_ever() {
    let house = House::start().await;
    let (anna, group, to) = invited(&house).await;
    for number in 0..7 {
        house.deliver(said(number, &to, "ok")).await;
    }
    assert_eq!(repeated(&house.outcomes(8).await), [6, 7]);
    assert_eq!(house.messages(&anna, group, 6).await.len(), 6);
}

#[tokio::test]
async fn the_same_words_with_another_file_are_another_message() {
    on_both(Wanted::default, async |house| {
        let (anna, group, to) = invited(&house).await;
        let with_file = |number: usize, contents: &str| {
            let id = format!("<file-{number}@mail.example>");
            let headers = [
                ("From", WANG),
                ("To", to.as_str()),
                ("Subject", "Re: Plan"),
                ("Message-ID", id.as_str()),
                ("Content-Type", "multipart/mixed; boundary=b"),
            ];
            let words = "Please find the report of the plant in Leipzig attached, as every week.";
            let file = "Content-Disposition: attachment; filename=report.csv";
            mail(&headers, &format!("--b\r\n\r\n{words}\r\n--b\r\n{file}\r\n\r\n{contents}\r\n--b--"))
        };
        for (number, contents) in ["week,47", "week,48", "week,48"].iter().enumerate() {
            house.deliver(with_file(number, contents)).await;
        }
        assert_eq!(repeated(&house.outcomes(4).await), [3]);
        let messages = house.messages(&anna, group, 3).await;
        assert_eq!(messages.iter().map(|m| m.files.len()).collect::<Vec<_>>(), [0, 1, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_mail_sent_again_under_another_message_id_is_the_same_mail() {
    let house = House::start().await;
    let (_, _, to) = invited(&house).await;
    let dated = |number| format!("Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n{}", said(number, &to, "Yes."));
    house.deliver(dated(1)).await;
    house.deliver(dated(2)).await;
    assert_eq!(house.outcomes(3).await[2], Outcome::Ignored { why: Ignored::Duplicate });
}

#[tokio::test]
async fn one_sender_fills_no_group_within_an_hour() {
    let house = House::start().await;
    let (anna, group, to) = invited(&house).await;
    for number in 0..62 {
        house.deliver(said(number, &to, &format!("Counter: {number}"))).await;
    }
    let outcomes = house.outcomes(63).await;
    let refused = outcomes.iter().filter(|o| **o == Outcome::Ignored { why: Ignored::TooMany }).count();
    assert_eq!(refused, 2);
    assert_eq!(house.messages(&anna, group, 61).await.len(), 61);
}
