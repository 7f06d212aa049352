//! Anna's mail to the group invites to a meeting; David's and Wang's calendars answer it: each answer is a line in the log, and
//! no mail to everybody.

use std::time::Duration;

use mailmoot::domain::ids::GroupId;
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::Outcome;
use mailmoot::domain::message::Message;
use mailmoot::domain::person::Viewer;
use mailmoot::texts::Texts;

use crate::support::house::{ANNA, DAVID, House, STRANGER, WANG, Wanted, on_both};

/// A group of three, and the reply addresses of David and Wang.
async fn group(house: &House) -> (Viewer, GroupId, String, String) {
    let (anna, group) = house.group("Plan", &[DAVID, WANG]).await;
    let (david, wang) = (house.mail_of(DAVID).await, house.mail_of(WANG).await);
    let address = |mail: &mailmoot::mail::incoming::IncomingMail| mail.reply_to[0].address.to_string();
    (anna, group, address(&david), address(&wang))
}

/// An answer as Outlook sends it: the calendar beside the text (RFC 6047 2.4).
fn answer(number: usize, (from, to): (&str, &str), (status, attendee): (&str, &str), text: &str) -> String {
    format!(
        "From: {from}\r\nTo: {to}\r\nCc: {WANG}\r\nSubject: Accepted: Budget round\r\nMessage-ID: <answer-{number}@mail.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
         --b\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n\
         BEGIN:VCALENDAR\r\nPRODID:-//example//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1@corp.example\r\n\
         ATTENDEE;PARTSTAT={status};CN=x:mailto:{attendee}\r\nORGANIZER:mailto:{ANNA}\r\nSUMMARY:Budget <b>round</b>\r\n\
         DTSTART:20261127T090000Z\r\nDTEND:20261127T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n"
    )
}

fn lines(messages: &[Message], language: Language) -> Vec<String> {
    let said = |message: &Message| match &message.notice {
        Some(notice) => Texts::of(language).notice(&message.author.name, notice, str::to_owned),
        None => message.body.markdown.clone(),
    };
    messages.iter().skip(1).map(said).collect()
}

#[tokio::test]
async fn an_answer_is_a_line_in_the_log_and_no_mail() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, to_david, to_wang) = group(&house).await;
        let google = "david.okafor@corp.example has accepted this invitation.\r\n\r\nBudget <b>round</b>\r\nFri Nov 27\r\n\r\n\
            \r\nInvitation from Google Calendar: https://calendar.google.com/calendar/";
        house.deliver(answer(1, (DAVID, &to_david), ("ACCEPTED", DAVID), google)).await;
        house.messages(&anna, group, 2).await;
        house.deliver(answer(2, (WANG, &to_wang), ("DECLINED", &WANG.to_uppercase()), "")).await;
        house.messages(&anna, group, 3).await;
        let apple = "David Okafor may come to “Budget <b>round</b>”";
        house.deliver(answer(3, (DAVID, &to_david), ("TENTATIVE", DAVID), apple)).await;
        let messages = house.messages(&anna, group, 4).await;
        assert_eq!(
            lines(&messages, Language::English),
            [
                "David Okafor will come to “Budget <b>round</b>”, 2026-11-27 09:00 – 10:00 (UTC)",
                "王小明 will not come to “Budget <b>round</b>”, 2026-11-27 09:00 – 10:00 (UTC)",
                "David Okafor may come to “Budget <b>round</b>”, 2026-11-27 09:00 – 10:00 (UTC): \
                 “David Okafor may come to “Budget <b>round</b>””",
            ]
        );
        assert!(lines(&messages, Language::Chinese)[1].starts_with("王小明 不参加“Budget <b>round</b>”，2026"));
        let outcomes = house.outcomes(4).await;
        assert_eq!(outcomes.iter().filter(|one| matches!(one, Outcome::Message { .. })).count(), 3, "{outcomes:?}");
        // Nobody gets a mail of it; the page says what was meant, and no tags.
        house.later(Duration::from_secs(3600));
        assert_eq!(house.count_mails_of(WANG).await, 1);
        let page = crate::support::browser::Browser::of(&house, ANNA).await;
        let page = page.page(&format!("/groups/{group}")).await;
        assert!(page.contains("&#60;b&#62;round") && !page.contains("<b>round</b>"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_typed_beside_it_is_a_message() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, to_david, _) = group(&house).await;
        house.deliver(answer(1, (DAVID, &to_david), ("ACCEPTED", DAVID), "I come ten minutes later.")).await;
        let messages = house.messages(&anna, group, 2).await;
        assert_eq!(messages[1].body.markdown, "I come ten minutes later.");
        let page = crate::support::browser::Browser::of(&house, ANNA).await;
        assert!(page.page(&format!("/groups/{group}")).await.contains("Accepted the invitation:"));
        house.later(Duration::from_secs(3600));
        house.mails_of(WANG, 2).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_answers_for_somebody_else() {
    on_both(Wanted::standing, async |house| {
        let (anna, group, to_david, _) = group(&house).await;
        // A stranger with David's address; David for Wang; and the same answer once more.
        house.deliver(answer(1, (STRANGER, &to_david), ("ACCEPTED", STRANGER), "")).await;
        house.deliver(answer(2, (DAVID, &to_david), ("ACCEPTED", WANG), "")).await;
        let own = answer(3, (DAVID, &to_david), ("ACCEPTED", DAVID), "");
        house.messages(&anna, group, 3).await;
        house.deliver(&own).await;
        house.messages(&anna, group, 4).await;
        house.deliver(own.replacen("From:", "X-Way: two\r\nFrom:", 1)).await;
        house.outcomes(5).await;
        let messages = house.messages(&anna, group, 4).await;
        let notices: Vec<bool> = messages.iter().skip(1).map(|message| message.notice.is_some()).collect();
        assert_eq!(notices, [false, false, true]);
        assert!(messages[1].author.person_id.is_none());
    })
    .await;
}
