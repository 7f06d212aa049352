//! Mails to groups, and mails that are no messages: strangers, forwarded tokens, copies, programs, reports.

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{DeliveryState, Ignored, Outcome};
use mailmoot::domain::message::Grade;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::secret::Token;
use mailmoot::mail::incoming::IncomingMail;

use crate::support::house::{ANNA, DAVID, GATEWAY, House, STRANGER, WANG, Wanted, eventually, mail, on_both};

fn text(markdown: &str) -> NewMessage {
    NewMessage { markdown: markdown.to_owned(), ..NewMessage::default() }
}

/// A group of three, and the invitation that Wang got.
async fn invited(house: &House) -> (Viewer, GroupId, IncomingMail) {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let invitation = house.mail_of(WANG).await;
    (anna, group, invitation)
}

fn reply_of(from: &str, to: &IncomingMail, id: &str, words: &str) -> String {
    let (reply_to, answered) = (to.reply_to[0].address.to_string(), to.message_id.clone().unwrap());
    mail(
        &[
            ("From", from),
            ("To", &reply_to),
            ("Subject", &format!("Re: {}", to.subject)),
            ("Message-ID", &format!("<{id}@mail.example>")),
            ("In-Reply-To", &format!("<{answered}>")),
        ],
        words,
    )
}

#[tokio::test]
async fn a_forwarded_reply_address_lets_no_stranger_speak_as_the_member() {
    on_both(Wanted::default, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        house
            .deliver(reply_of(&format!("Wang <{STRANGER}>"), &invitation, "s", "I agree to everything."))
            .await;
        let message = house.messages(&anna, group, 2).await.remove(1);
        assert_eq!(message.author.grade, Grade::ByLink);
        assert_eq!(message.author.person_id, None);
        assert_ne!(message.author.name, "王小明");
    })
    .await;
}

#[tokio::test]
async fn somebody_who_is_no_member_is_told_so_once_and_the_group_sees_nothing() {
    let house = House::start().await;
    let (anna, group, invitation) = invited(&house).await;
    let answered = format!("<{}>", invitation.message_id.clone().unwrap());
    for id in ["<x1@partner.example>", "<x2@partner.example>"] {
        house
            .deliver(mail(
                &[
                    ("From", STRANGER),
                    ("To", GATEWAY),
                    ("Subject", "Re: Plan"),
                    ("Message-ID", id),
                    ("References", &answered),
                ],
                "May I?",
            ))
            .await;
    }
    let refused = Outcome::Ignored { why: Ignored::NotAMember };
    assert_eq!(house.outcomes(3).await[1..], [refused.clone(), refused]);
    assert_eq!(house.messages(&anna, group, 1).await.len(), 1);
    assert_eq!(house.answered().await, [STRANGER, STRANGER], "once for each mail");
    let answers = house.mails_of(STRANGER, 2).await;
    assert!(answers[0].automatic.is_some());
    assert!(!answers[0].text.new_text.contains("Welcome."), "an outsider learns nothing of the group");
}

#[tokio::test]
async fn the_same_mail_is_used_once_whether_its_bytes_are_the_same_or_its_way_was_another() {
    on_both(Wanted::default, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let reply = reply_of(WANG, &invitation, "once", "Once.");
        house.deliver(&reply).await;
        house.deliver(&reply).await;
        house.deliver(format!("Received: from a.example by b.example\r\n{reply}")).await;
        let outcomes = house.outcomes(3).await;
        assert_eq!(outcomes.len(), 3, "the same bytes have one line");
        assert!(matches!(outcomes[1], Outcome::Message { .. }));
        assert_eq!(outcomes[2], Outcome::Ignored { why: Ignored::Duplicate });
        assert_eq!(house.messages(&anna, group, 2).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_programs_write_becomes_no_message_and_gets_no_answer() {
    let house = House::start().await;
    let (anna, group, invitation) = invited(&house).await;
    let to = invitation.reply_to[0].address.to_string();
    let marks = [
        ("Auto-Submitted", "auto-replied"),
        ("Precedence", "bulk"),
        ("List-Id", "<news.corp.example>"),
        ("X-Auto-Response-Suppress", "All"),
        ("Return-Path", "<>"),
        ("X-Autoreply", "yes"),
    ];
    for (name, value) in marks {
        house.deliver(mail(&[(name, value), ("From", WANG), ("To", &to), ("Subject", name)], "Away.")).await;
    }
    house.deliver(mail(&[("From", WANG), ("To", &to), ("Subject", "Automatic reply: Plan")], "Away.")).await;
    let outcomes = house.outcomes(8).await;
    let automatic = Outcome::Ignored { why: Ignored::Automatic };
    assert_eq!(outcomes[1..], vec![automatic; 7]);
    assert_eq!(house.messages(&anna, group, 1).await.len(), 1);
    assert!(house.answered().await.is_empty());
    assert_eq!(house.count_mails_of(WANG).await, 1, "only the invitation");
}

#[tokio::test]
async fn a_bounce_to_the_return_path_marks_the_delivery_failed() {
    on_both(Wanted::default, async |house| {
        let (_, group, _) = invited(&house).await;
        let delivery = eventually(async || {
            let deliveries = house.deliveries().await;
            deliveries.into_iter().find(|d| {
                d.address.as_str() == DAVID && d.group_id == Some(group) && d.state == DeliveryState::Sent
            })
        })
        .await;
        let token = Token::derived(&house.actions.key, "return", delivery.id.uuid());
        let return_path = GATEWAY.replace('@', &format!("+{}@", token.reveal()));
        let bounce = format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@corp.example\r\nTo: {return_path}\r\nSubject: Undelivered Mail\r\n\
             Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.corp.example\r\n\r\n\
             Final-Recipient: rfc822; {DAVID}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n--b--\r\n"
        );
        house.deliver(bounce).await;
        assert_eq!(house.outcomes(2).await[1], Outcome::Ignored { why: Ignored::Report });
        let after = house.deliveries().await.into_iter().find(|d| d.id == delivery.id).unwrap();
        assert_eq!(after.state, DeliveryState::Failed);
        assert!(after.last_reply.contains("5.1.1"), "{}", after.last_reply);
    })
    .await;
}

#[tokio::test]
async fn a_members_second_address_speaks_for_the_member_and_case_does_not_matter() {
    let house = House::start().await;
    let (anna, group, invitation) = invited(&house).await;
    house.deliver(reply_of("WANG.XiaoMing@CORP.example", &invitation, "case", "Me.")).await;
    let message = house.messages(&anna, group, 2).await.remove(1);
    assert_eq!((message.author.name.as_str(), message.author.grade), ("王小明", Grade::Confirmed));
    house.actions.post_message(&anna, group, text("Good.")).await.unwrap();
}

#[tokio::test]
async fn a_token_that_was_never_given_is_answered_politely() {
    let house = House::start().await;
    let (name, domain) = GATEWAY.split_once('@').unwrap();
    let forged = format!("{name}+{}@{domain}", house.token().reveal());
    house.deliver(mail(&[("From", ANNA), ("To", &forged), ("Subject", "Re: Plan")], "Hm.")).await;
    assert_eq!(house.outcomes(1).await, [Outcome::Ignored { why: Ignored::NoSuchGroup }]);
    assert_eq!(house.answered().await, [ANNA]);
    assert!(house.mail_of(ANNA).await.automatic.is_some());
}
