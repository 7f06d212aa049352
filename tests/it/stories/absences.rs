//! Wang is away, and his mail program says so: the others see it beside his name, and nobody reads it as a message.

use std::time::Duration;

use mailmoot::domain::ids::GroupId;
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::presence::{Absence, Choice, State, Status, Whereabouts};
use mailmoot::mail::incoming::IncomingMail;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, STRANGER, WANG, Wanted, eventually, mail, on_both};

const DAY: Duration = Duration::from_secs(24 * 3600);
const UNTIL: &str = "I am out of office until 30 November 2026.\r\nFor <b>urgent</b> matters: David.";

/// A group of three, and the mail that Wang has of it.
async fn invited(house: &House) -> (Viewer, GroupId, IncomingMail) {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let invitation = house.mail_of(WANG).await;
    (anna, group, invitation)
}

/// What Wang's program answers.
fn answer(number: usize, from: &str, to: &str, text: &str) -> String {
    let id = format!("<away-{number}@mail.example>");
    let headers = [
        ("From", from),
        ("To", to),
        ("Subject", "Automatic reply: Plan"),
        ("Message-ID", &*id),
        ("Auto-Submitted", "auto-replied"),
    ];
    mail(&headers, text)
}

fn reply_to(mail: &IncomingMail) -> String {
    mail.reply_to[0].address.to_string()
}

/// What became of the mails that came, but for that which the group began with.
async fn outcomes(house: &House, count: usize) -> Vec<Outcome> {
    let mut all = house.outcomes(count + 1).await;
    all.retain(|outcome| !matches!(outcome, Outcome::ThreadOnly { .. }));
    all
}

async fn of_wang(house: &House, anna: &Viewer, group: GroupId) -> Option<Whereabouts> {
    let people = house.actions.list_presences(anna, group).await.unwrap();
    people.into_iter().find(|one| one.name == "王小明")
}

async fn absence(house: &House, anna: &Viewer, group: GroupId) -> Option<Absence> {
    of_wang(house, anna, group).await.and_then(|one| one.presence.absence)
}

#[tokio::test]
async fn who_is_away_is_said_to_be_so_until_the_day_is_over() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let annas = Browser::of(&house, ANNA).await;
        let mut page = annas.live().await;
        page.watch(&group.to_string(), 1_000).await;
        page.next("presence").await;
        house.deliver(answer(1, WANG, &reply_to(&invitation), UNTIL)).await;
        let wang = outcomes(&house, 1).await.remove(0);
        assert!(matches!(wang, Outcome::Away { .. }), "{wang:?}");
        // An open page hears of it.
        let told = loop {
            let frame: Value = page.next("presence").await;
            let people = frame["people"].as_array().unwrap().clone();
            if let Some(one) =
                people.into_iter().find(|one| one["name"] == "王小明" && one["note"].is_string())
            {
                break one;
            }
        };
        assert_eq!(told["note"], json!("away until 30 November 2026, says their mail program"));
        assert_eq!(told["until"], Value::Null);
        let panel = annas.page(&format!("/groups/{group}/members")).await;
        assert!(panel.contains("away until 30 November 2026, says their mail program"), "{panel}");
        assert!(panel.contains("For &#60;b&#62;urgent&#60;/b&#62; matters: David."), "{panel}");
        house.actions.set_language(&anna, Language::Chinese).await.unwrap();
        let panel = Browser::of(&house, ANNA).await.page(&format!("/groups/{group}/members")).await;
        assert!(panel.contains("邮件自动回复说外出至2026年11月30日"), "{panel}");
        assert_eq!(house.messages(&anna, group, 1).await.len(), 1, "it is no message");
        assert!(house.answered().await.is_empty());
        house.later(10 * DAY);
        assert!(absence(&house, &anna, group).await.is_some(), "the last day");
        house.later(DAY);
        eventually(async || of_wang(&house, &anna, group).await.is_none().then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn without_a_day_it_ends_after_a_week_and_the_next_answer_counts_anew() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let to = reply_to(&invitation);
        house.deliver(answer(1, WANG, &to, "您好，我正在休假，回来后回复。")).await;
        house.outcomes(2).await;
        assert_eq!(absence(&house, &anna, group).await, Some(Absence { last_day: None }));
        house.later(8 * DAY);
        assert_eq!(of_wang(&house, &anna, group).await, None);
        house.deliver(answer(2, WANG, &to, UNTIL)).await;
        house.outcomes(3).await;
        let day = absence(&house, &anna, group).await.unwrap().last_day.unwrap();
        assert_eq!(day.date().to_string(), "2026-11-30");
    })
    .await;
}

