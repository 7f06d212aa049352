//! Where a mail belongs: by the address it was sent to, by the mail it answers, by its References with an equal base
//! subject; under the names that relays give; and once, whichever ways it takes.

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{Ignored, Outcome, Way};
use mailmoot::domain::message::Grade;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::secret::Token;
use mailmoot::mail::incoming::IncomingMail;

use crate::support::house::{ANNA, DAVID, GATEWAY, House, LI, STRANGER, WANG, Wanted, mail, on_both};

/// A group of three, and the invitation that Wang got.
async fn invited(house: &House, topic: &str) -> (Viewer, GroupId, IncomingMail) {
    let before = house.count_mails_of(WANG).await;
    let (anna, group) = house.group(topic, &[WANG, DAVID]).await;
    let invitation = house.mails_of(WANG, before + 1).await.remove(0);
    (anna, group, invitation)
}

fn reply_to(mail: &IncomingMail) -> String {
    mail.reply_to[0].address.to_string()
}

fn in_brackets(ids: &[String]) -> String {
    ids.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>().join(" ")
}

/// What a program that ignores Reply-To sends: nothing tells the group but the ids.
fn without_address(from: &str, number: usize, ids: &[(&str, String)], words: &str) -> String {
    let id = format!("<plain-{number}@mail.example>");
    let mut headers = vec![("From", from), ("To", GATEWAY), ("Message-ID", id.as_str())];
    headers.extend(ids.iter().map(|(name, value)| (*name, value.as_str())));
    mail(&headers, words)
}

async fn ways(house: &House, count: usize) -> Vec<(String, Option<Way>)> {
    let lines = house.ledger(count).await;
    lines.into_iter().map(|line| (line.outcome.name().to_owned(), line.routed.way)).collect()
}

