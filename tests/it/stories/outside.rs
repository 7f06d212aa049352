//! David's mails go through a relay outside that gives each another Message-ID: his answers find the group all the same, by
//! whatever his program keeps of them.

use std::time::Duration;

use mailmoot::domain::ledger::Way;
use mailmoot::domain::message::Grade;
use mailmoot::mail::parse::parse;
use mailmoot::transport::smtp::Submitter;
use mailmoot::workers::{Outlet, Source};

use crate::support::house::{House, Wanted, entry, mail};
use crate::support::peers::MailPeers;

#[tokio::test]
async fn answers_to_mails_with_another_id_find_their_group() {
    let Some(inside) = MailPeers::find() else { return };
    let outside = MailPeers::rewriting().unwrap();
    let (gateway, anna, david) =
        (inside.someone_new("gw"), inside.someone_new("anna"), inside.someone_new("david"));
    let address = |name: &str| format!("{name}@moot.test");
    let mut account = inside.imap(&gateway);
    account.patience.poll = Duration::from_secs(5);
    let house = House::with(Wanted {
        source: Some(Source::Imap(Box::new(account))),
        outlet: Some(Outlet::smtp(Submitter::new(outside.smtp(&gateway)))),
        gateway: Box::leak(address(&gateway).into_boxed_str()),
        people: vec![entry("Anna Berg", &address(&anna)), entry("David Okafor", &address(&david))],
        ..Wanted::default()
    })
    .await;
    let (from, other) = (address(&david), address(&anna));
    let starter = house.person(&other).await;
    let raw = mail(&[("From", &other), ("To", &from), ("Subject", "Plan")], "Which room?");
    let draft = house.actions.start_draft_from_mails(&starter, vec![raw.into_bytes()]).await.unwrap();
    let group = house.actions.confirm_draft(house.editor(&starter), draft).await.unwrap();

    let invitation = parse(outside.wait_for_mails(&david, 1).await.last().unwrap()).unwrap();
    let given = invitation.message_id.clone().unwrap();
    assert!(given.starts_with("relayed-") && given.ends_with("@relay.outside.example"), "{given}");
    let reply_to = invitation.reply_to[0].address.to_string();
    let references: Vec<String> = invitation.references.iter().map(|id| format!("<{id}>")).collect();
    let (given, references) = (format!("<{given}>"), references.join(" "));
    // His first program answers to where it is asked to; the second one only knows the id; the third one only
    // keeps the References.
    let ways: [(&str, &[(&str, &str)]); 3] = [
        (&reply_to, &[("In-Reply-To", &given)]),
        (&address(&gateway), &[("In-Reply-To", &given)]),
        (&address(&gateway), &[("References", &references)]),
    ];
    for (number, (to, ids)) in (1..).zip(ways) {
        let id = format!("<david-{number}-{david}@mail.outside.example>");
        let head =
            [("From", &*from), ("To", to), ("Cc", &*other), ("Subject", "Re: Plan"), ("Message-ID", &id)];
        let raw = mail(&[&head[..], ids].concat(), &format!("Room {number}."));
        inside.deliver(&from, &[to], raw.as_bytes()).await.unwrap();
        let messages = house.messages(&starter, group, number + 1).await;
        assert_eq!(messages[number].body.markdown, format!("Room {number}."));
        // The References bring his token back: it is as good as his address.
        assert_eq!(messages[number].author.grade == Grade::Confirmed, number != 2, "{number}");
    }
    let lines = house.ledger(4).await;
    let found: Vec<Option<Way>> = lines[1..].iter().map(|line| line.routed.way).collect();
    assert_eq!(found, [Some(Way::Address), Some(Way::Answer), Some(Way::References)]);
    // The next mail to him belongs to the same thread, whatever the relay calls it.
    let new = mailmoot::actions::messages::NewMessage {
        markdown: "Room 1, then.".to_owned(),
        ..Default::default()
    };
    house.actions.post_message(&starter, group, new).await.unwrap();
    let next = parse(outside.wait_for_mails(&david, 2).await.last().unwrap()).unwrap();
    assert_eq!(next.references.first(), invitation.references.first());
    assert_ne!(next.message_id, invitation.message_id);
}