#[tokio::test]
async fn a_stranger_sets_nobody_away_and_other_answers_say_nothing() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let to = reply_to(&invitation);
        let id = format!("<{}>", invitation.message_id.clone().unwrap());
        let headed = |number, from, to, head: &str| {
            answer(number, from, to, UNTIL).replacen("\r\n", &format!("\r\n{head}\r\n"), 1)
        };
        // His address with nothing of ours; a stranger with his token; David with his; a program about a ticket.
        house.deliver(answer(1, WANG, "moot@corp.example", UNTIL)).await;
        house.deliver(answer(2, STRANGER, &to, UNTIL)).await;
        house.deliver(headed(3, DAVID, "moot@corp.example", &format!("In-Reply-To: {id}"))).await;
        house.deliver(answer(4, WANG, &to, "Your request was received, ticket 30.11.2026.")).await;
        let automatic = Outcome::Ignored { why: Ignored::Automatic };
        assert_eq!(outcomes(&house, 4).await, vec![automatic; 4]);
        assert_eq!(of_wang(&house, &anna, group).await, None);
        // Where addresses carry no token, the Message-ID of the mail that he got does.
        house.deliver(headed(5, WANG, "moot@corp.example", &format!("In-Reply-To: {id}"))).await;
        house.outcomes(6).await;
        assert!(absence(&house, &anna, group).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn what_people_say_themselves_wins() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let (to, wang) = (reply_to(&invitation), house.person(WANG).await);
        let lunch = Status { choice: Choice::Busy, note: "at the fair".to_owned(), ..Status::default() };
        house.actions.set_status(&wang, lunch.clone()).await.unwrap();
        house.deliver(answer(1, WANG, &to, UNTIL)).await;
        house.outcomes(2).await;
        assert_eq!(of_wang(&house, &anna, group).await.unwrap().presence.note, "at the fair");
        house.actions.set_status(&wang, Status::default()).await.unwrap();
        house.deliver(answer(2, WANG, &to, UNTIL)).await;
        house.outcomes(3).await;
        assert!(absence(&house, &anna, group).await.is_some());
        house.actions.set_status(&wang, lunch).await.unwrap();
        assert_eq!(of_wang(&house, &anna, group).await.unwrap().presence.note, "at the fair");
    })
    .await;
}

#[tokio::test]
async fn whoever_reads_or_writes_is_back() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let to = reply_to(&invitation);
        house.deliver(answer(1, WANG, &to, UNTIL)).await;
        house.outcomes(2).await;
        house.deliver(mail(&[("From", WANG), ("To", &to), ("Subject", "Re: Plan")], "I am back.")).await;
        house.messages(&anna, group, 2).await;
        assert_eq!(absence(&house, &anna, group).await, None, "he wrote");
        house.deliver(answer(2, WANG, &to, UNTIL)).await;
        house.outcomes(4).await;
        assert!(absence(&house, &anna, group).await.is_some());
        Browser::of(&house, WANG).await.page(&format!("/groups/{group}")).await;
        let back = of_wang(&house, &anna, group).await;
        assert!(
            back.is_none_or(|one| one.presence.absence.is_none() && one.presence.state != State::Busy),
            "he reads"
        );
    })
    .await;
}
