//! What members who live in their mail program are told beside what is new: what became of what they were mailed, and what
//! they are to do.

use mailmoot::actions::cadences::Choice;
use mailmoot::actions::edits::Edit;
use mailmoot::actions::marks::{Chosen, NewMark, TaskChange};
use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::ids::{GroupId, MarkId};
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::quoted::Quoted;
use mailmoot::mail::incoming::IncomingMail;
use reqwest::StatusCode;

use super::cadence::{HOLD, HOUR, choose, later, link, newest, say, standing};
use super::marks::new_mark;
use crate::support::browser::Browser;
use crate::support::house::{DAVID, House, LI, WANG, mail, on_both};

async fn edit(house: &House, who: &Viewer, (group, seq): (GroupId, i64), words: &str) {
    let place = MessagePlace { group, seq };
    let edits = house.actions.get_message(who, place).await.unwrap().message.trace.edits;
    house.actions.edit_message(who, place, Edit { edits, markdown: words.to_owned() }).await.unwrap();
}

async fn remove(house: &House, who: &Viewer, (group, seq): (GroupId, i64)) {
    house.actions.remove_message(who, MessagePlace { group, seq }).await.unwrap();
}

/// Marks a message as an action of somebody's.
async fn ask(house: &House, by: &Viewer, (group, seq): (GroupId, i64), who: &Viewer) -> MarkId {
    let new = NewMark {
        assignee: Some(who.person_id),
        due_on: "2026-12-01".parse().ok(),
        ..new_mark("action", Chosen::Message)
    };
    let mut marked = house.actions.mark(by, (group, vec![seq]), new).await.unwrap();
    marked.remove(0).marks.pop().unwrap().id
}

#[tokio::test]
async fn the_next_mail_says_what_became_of_what_was_mailed() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let david = house.person(DAVID).await;
        house.mail_of(WANG).await;
        let price = say(&house, &anna, group, "The price is 4,800").await;
        let room = say(&house, &david, group, "Room 7 at ten").await;
        let menu = say(&house, &anna, group, "Soup for lunch").await;
        let gone = say(&house, &anna, group, "This was for somebody else").await;
        let both = say(&house, &anna, group, "Wrong in two ways").await;
        later(&house, HOLD).await;
        newest(&house, WANG, 2).await;
        edit(&house, &anna, (group, price), "The price is 4,900").await;
        edit(&house, &anna, (group, price), "The price is **5,000**").await;
        edit(&house, &anna, (group, menu), "Fish for lunch").await;
        edit(&house, &anna, (group, menu), "Soup for lunch").await;
        remove(&house, &anna, (group, gone)).await;
        edit(&house, &anna, (group, both), "Wrong in one way").await;
        remove(&house, &anna, (group, both)).await;
        later(&house, 3 * HOLD).await;
        assert_eq!(house.count_mails_of(WANG).await, 2, "no mail for that alone");
        say(&house, &david, group, "See you there").await;
        later(&house, HOLD).await;
        let mail = newest(&house, WANG, 3).await;
        assert!(mail.contains("See you there") && mail.contains("Changed since the last mail"), "{mail}");
        assert!(
            mail.contains("Anna Berg corrected the message of") && mail.contains("The price is **5,000**")
        );
        assert_eq!(mail.matches("Removed: a message by Anna Berg").count(), 2, "{mail}");
        for old in ["4,800", "4,900", "Soup", "Fish", "somebody else", "Wrong", "Room 7"] {
            assert!(!mail.contains(old), "{old}: {mail}");
        }
        // Said once; and what changes after that is said anew.
        edit(&house, &david, (group, room), "Room 8 at ten").await;
        say(&house, &anna, group, "Good").await;
        later(&house, HOLD).await;
        let mail = newest(&house, WANG, 4).await;
        assert!(
            mail.contains("Room 8 at ten") && !mail.contains("5,000") && !mail.contains("Removed"),
            "{mail}"
        );
        say(&house, &anna, group, "Bye").await;
        later(&house, HOLD).await;
        let mail = newest(&house, WANG, 5).await;
        assert!(!mail.contains("Changed since") && !mail.contains("Room 8"), "{mail}");
        // David, whose page shows nothing, was told of Anna's, not of his own.
        let davids = house.mails_of(DAVID, 3).await;
        let told: Vec<_> = davids.iter().filter(|m| m.text.new_text.contains("Room 8")).collect();
        assert!(told.is_empty(), "{}", told[0].text.new_text);
    })
    .await;
}

