//! Nobody and nothing fills a group by saying the same again; people may.

use std::time::Duration;

use mailmoot::actions::jobs::Lane;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::person::Viewer;
use mailmoot::mail::incoming::IncomingMail;

use crate::support::house::{DAVID, GATEWAY, House, WANG, Wanted, eventually, mail, on_both};

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

/// Waits until a house has taken `count` mails, and has nothing to do soon.
async fn rests(house: &House, count: usize) {
    house.ledger(count).await;
    eventually(async || {
        let soon = house.actions.clock.now() + Duration::from_secs(60);
        // Looking whether all runs goes on for ever.
        for lane in Lane::ALL.into_iter().filter(|lane| *lane != Lane::Watch) {
            if house.actions.next_job_at(lane).await.unwrap().is_some_and(|at| at < soon) {
                return None;
            }
        }
        Some(())
    })
    .await;
}

/// A header's lines, with those that follow it, taken out of a mail; `strips` says which.
fn stripped(raw: &[u8], strips: impl Fn(&str) -> bool) -> Vec<u8> {
    let raw = String::from_utf8_lossy(raw);
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let (mut kept, mut out) = (String::new(), false);
    for line in head.split("\r\n") {
        if !line.starts_with([' ', '\t']) {
            out = strips(line.split(':').next().unwrap_or_default());
        }
        if !out {
            kept.push_str(line);
            kept.push_str("\r\n");
        }
    }
    format!("{kept}\r\n{body}").into_bytes()
}

/// Two companies, each with a group that has an address of the other's group as a member, and a relay between them.
/// How many mails went each way until both came to rest.
async fn set_on_each_other(relay: impl Fn(usize, &[u8]) -> Vec<u8>) -> (usize, usize) {
    let far = Wanted { gateway: "moot@partner.example", ..Wanted::default() };
    let (near, far) = (House::start().await, House::with(far).await);
    let (_, _, near_address) = invited(&near).await;
    let (_, _, far_address) = invited(&far).await;
    let (anna, _) = near.group("Bridge", &[&far_address]).await;
    far.group("Bridge", &[&near_address]).await;
    let groups = near.actions.list_groups(&anna).await.unwrap();
    let new = NewMessage { markdown: "Good morning to both".to_owned(), ..NewMessage::default() };
    near.actions.post_message(&anna, groups[0].id, new).await.unwrap();
    let (mut out, mut back) = (0, 0);
    // Each of the two began its group with a mail of its own.
    let (near_begun, far_begun) = (near.ledger(2).await.len(), far.ledger(2).await.len());
    loop {
        rests(&near, near_begun + back).await;
        rests(&far, far_begun + out).await;
        let mails = |house: &House, to: &str| {
            let (outbox, to) = (house.outbox.clone(), to.parse().unwrap());
            async move { outbox.list(&to).await.unwrap().into_iter().rev().collect::<Vec<_>>() }
        };
        let (going, coming) = (mails(&near, &far_address).await, mails(&far, &near_address).await);
        if (going.len(), coming.len()) == (out, back) {
            return (out, back);
        }
        for mail in &going[out..] {
            out += 1;
            far.deliver(relay(out, &mail.raw)).await;
        }
        for mail in &coming[back..] {
            back += 1;
            near.deliver(relay(100 + back, &mail.raw)).await;
        }
        assert!(out + back < 20, "{out} and {back} mails, and no end");
    }
}

#[tokio::test]
async fn two_houses_set_on_each_other_come_to_rest() {
    // As they are: the invitation and a message each way, and no answer to either.
    let (out, back) = set_on_each_other(|_, raw| raw.to_vec()).await;
    assert!(out <= 2 && back <= 1, "{out} and {back}");
    // Through a relay that takes all signs of programs away.
    let signs = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("x-")
            || name.starts_with("list-")
            || name == "auto-submitted"
            || name == "precedence"
    };
    let (out, back) = set_on_each_other(|_, raw| stripped(raw, signs)).await;
    assert!(out <= 2 && back <= 1, "{out} and {back}");
}

