//! What every mail of ours says of itself: a good citizen's headers, whatever its kind.

use std::time::Duration;

use mailmoot::actions::asks::Asker;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::DeliveryKind;
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::network::Network;
use mailmoot::domain::receipt::ReceiptRequest;

use crate::support::house::{ANNA, DAVID, GATEWAY, House, WANG, Wanted, eventually, mail};

const HOLD: Duration = Duration::from_secs(120);

/// The header of a mail as (name, value), unfolded.
fn head_of(raw: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8(raw.to_vec()).unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
    let head = text.split("\r\n\r\n").next().unwrap();
    head.lines()
        .map(|line| line.split_once(": ").unwrap())
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect()
}

/// The only value of a header, or none.
fn value<'a>(head: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut all = head.iter().filter(|(one, _)| one.eq_ignore_ascii_case(name));
    let value = all.next().map(|(_, value)| value.as_str());
    assert!(all.next().is_none(), "{name} stands twice: {head:?}");
    value
}

/// A house in which one mail of each kind has gone out, but shares, which their own stories look at.
async fn house_that_wrote() -> House {
    let wanted = Wanted { hold: HOLD, public_url: Some("https://moot.corp.example"), ..Wanted::standing() };
    let house = House::with(wanted).await;
    let browser = house.token();
    let network = Network::of(std::net::Ipv4Addr::LOCALHOST.into());
    let asker = Asker { browser: &browser, network, language: Language::English };
    house.actions.ask_sign_in(ANNA, "/", asker).await.unwrap();
    let begun = [
        ("From", ANNA),
        ("To", GATEWAY),
        ("Cc", WANG),
        ("Subject", "Fw: Plan"),
        ("Message-ID", "<f@x.example>"),
    ];
    house.deliver(mail(&begun, "Let us talk.")).await;
    house.mails_of(ANNA, 2).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let letter = house.mail_of(DAVID).await;
    house.mail_of(WANG).await;
    let new = NewMessage {
        markdown: "Please read".to_owned(),
        receipt: Some(ReceiptRequest::Wanted),
        ..NewMessage::default()
    };
    let seq = house.actions.post_message(&anna, group, new).await.unwrap().seq;
    house.later(HOLD);
    house.mails_of(DAVID, 2).await;
    house.mails_of(WANG, 2).await;
    house.actions.remind_unread(&anna, MessagePlace { group, seq }).await.unwrap();
    house.mails_of(DAVID, 3).await;
    // Whoever asks for it is not told that a gateway has read their mail: it is no reader (RFC 8098 2.1).
    let help = [
        ("From", DAVID),
        ("To", letter.reply_to[0].address.as_str()),
        ("Subject", "Re: Plan"),
        ("Message-ID", "<h@corp.example>"),
        ("Disposition-Notification-To", DAVID),
    ];
    house.deliver(mail(&help, "help")).await;
    house.mails_of(DAVID, 4).await;
    let of_wang = house.deliveries().await.into_iter().find(|one| one.address.as_str() == WANG).unwrap();
    house.actions.record_refused(of_wang.id, "550 5.1.1 no such user").await.unwrap();
    house.later(Duration::from_secs(24 * 3600));
    eventually(async || {
        let all = house.deliveries().await;
        let trial = all.iter().find(|one| one.kind == DeliveryKind::Trial)?;
        (trial.attempts > 0).then_some(())
    })
    .await;
    house
}

#[tokio::test]
async fn every_mail_of_ours_has_the_headers_of_a_good_citizen() {
    let house = house_that_wrote().await;
    let mut kinds = Vec::new();
    for delivery in house.deliveries().await {
        let raws = house.outbox.list(&delivery.address).await.unwrap();
        let heads: Vec<_> = raws.iter().map(|one| head_of(&one.raw)).collect();
        let is_it =
            |head: &&Vec<(String, String)>| value(head, "Message-ID").unwrap().contains(&delivery.message_id);
        let head = heads.iter().find(is_it).unwrap();
        let kind = delivery.kind;
        kinds.push(kind);
        let of = |name| value(head, name);
        // DMARC looks at From: it is ours, whoever wrote the message.
        assert!(of("From").unwrap().ends_with(&format!("<{GATEWAY}>")), "{kind:?}: {head:?}");
        assert!(of("To").unwrap().contains(delivery.address.as_str()) && !of("To").unwrap().contains(','));
        assert!(of("Date").is_some() && of("MIME-Version") == Some("1.0") && of("Subject").is_some());
        assert!(of("Message-ID").unwrap().ends_with("@corp.example>"));
        for none in ["Sender", "Cc", "Bcc", "Return-Path", "Feedback-ID", "X-Mailer", "Received"] {
            assert_eq!(of(none), None, "{kind:?} has {none}");
        }
        // RFC 3834 5: what nobody wrote for this receiver says so, and what a person wrote does not.
        let by_a_person = matches!(kind, DeliveryKind::Messages | DeliveryKind::Reminder);
        assert_eq!(of("Auto-Submitted").is_none(), by_a_person, "{kind:?}: {head:?}");
        // Only what brings messages belongs to a list, and asks for receipts where its author did.
        let of_group =
            matches!(kind, DeliveryKind::GroupLink | DeliveryKind::Messages | DeliveryKind::Reminder);
        for name in ["List-Id", "List-Post", "List-Unsubscribe", "List-Unsubscribe-Post"] {
            assert_eq!(of(name).is_some(), of_group, "{kind:?}: {name} in {head:?}");
        }
        if of_group {
            assert_eq!(of("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
            assert!(of("Reply-To").unwrap().contains("moot+"), "{kind:?}");
            assert!(of("References").unwrap().contains("@corp.example>"));
        }
        let asks = matches!(kind, DeliveryKind::Messages | DeliveryKind::Reminder);
        assert_eq!(of("Disposition-Notification-To").is_some(), asks, "{kind:?}: {head:?}");
        if matches!(kind, DeliveryKind::GroupLink | DeliveryKind::Messages) {
            assert_eq!(
                of("Subject"),
                Some(if kind == DeliveryKind::GroupLink { "Plan" } else { "Re: Plan" })
            );
        }
        // Nothing of ours is a report: none answers a request for one.
        assert!(!of("Content-Type").unwrap().contains("multipart/report"), "{kind:?}");
    }
    use DeliveryKind::{Answer, DraftReady, GroupLink, Messages, Reminder, SignIn, Trial};
    for kind in [SignIn, DraftReady, GroupLink, Messages, Reminder, Answer, Trial] {
        assert!(kinds.contains(&kind), "{kind:?} was not looked at");
    }
}