#[tokio::test]
async fn whoever_saw_the_change_or_never_got_the_message_is_not_told() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID, LI]).await;
        for who in [WANG, DAVID, LI] {
            house.mail_of(who).await;
        }
        choose(&house, LI, group, Cadence::Mentions).await;
        choose(&house, DAVID, group, Cadence::AtOnce).await;
        let first = say(&house, &anna, group, "At nine, all of you").await;
        let named = say(&house, &anna, group, "You bring the cake, @李雷").await;
        later(&house, HOLD).await;
        newest(&house, LI, 2).await;
        newest(&house, WANG, 2).await;
        edit(&house, &anna, (group, first), "At ten, all of you").await;
        edit(&house, &anna, (group, named), "You bring the tea, @李雷").await;
        // Wang opens the page, where it says ten.
        house.actions.mark_read(&house.person(WANG).await, group, named).await.unwrap();
        say(&house, &anna, group, "And @李雷, milk").await;
        later(&house, HOLD).await;
        let li = newest(&house, LI, 3).await;
        assert!(li.contains("milk") && li.contains("the tea") && !li.contains("At ten"), "{li}");
        let wang = newest(&house, WANG, 3).await;
        assert!(wang.contains("milk") && !wang.contains("Changed since"), "{wang}");
        let david = newest(&house, DAVID, 4).await;
        assert!(david.contains("At ten") && david.contains("the tea"), "{david}");
    })
    .await;
}

#[tokio::test]
async fn who_wants_no_mails_is_told_nothing_of_that_time_later() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        let seq = say(&house, &anna, group, "At nine").await;
        later(&house, HOLD).await;
        newest(&house, WANG, 2).await;
        choose(&house, WANG, group, Cadence::None).await;
        edit(&house, &anna, (group, seq), "At ten").await;
        ask(&house, &anna, (group, seq), &house.person(WANG).await).await;
        later(&house, HOLD).await;
        choose(&house, WANG, group, Cadence::AtOnce).await;
        say(&house, &anna, group, "Hello again").await;
        house.quiet().await;
        let mail = newest(&house, WANG, 3).await;
        assert!(
            mail.contains("Hello again") && !mail.contains("At ten") && !mail.contains("asks you"),
            "{mail}"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_is_asked_to_do_something_is_told_by_mail_once() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID, LI]).await;
        let (wang, david, li) = (house.person(WANG).await, house.person(DAVID).await, house.person(LI).await);
        for who in [WANG, DAVID, LI] {
            house.mail_of(who).await;
        }
        choose(&house, WANG, group, Cadence::Mentions).await;
        choose(&house, DAVID, group, Cadence::Daily).await;
        let seq = say(&house, &li, group, "Somebody has to order the paper").await;
        later(&house, 2 * HOLD).await;
        assert_eq!(house.count_mails_of(WANG).await, 1);
        ask(&house, &anna, (group, seq), &wang).await;
        later(&house, HOLD).await;
        let mail = newest(&house, WANG, 2).await;
        assert!(mail.contains("Anna Berg asks you to do this by 2026-12-01"), "{mail}");
        assert!(mail.contains("order the paper") && mail.contains(&format!("?at={seq}#m-{seq}")), "{mail}");
        later(&house, HOUR).await;
        assert_eq!(house.count_mails_of(WANG).await, 2, "once");
        // What one takes oneself needs no mail; what is done, or somebody else's by then, neither.
        let other = say(&house, &anna, group, "And somebody has to fetch it").await;
        later(&house, HOLD).await;
        let task = ask(&house, &li, (group, other), &li).await;
        let to = |who: &Viewer| TaskChange { assignee: Some(Some(who.person_id)), ..TaskChange::default() };
        house.actions.set_task(&anna, (group, task), to(&wang)).await.unwrap();
        house.actions.set_task(&anna, (group, task), to(&david)).await.unwrap();
        let done = say(&house, &anna, group, "And this is done already").await;
        let finished = ask(&house, &anna, (group, done), &wang).await;
        let is_done = TaskChange { done: Some(true), ..TaskChange::default() };
        house.actions.set_task(&anna, (group, finished), is_done).await.unwrap();
        later(&house, 2 * HOLD).await;
        assert_eq!((house.count_mails_of(WANG).await, house.count_mails_of(DAVID).await), (2, 1));
        // David's comes with the mail of the day, which says it beside the messages.
        later(&house, 22 * HOUR).await;
        let daily = newest(&house, DAVID, 2).await;
        assert!(
            daily.contains("3 new messages") && daily.contains("Anna Berg asks you to do this"),
            "{daily}"
        );
        assert!(daily.contains("fetch it"), "{daily}");
        later(&house, 24 * HOUR).await;
        assert_eq!(house.count_mails_of(DAVID).await, 2, "and in no other");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_about_what_they_may_not_see() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        house.mail_of(WANG).await;
        let seq = say(&house, &anna, group, "From before his time").await;
        later(&house, HOLD).await;
        newest(&house, WANG, 2).await;
        house.sees_from(&wang, group, seq + 1).await;
        ask(&house, &anna, (group, seq), &wang).await;
        edit(&house, &anna, (group, seq), "Changed from before his time").await;
        later(&house, HOLD).await;
        assert_eq!(house.count_mails_of(WANG).await, 2);
        say(&house, &anna, group, "For all").await;
        later(&house, HOLD).await;
        let mail = newest(&house, WANG, 3).await;
        assert!(mail.contains("For all") && !mail.contains("before his time"), "{mail}");
    })
    .await;
}