#[tokio::test]
async fn two_houses_behind_a_relay_that_takes_everything_away_come_to_rest() {
    let keeps = ["from", "to", "subject", "content-type", "content-transfer-encoding", "mime-version"];
    let (out, back) = set_on_each_other(|number, raw| {
        let bare = stripped(raw, |name| !keeps.contains(&name.to_ascii_lowercase().as_str()));
        [format!("Message-ID: <relay-{number}@relay.example>\r\n").as_bytes(), &bare].concat()
    })
    .await;
    assert!(out <= 5 && back <= 4, "the invitation, and three each: {out} and {back}");
}

/// Wang and David have programs that answer every mail at once and say so nowhere; how many answers each sent until it
/// was quiet.
async fn answered_by_programs(text: impl Fn(usize, &IncomingMail) -> String) -> (usize, usize) {
    let house = House::start().await;
    let (anna, group, _) = invited(&house).await;
    let new = NewMessage { markdown: "Where are we with the plan?".to_owned(), ..NewMessage::default() };
    house.actions.post_message(&anna, group, new).await.unwrap();
    let begun = house.ledger(1).await.len();
    let mut sent = [0; 2];
    loop {
        rests(&house, begun + sent[0] + sent[1]).await;
        let before = sent;
        for (at, who) in [WANG, DAVID].into_iter().enumerate() {
            let mut mails = house.mails_of(who, 1).await;
            mails.reverse();
            for got in &mails[sent[at]..] {
                sent[at] += 1;
                let to = got.reply_to[0].address.to_string();
                let id = format!("<program-{at}-{}@mail.example>", sent[at]);
                let headers = [("From", who), ("To", &*to), ("Subject", &*got.subject), ("Message-ID", &*id)];
                house.deliver(mail(&headers, &text(sent[at], got))).await;
            }
        }
        if sent == before {
            return (sent[0], sent[1]);
        }
        assert!(sent[0] + sent[1] < 20, "{sent:?}, and no end");
    }
}

#[tokio::test]
async fn programs_that_answer_each_mail_come_to_rest_whatever_they_say() {
    let same =
        |_, _: &IncomingMail| "I have got your mail and answer as soon as I can find the time.".to_owned();
    let counted =
        |n, _: &IncomingMail| format!("This is automatic answer {n} of Friday {}:15. Thank you.", 9 + n);
    let quoted = |n, mail: &IncomingMail| {
        let words = "Blue Quick Yellow Round Heavy Little Open Dear".split(' ').nth(n % 8).unwrap();
        format!("{words}! {n}{n}\r\nYou wrote to us: {}", mail.text.new_text)
    };
    for (wang, david) in [
        answered_by_programs(same).await,
        answered_by_programs(counted).await,
        answered_by_programs(quoted).await,
    ] {
        // To the invitation and the message, and three in a row; a mail or two more where this machine itself takes longer
        // than a program that answers at once.
        assert!(wang <= 7 && david <= 7 && wang + david >= 4, "{wang} and {david}");
    }
}

#[tokio::test]
async fn a_program_begins_no_draft_after_draft() {
    let house = House::start().await;
    house
        .deliver(mail(&[("From", WANG), ("To", GATEWAY), ("Cc", DAVID), ("Subject", "Plan")], "Let us plan."))
        .await;
    let mut sent = 0;
    loop {
        rests(&house, sent + 1).await;
        let mails = house.mails_of(WANG, 1).await;
        if mails.len() == sent {
            break;
        }
        for number in sent..mails.len() {
            let (id, subject) = (format!("<again-{number}@mail.example>"), format!("Thank you {number}"));
            let headers = [("From", WANG), ("To", GATEWAY), ("Subject", &*subject), ("Message-ID", &*id)];
            house.deliver(mail(&headers, "I have got your mail.")).await;
        }
        sent = mails.len();
        assert!(sent < 10, "no end");
    }
    assert!(sent <= 3, "{sent}");
}