#[tokio::test]
async fn the_surest_sign_of_its_group_counts_and_is_told() {
    on_both(Wanted::default, async |house| {
        let (anna, plan, invitation) = invited(&house, "Plan").await;
        let (_, hall, other) = invited(&house, "Hall").await;
        let answered = format!("<unknown@mail.example> <{}>", invitation.message_id.clone().unwrap());
        let said = |number, ids: &[(&str, String)], words| without_address(WANG, number, ids, words);
        // The address counts more than the mail that it answers.
        let both = said(1, &[("In-Reply-To", answered.clone())], "To the hall.");
        house.deliver(both.replace(&format!("To: {GATEWAY}"), &format!("To: {}", reply_to(&other)))).await;
        // The mail that it answers counts more than what it refers to; several ids may stand there.
        let to_other = in_brackets(&[other.message_id.clone().unwrap()]);
        let ids = [("In-Reply-To", answered), ("References", to_other), ("Subject", "Anything".to_owned())];
        house.deliver(said(2, &ids, "To the plan.")).await;
        // References count with an equal base subject, in whatever language it says "Re:".
        let references = in_brackets(&invitation.references);
        let same = [("References", references.clone()), ("Subject", "回复: AW: PLAN".to_owned())];
        house.deliver(said(3, &same, "To the plan, too.")).await;
        let lines = ways(&house, 5).await;
        let message = |way| ("message".to_owned(), Some(way));
        assert_eq!(lines[2..], [message(Way::Address), message(Way::Answer), message(Way::References)]);
        assert_eq!(house.messages(&anna, hall, 2).await.len(), 2);
        assert_eq!(house.messages(&anna, plan, 3).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn an_old_mail_that_is_taken_for_a_new_matter_begins_a_draft() {
    on_both(Wanted::default, async |house| {
        let (anna, group, invitation) = invited(&house, "Plan").await;
        let references = in_brackets(&invitation.references);
        let ids = [("References", references), ("Subject", "Summer party".to_owned())];
        house.deliver(without_address(WANG, 1, &ids, "Who comes?")).await;
        // The subject alone says nothing.
        house.deliver(without_address(WANG, 2, &[("Subject", "Re: Plan".to_owned())], "Another plan.")).await;
        let draft = |way| ("draft".to_owned(), way);
        assert_eq!(ways(&house, 3).await[1..], [draft(Some(Way::NewMatter)), draft(None)]);
        assert_eq!(house.messages(&anna, group, 1).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_mail_to_two_groups_is_said_in_both_by_whom_both_know() {
    on_both(Wanted::default, async |house| {
        let (anna, plan, to_plan) = invited(&house, "Plan").await;
        let (_, hall, to_hall) = invited(&house, "Hall").await;
        let both = |from: &str, id: &str, words: &str| {
            let headers = [("From", from), ("To", &reply_to(&to_plan)), ("Cc", &reply_to(&to_hall))];
            mail(&[&headers[..], &[("Subject", "Re: Plan"), ("Message-ID", id)]].concat(), words)
        };
        house.deliver(both(WANG, "<two@mail.example>", "The hall is free.")).await;
        house.deliver(both(STRANGER, "<odd@mail.example>", "Buy this hall.")).await;
        let lines = house.ledger(4).await;
        assert_eq!(lines[2..].iter().map(|line| line.routed.also_groups).collect::<Vec<_>>(), [1, 0]);
        let in_hall = house.messages(&anna, hall, 2).await;
        assert_eq!(in_hall.len(), 2, "a stranger is heard in one group at most");
        assert_eq!((in_hall[1].author.name.as_str(), in_hall[1].author.grade), ("王小明", Grade::Confirmed));
        let in_plan = house.messages(&anna, plan, 3).await;
        assert_eq!(in_plan[1].body.markdown, in_hall[1].body.markdown);
        assert_eq!(in_plan[2].author.grade, Grade::ByLink);
        // An answer to that mail goes where it stood first.
        let answer = [("In-Reply-To", "<two@mail.example>".to_owned())];
        house.deliver(without_address(DAVID, 1, &answer, "Good.")).await;
        assert_eq!(house.messages(&anna, plan, 4).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn of_two_members_addresses_the_senders_own_counts() {
    let house = House::start().await;
    let (anna, group, to_wang) = invited(&house, "Plan").await;
    let to_david = house.mail_of(DAVID).await;
    let headers = [("From", DAVID), ("To", &reply_to(&to_wang)), ("Cc", &reply_to(&to_david))];
    house.deliver(mail(&[&headers[..], &[("Subject", "Re: Plan")]].concat(), "Me.")).await;
    let message = house.messages(&anna, group, 2).await.remove(1);
    assert_eq!((message.author.name.as_str(), message.author.grade), ("David Okafor", Grade::Confirmed));
}

#[tokio::test]
async fn a_name_that_a_relay_gave_is_learnt_from_a_members_answer() {
    on_both(Wanted::default, async |house| {
        let (anna, group, invitation) = invited(&house, "Plan").await;
        let text = NewMessage { markdown: "Who takes the minutes?".to_owned(), ..NewMessage::default() };
        let question = house.actions.post_message(&anna, group, text).await.unwrap();
        let mail_of = house.mails_of(WANG, 2).await.remove(0);
        let other = NewMessage { markdown: "Something else.".to_owned(), ..NewMessage::default() };
        house.actions.post_message(&anna, group, other).await.unwrap();
        assert_ne!(mail_of.message_id, invitation.message_id);
        // The relay gave the mail another Message-ID; Wang's program kept the References.
        let given = "<0102018c2f3b6d5e-1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f-000000@eu-west-1.amazonses.com>";
        let references = in_brackets(&mail_of.references);
        let headers = [
            ("From", WANG),
            ("To", &reply_to(&mail_of)),
            ("Subject", "Re: Plan"),
            ("Message-ID", "<first@mail.example>"),
            ("In-Reply-To", given),
            ("References", &references),
        ];
        house.deliver(mail(&headers, "I do.")).await;
        let first = house.messages(&anna, group, 4).await.remove(3);
        assert_eq!(first.answers.map(|answered| answered.id), Some(question.id), "known by its References");
        // The next one has nothing but the relay's name, written another way.
        let answer = [
            ("In-Reply-To", given.replace("eu-west-1.amazonses.com", "email.amazonses.com")),
            ("Subject", "Minutes".to_owned()),
        ];
        house.deliver(without_address(WANG, 1, &answer, "And David helps.")).await;
        let next = house.messages(&anna, group, 5).await.remove(4);
        assert_eq!(next.answers.map(|answered| answered.id), Some(question.id));
        assert_eq!(next.author.grade, Grade::ByLink, "a From can be made up");
    })
    .await;
}

#[tokio::test]
async fn a_name_that_the_submission_server_gives_is_learnt_at_once() {
    on_both(Wanted::default, async |house| {
        let (anna, group, _) = invited(&house, "Plan").await;
        let sent = house.deliveries().await.into_iter().find(|d| d.address.as_str() == WANG).unwrap();
        let given = "0102018c2f3b6d5e-1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f-000000";
        house.actions.record_sent(sent.id, &format!("250 Ok {given}")).await.unwrap();
        let answer = [("In-Reply-To", format!("<{given}@eu-west-1.amazonses.com>"))];
        house.deliver(without_address(WANG, 1, &answer, "Here.")).await;
        assert_eq!(house.messages(&anna, group, 2).await.len(), 2);
        assert_eq!(ways(&house, 2).await[1].1, Some(Way::Answer));
    })
    .await;
}

/// What a relay reports of the mail that Wang got: it quotes the header as it stood there, under another Message-ID.
async fn relay_report(house: &House, to: &str, given: &str) -> String {
    let sent = house.deliveries().await.into_iter().find(|d| d.address.as_str() == WANG).unwrap();
    let token = match to {
        "" => Token::derived(&house.actions.key, "return", sent.id.uuid()).reveal(),
        other => other.to_owned(),
    };
    let headers = [
        ("From", "MAILER-DAEMON@out.example"),
        ("To", &format!("moot+{token}@corp.example")),
        ("Subject", "Delivery report"),
        ("Message-ID", &format!("<{}@out.example>", house.token().reveal())),
        ("Content-Type", "multipart/report; report-type=delivery-status; boundary=b"),
    ];
    let parts = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message was delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; out.example\r\n\r\n\
         Final-Recipient: rfc822; {WANG}\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: moot@corp.example\r\nSubject: Plan\r\n\
         Message-ID: <{given}>\r\n\r\n--b--\r\n"
    );
    mail(&headers, &parts)
}

#[tokio::test]
async fn a_name_that_a_report_tells_is_learnt() {
    on_both(Wanted::default, async |house| {
        let (anna, group, _) = invited(&house, "Plan").await;
        // A report to no address of ours teaches nothing: anybody can write one.
        let nobodys = house.token().reveal();
        house.deliver(relay_report(&house, &nobodys, "forged@out.example").await).await;
        house.deliver(relay_report(&house, "", "relayed@out.example").await).await;
        house.ledger(3).await;
        let answers = |id: &str| [("In-Reply-To", format!("<{id}>")), ("Subject", "Re: Plan".to_owned())];
        house.deliver(without_address(WANG, 1, &answers("forged@out.example"), "Nowhere.")).await;
        house.deliver(without_address(WANG, 2, &answers("relayed@out.example"), "Here.")).await;
        let messages = house.messages(&anna, group, 2).await;
        assert_eq!(messages[1].body.markdown, "Here.");
        let lines = ways(&house, 5).await;
        assert_eq!(lines[3..], [("draft".to_owned(), None), ("message".to_owned(), Some(Way::Answer))]);
    })
    .await;
}

#[tokio::test]
async fn the_same_mail_by_two_ways_is_one_message_and_its_author_gets_surer() {
    on_both(Wanted::default, async |house| {
        let (anna, group, invitation) = invited(&house, "Plan").await;
        let answered = in_brackets(&[invitation.message_id.clone().unwrap()]);
        let date = ("Date", "Fri, 20 Nov 2026 10:00:00 +0000".to_owned());
        let plain = |number, words: &str| {
            let ids = [("In-Reply-To", answered.clone()), date.clone()];
            without_address(WANG, number, &ids, words)
        };
        // To the gateway first, and then the copy to Wang's own address: by its Message-ID, and under another one.
        for (number, id) in [(1, "plain-1"), (2, "relayed-2")] {
            let words = format!("Answer {number} of Wang's, long enough to be no idle word.");
            house.deliver(plain(number, &words)).await;
            let seq = number + 1;
            let first = house.messages(&anna, group, seq).await.remove(seq - 1);
            assert_eq!((first.author.grade, first.author.person_id), (Grade::ByLink, None));
            let copy = plain(number, &words).replace(&format!("plain-{number}@"), &format!("{id}@"));
            house.deliver(format!("Delivered-To: {}\r\n{copy}", reply_to(&invitation))).await;
            let outcomes = house.outcomes(1 + 2 * number).await;
            assert_eq!(outcomes.last(), Some(&Outcome::Ignored { why: Ignored::Duplicate }));
            let now = house.messages(&anna, group, seq).await;
            assert_eq!(now.len(), seq);
            assert_eq!(
                (now[seq - 1].author.grade, now[seq - 1].author.name.as_str()),
                (Grade::Confirmed, "王小明")
            );
            // The ledger still says how the first one came. Whoever answers the copy answers the message.
            let page = house.actions.get_message(&anna, now[seq - 1].place()).await.unwrap();
            assert_eq!(page.mail.unwrap().routed.way, Some(Way::Answer));
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_words_put_into_their_mouth_by_a_guessed_message_id() {
    on_both(Wanted::default, async |house| {
        let (anna, group, invitation) = invited(&house, "Plan").await;
        let answered = in_brackets(&[invitation.message_id.clone().unwrap()]);
        house
            .deliver(without_address(WANG, 1, &[("In-Reply-To", answered.clone())], "I agree to all of it."))
            .await;
        house.messages(&anna, group, 2).await;
        let real = without_address(WANG, 1, &[("In-Reply-To", answered)], "I do not agree.");
        house.deliver(format!("Delivered-To: {}\r\n{real}", reply_to(&invitation))).await;
        let messages = house.messages(&anna, group, 3).await;
        let grades: Vec<_> =
            messages[1..].iter().map(|m| (m.body.markdown.as_str(), m.author.grade)).collect();
        assert_eq!(grades, [("I agree to all of it.", Grade::ByLink), ("I do not agree.", Grade::Confirmed)]);
    })
    .await;
}

#[tokio::test]
async fn a_copy_to_another_groups_address_is_said_there() {
    let house = House::start().await;
    let (anna, plan, to_plan) = invited(&house, "Plan").await;
    let (_, hall, to_hall) = invited(&house, "Hall").await;
    let said = mail(
        &[
            ("From", WANG),
            ("To", "team@corp.example"),
            ("Subject", "News"),
            ("Message-ID", "<bcc@mail.example>"),
        ],
        "The same news for both, by blind copies.",
    );
    for to in [&to_plan, &to_hall] {
        house.deliver(format!("Delivered-To: {}\r\n{said}", reply_to(to))).await;
    }
    for group in [plan, hall] {
        let said = house.messages(&anna, group, 2).await;
        // Whom the mail names besides is new, and may have been added by now.
        assert_eq!(said.iter().filter(|message| message.notice.is_none()).count(), 2);
    }
}

#[tokio::test]
async fn an_answer_to_a_group_that_is_no_more_is_told_so() {
    let house = House::start().await;
    let domain = GATEWAY.split_once('@').unwrap().1;
    let id = format!("<moot.{0}.{0}@{domain}>", "0123456789abcdef0123456789abcdef");
    house.deliver(without_address(LI, 1, &[("In-Reply-To", id)], "Is anybody here?")).await;
    assert_eq!(house.outcomes(1).await, [Outcome::Ignored { why: Ignored::NoSuchGroup }]);
    assert_eq!(house.answered().await, [LI]);
    assert_eq!(house.count_mails_of(ANNA).await, 0);
}