/// The text of a mail with what is quoted in it.
fn whole(mail: &IncomingMail) -> String {
    format!("{}\n{}\n{}", mail.text.new_text, mail.text.quotation, mail.text.signature)
}

#[tokio::test]
async fn who_asks_for_earlier_messages_gets_them_quoted_and_quotes_them_to_nobody() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let david = house.person(DAVID).await;
        let invitation = house.mail_of(WANG).await;
        let to = invitation.reply_to[0].address.to_string();
        for words in ["One", "Two is **bold**", "Three", "Four is gone", "Five"] {
            say(&house, &anna, group, words).await;
        }
        later(&house, HOLD).await;
        let first = newest(&house, WANG, 2).await;
        assert!(!first.contains("for reference"), "{first}");
        remove(&house, &anna, (group, 5)).await;
        edit(&house, &anna, (group, 4), "Three, edited").await;
        // He never signs in: he answers with two words, and is answered.
        let word = |number: i32, word: &str| {
            let id = format!("<quote-{number}@mail.example>");
            mail(&[("From", WANG), ("To", &to), ("Subject", "Re: Plan"), ("Message-ID", &id)], word)
        };
        house.deliver(word(1, "Quote 3")).await;
        let answer = house.mails_of(WANG, 3).await.remove(0);
        assert!(answer.text.new_text.contains("quote up to 3 earlier messages"), "{}", answer.text.new_text);
        say(&house, &david, group, "Six").await;
        later(&house, HOLD).await;
        let bundle = house.mails_of(WANG, 4).await.remove(0);
        let text = whole(&bundle);
        let at = text.find("Earlier messages, for reference").unwrap_or_else(|| panic!("{text}"));
        for words in ["> Two is **bold**", "> Three, edited", "> Five"] {
            assert!(text[at..].contains(words), "{words}: {text}");
        }
        assert!(
            !text.contains("Four") && !text.contains("> One") && text.find("Six").unwrap() < at,
            "{text}"
        );
        // An answer between the lines, from a program that quotes all of it.
        let quoted: String = text.lines().map(|line| format!("> {line}\r\n")).collect();
        let reply = quoted.replacen("> Six\r\n", "> Six\r\n\r\nSeven is mine.\r\n\r\n", 1);
        let reply = format!("On Friday David wrote:\r\n{reply}");
        let headers =
            [("From", WANG), ("To", &*to), ("Subject", "Re: Plan"), ("Message-ID", "<r@mail.example>")];
        house.deliver(mail(&headers, &reply)).await;
        let said = house.messages(&anna, group, 8).await.pop().unwrap();
        assert!(said.body.markdown.contains("Seven is mine") && said.body.markdown.contains("> Six"));
        assert!(!said.body.markdown.contains("Five") && said.quotation.contains("Five"), "{said:?}");
        house.deliver(word(2, "quote off")).await;
        house.mails_of(WANG, 5).await;
        say(&house, &david, group, "Nine").await;
        later(&house, HOLD).await;
        let last = whole(&house.mails_of(WANG, 6).await[0]);
        assert!(last.contains("Nine") && !last.contains("for reference"), "{last}");
    })
    .await;
}

#[tokio::test]
async fn each_mail_of_one_message_quotes_what_stands_before_it() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        let wang = house.person(WANG).await;
        let choice = Choice { cadence: Cadence::AtOnce, quoted: Some(Quoted::of(3)) };
        house.actions.choose_mails(&wang, group, choice).await.unwrap();
        house.sees_from(&wang, group, 2).await;
        say(&house, &anna, group, "First").await;
        house.quiet().await;
        let mail = whole(&house.mails_of(WANG, 2).await[0]);
        assert!(
            mail.contains("First") && !mail.contains("Welcome"),
            "what he may not see is not quoted: {mail}"
        );
        say(&house, &anna, group, "Second").await;
        house.quiet().await;
        let mail = whole(&house.mails_of(WANG, 3).await[0]);
        let at = mail.find("for reference").unwrap_or_else(|| panic!("{mail}"));
        assert!(mail[at..].contains("> First") && mail[..at].contains("Second"), "{mail}");
    })
    .await;
}

#[tokio::test]
async fn who_never_signs_in_chooses_by_the_link_what_mails_quote_and_when_none_come() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let path = link(&house.mail_of(WANG).await);
        let stranger = Browser::new(&house);
        let page = stranger.page(&path).await;
        assert!(page.contains("name=\"quoted\"") && page.contains("value=\"0\" selected"), "{page}");
        assert!(page.contains("name=\"quiet_mails\"") && !page.contains("value=\"yes\" checked"), "{page}");
        let sent = stranger.post(&path, &[("cadence", "bundled"), ("quoted", "10")]).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        assert!(stranger.page(&path).await.contains("value=\"10\" selected"));
        let hours = [("quiet_mails", "yes"), ("from", "09:30"), ("until", "11:00"), ("zone", "UTC")];
        let sent = stranger.post(&format!("{path}/hours"), &hours).await;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        let page = stranger.page(&path).await;
        assert!(page.contains("value=\"09:30\"") && page.contains("value=\"yes\" checked"), "{page}");
        let wrong = [("quiet_mails", "yes"), ("from", "09:30"), ("until", "11:00"), ("zone", "Atlantis")];
        assert_eq!(stranger.post(&format!("{path}/hours"), &wrong).await.status(), 422);
        for (from, until) in [("25:99", "07:00"), ("22:00", ""), ("22:00", "22:00")] {
            let wrong = [("quiet_mails", "yes"), ("from", from), ("until", until), ("zone", "UTC")];
            assert_eq!(stranger.post(&format!("{path}/hours"), &wrong).await.status(), 422, "{from}-{until}");
        }
        say(&house, &anna, group, "During the meeting").await;
        later(&house, 2 * HOLD).await;
        assert_eq!(house.count_mails_of(WANG).await, 1, "it is ten");
        later(&house, HOUR).await;
        let mail = whole(&house.mails_of(WANG, 2).await[0]);
        assert!(mail.contains("During the meeting") && mail.contains("> Welcome"), "{mail}");
        // At any time again.
        assert_eq!(
            stranger.post(&format!("{path}/hours"), &hours[1..]).await.status(),
            StatusCode::SEE_OTHER
        );
        assert!(!stranger.page(&path).await.contains("value=\"yes\" checked"));
    })
    .await;
}

#[tokio::test]
async fn a_reply_of_two_words_says_when_no_mails_come() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let invitation = house.mail_of(WANG).await;
        let to = invitation.reply_to[0].address.to_string();
        let word = |word: &str| mail(&[("From", WANG), ("To", &to), ("Subject", "Re: Plan")], word);
        house.deliver(word("quiet 9:30-11")).await;
        let answer = house.mails_of(WANG, 2).await.remove(0);
        assert!(answer.text.new_text.contains("from 09:30 to 11:00 (UTC)"), "{}", answer.text.new_text);
        say(&house, &anna, group, "During the meeting").await;
        later(&house, 2 * HOLD).await;
        assert_eq!(house.count_mails_of(WANG).await, 2);
        house.deliver(word("免打扰 关闭")).await;
        let mails = house.mails_of(WANG, 4).await;
        let came = mails.iter().any(|mail| mail.text.new_text.contains("During the meeting"));
        let answered = mails.iter().any(|mail| mail.text.new_text.contains("随时都会发给您"));
        assert!(came && answered, "{mails:?}");
    })
    .await;
}
