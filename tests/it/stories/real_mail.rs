//! The same days with a real mail system: Dovecot and Postfix on this machine.

use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::shares::{AccessChange, Chosen, Mailing, NewReceivers};
use mailmoot::domain::ids::{DraftId, ShareId};
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::{DeliveryState, Ignored, Outcome};
use mailmoot::domain::message::{Grade, MessagePlace};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::receipt::{ReceiptRequest, ReceiptState};
use mailmoot::domain::share::Access;
use mailmoot::domain::share_receiver::Progress;
use mailmoot::domain::zone::Zone;
use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::{parse, parse_addresses};
use mailmoot::transport::smtp::{Envelope, Submitter};

use crate::support::company::Company;
use crate::support::files::{a_picture, bring};
use crate::support::house::{eventually, link_in, mail};
use crate::support::mail_html::{html_of, in_lines};
use crate::support::peers::MailPeers;

#[tokio::test]
async fn a_thread_forwarded_by_smtp_becomes_a_group_and_a_mail_reply_comes_back() {
    let Some(peers) = MailPeers::find() else { return };
    let company = Company::open(peers, &[]).await;
    let (anna, david) = (company.address(&company.anna), company.address(&company.david));
    let gateway = company.address(&company.gateway);
    let text = format!(
        "Let us settle this.\r\n\r\n---------- Forwarded message ---------\r\nFrom: David Okafor <{david}>\r\n\
         Date: Thu, 19 Nov 2026 at 16:12\r\nSubject: Re: Budget 2027\r\nTo: Anna Berg <{anna}>\r\n\r\nTwo more lines.\r\n"
    );
    let forward = mail(
        &[
            ("From", &anna),
            ("To", &gateway),
            ("Subject", "Fwd: Budget 2027"),
            ("Message-ID", "<f@moot.test>"),
        ],
        &text,
    );
    company.send(&company.anna, &gateway, &forward).await;

    let ready = company.mail_of(&company.anna, 1).await;
    let (viewer, target) = company.house.sign_in(&link_in(&ready)).await;
    let draft: DraftId = target.strip_prefix("/drafts/").unwrap().parse().unwrap();
    let group = company.house.actions.confirm_draft(company.house.editor(&viewer), draft).await.unwrap();

    let invitation = company.mail_of(&company.david, 1).await;
    let reply_to = invitation.reply_to[0].address.to_string();
    let answer = mail(
        &[
            ("From", &david),
            ("To", &reply_to),
            ("Subject", "Re: Budget 2027"),
            ("Message-ID", "<a@moot.test>"),
            ("In-Reply-To", &format!("<{}>", invitation.message_id.as_deref().unwrap())),
        ],
        "Agreed.\r\n\r\nOn Fri, 20 Nov 2026 at 10:02, Anna Berg wrote:\r\n> Two more lines.",
    );
    company.send(&company.david, &reply_to, &answer).await;
    let messages = company.house.messages(&viewer, group, 2).await;
    assert_eq!(
        (messages[1].author.name.as_str(), messages[1].author.grade),
        ("David Okafor", Grade::Confirmed)
    );
    assert_eq!(messages[1].body.markdown, "Agreed.");

    let new = NewMessage { markdown: "Thanks".to_owned(), ..NewMessage::default() };
    company.house.actions.post_message(&viewer, group, new).await.unwrap();
    let bundle = company.mail_of(&company.david, 2).await;
    assert!(bundle.text.new_text.contains("Thanks"));
    assert_eq!(bundle.references[0], invitation.references[0], "one thread in mail programs");
}

/// Postfix offers DSN: it reports on what somebody wants receipts for, and on nothing else that goes well. That it handed
/// the mail on to a store that reports no more ("relayed") counts as delivered, by its word.
#[tokio::test]
async fn the_mail_system_reports_on_a_mail_when_its_author_wants_to_know() {
    let Some(peers) = MailPeers::find() else { return };
    let company = Company::open(peers, &[]).await;
    let (anna, group) = company.group("Plan", "Welcome.").await;
    company.mail_of(&company.david, 1).await;
    let actions = &company.house.actions;
    let quiet = NewMessage { markdown: "Just so".to_owned(), ..NewMessage::default() };
    actions.post_message(&anna, group, quiet).await.unwrap();
    company.mail_of(&company.david, 2).await;
    let receipt = Some(ReceiptRequest::Wanted);
    let asks = NewMessage { markdown: "Please read".to_owned(), receipt, ..NewMessage::default() };
    let seq = actions.post_message(&anna, group, asks).await.unwrap().seq;
    company.mail_of(&company.david, 3).await;
    // One report for three mails: the others asked for none. The group began with a mail of its own.
    let outcomes = company.house.outcomes(2).await;
    let reports = outcomes.iter().filter(|one| **one == Outcome::Ignored { why: Ignored::Report }).count();
    assert_eq!((outcomes.len(), reports), (2, 1), "{outcomes:?}");
    let page = actions.get_receipts(&anna, MessagePlace { group, seq }, None).await.unwrap();
    assert_eq!(page.receivers[0].receipt.state, Some(ReceiptState::Delivered));
}

#[tokio::test]
async fn the_header_of_the_list_stops_the_mails_and_a_word_brings_them_back() {
    let Some(peers) = MailPeers::find() else { return };
    let company = Company::open(peers, &[]).await;
    let house = &company.house;
    let (anna, david) = (company.address(&company.anna), company.address(&company.david));
    let text = format!("From: {anna}\r\nTo: {david}\r\nSubject: Plan\r\n\r\nWelcome.\r\n");
    let viewer = house.person(&anna).await;
    let draft = house.actions.start_draft_from_mails(&viewer, vec![text.into_bytes()]).await.unwrap();
    let group = house.actions.confirm_draft(house.editor(&viewer), draft).await.unwrap();
    let raw = company.peers.wait_for_mails(&company.david, 1).await.pop().unwrap();
    let raw = String::from_utf8(raw).unwrap().replace("\r\n ", " ");
    let header = raw.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: ")).unwrap();
    // What a mail program sends that goes by the second way of the header.
    let (to, subject) =
        header.split_once("<mailto:").and_then(|(_, rest)| rest.split_once("?subject=")).unwrap();
    let subject = subject.split('>').next().unwrap();
    company.send(&company.david, to, &mail(&[("From", &david), ("To", to), ("Subject", subject)], "")).await;
    let answer = company.mail_of(&company.david, 2).await;
    assert!(answer.text.new_text.contains("No mails"), "{}", answer.text.new_text);
    let say = async |words: &str| {
        let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
        house.actions.post_message(&viewer, group, new).await.unwrap();
    };
    say("Not to David").await;
    let back = answer.reply_to[0].address.to_string();
    let headers = [("From", &*david), ("To", &back), ("Subject", "Re: mute")];
    company.send(&company.david, &back, &mail(&headers, "Resume\r\n\r\n> No mails")).await;
    let answer = company.mail_of(&company.david, 3).await;
    assert!(answer.text.new_text.contains("Bundled"), "{}", answer.text.new_text);
    say("Welcome back").await;
    let bundle = company.mail_of(&company.david, 4).await.text.new_text;
    assert!(bundle.contains("Welcome back") && !bundle.contains("Not to David"), "{bundle}");
}

#[tokio::test]
async fn mails_that_came_while_imap_was_away_all_come_in_once() {
    const MAILS: usize = 500;
    let Some(peers) = MailPeers::own() else { return };
    let company = Company::open(peers, &[]).await;
    let gateway = company.address(&company.gateway);
    company.send("stranger", &gateway, &numbered(0)).await;
    company.house.ledger(1).await;

    company.peers.stop_imap();
    let submitter = Submitter::new(company.peers.mail_exchanger());
    for n in 1..=MAILS {
        let from = "stranger@moot.test".parse().unwrap();
        submitter
            .send(Envelope::new(Some(&from), &gateway.parse().unwrap()), numbered(n).as_bytes())
            .await
            .unwrap();
    }
    submitter.close().await;
    company.peers.start_imap();

    let lines = company.house.ledger(MAILS + 1).await;
    let mut ids: Vec<&str> = lines.iter().map(|line| line.message_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((lines.len(), ids.len()), (MAILS + 1, MAILS + 1));
}

/// A mail of somebody unknown.
fn numbered(n: usize) -> String {
    let id = format!("<{n}@elsewhere.example>");
    mail(
        &[("From", "stranger@moot.test"), ("Subject", "Hello"), ("Message-ID", &id)],
        &format!("Number {n}."),
    )
}

#[tokio::test]
async fn a_folder_with_a_new_uidvalidity_is_read_again_without_doubles() {
    let Some(peers) = MailPeers::own() else { return };
    let company = Company::open(peers, &[]).await;
    let gateway = company.address(&company.gateway);
    for n in 0..3 {
        company.send("stranger", &gateway, &numbered(n)).await;
    }
    company.house.ledger(3).await;
    company.peers.change_uid_validity(&company.gateway);
    company.send("stranger", &gateway, &numbered(3)).await;
    let lines = company.house.ledger(4).await;
    assert_eq!(lines.len(), 4);
    // The folder was read to its end under the new numbers, and still nothing is there twice.
    company.send("stranger", &gateway, &numbered(4)).await;
    assert_eq!(company.house.ledger(5).await.len(), 5);
}

#[tokio::test]
async fn mails_wait_while_the_submission_server_is_stopped_and_arrive_once() {
    let Some(peers) = MailPeers::own() else { return };
    let company = Company::open(peers, &[]).await;
    let (anna, group) = company.group("Plan", "We begin.").await;
    company.mail_of(&company.david, 1).await;
    company.peers.stop_smtp();
    let words = ["the first of them", "the second of them", "the third of them"];
    for (count, words) in (2..).zip(words) {
        let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
        company.house.actions.post_message(&anna, group, new).await.unwrap();
        // A bundle of its own, and all of them wait.
        eventually(async || (company.house.deliveries().await.len() == count).then_some(())).await;
    }
    eventually(async || {
        company
            .house
            .deliveries()
            .await
            .iter()
            .find(|one| one.attempts > 0 && one.state == DeliveryState::Waiting)
            .map(|_| ())
    })
    .await;
    company.peers.start_smtp();
    let all = company.peers.wait_for_mails(&company.david, 4).await;
    let all: Vec<String> = all.iter().map(|raw| parse(raw).unwrap().text.new_text).collect();
    for words in words {
        assert_eq!(all.iter().filter(|text| text.contains(words)).count(), 1, "{words}: {all:?}");
    }
    assert!(company.house.deliveries().await.iter().all(|one| one.state == DeliveryState::Sent));
}

#[tokio::test]
async fn a_refused_and_a_delayed_receiver_keep_nobody_else_from_their_mail() {
    let Some(peers) = MailPeers::find() else { return };
    let company = Company::open(peers, &["reject", "slow"]).await;
    let anna = company.address(&company.anna);
    let viewer = company.house.person(&anna).await;
    let to = ["reject", "slow", company.david.as_str()].map(|name| company.address(name)).join(", ");
    let raw = mail(&[("From", &anna), ("To", &to), ("Subject", "Three")], "Welcome.");
    let draft = company.house.actions.start_draft_from_mails(&viewer, vec![raw.into_bytes()]).await.unwrap();
    company.house.actions.confirm_draft(company.house.editor(&viewer), draft).await.unwrap();

    company.mail_of(&company.david, 1).await;
    let state_of = async |name: &str| {
        let address = company.address(name);
        eventually(async || {
            let all = company.house.deliveries().await;
            all.into_iter().find(|d| d.address.as_str() == address && d.attempts > 0)
        })
        .await
    };
    let refused = state_of("reject").await;
    assert_eq!(refused.state, DeliveryState::Failed);
    assert!(refused.last_reply.contains("5.7.1"), "{}", refused.last_reply);
    let delayed = state_of("slow").await;
    assert_eq!(delayed.state, DeliveryState::Waiting, "it is tried again");
    assert!(delayed.last_reply.contains("4.2.0"), "{}", delayed.last_reply);
}

/// A share of a message and a picture, that is out for everybody with the link.
async fn shared(company: &Company) -> (Viewer, ShareId, String) {
    let house = &company.house;
    let (anna, group) = company.group("Plan", "We need a gate.").await;
    let picture = bring(house, &anna, group, ("门.png", &a_picture(40, 30))).await.unwrap().id;
    let new = NewMessage {
        markdown: "The gate is **三米** wide.".to_owned(),
        files: vec![picture],
        ..NewMessage::default()
    };
    let seq = house.actions.post_message(&anna, group, new).await.unwrap().seq;
    let chosen = Chosen { seqs: vec![seq], ..Chosen::default() };
    let share = house.actions.start_share(&anna, group, chosen).await.unwrap();
    let access = AccessChange { access: Access::Link, lasts: 30, password: None };
    house.actions.set_share_access(&anna, share, access).await.unwrap();
    let telling = house.actions.telling(&anna, Language::English, Zone::UTC);
    let preview = house.actions.preview_share_mail(&anna, share, &telling).await.unwrap();
    house.actions.publish_share(&anna, share, telling).await.unwrap();
    (anna, share, preview)
}

/// What arrives in a real mailbox is what its sharer can look at before: the same words, the same pictures. And a
/// receiver whom the server refuses is told of in the server's words.
#[tokio::test]
async fn a_share_arrives_by_smtp_as_its_sharer_saw_it() {
    let Some(peers) = MailPeers::find() else { return };
    let company = Company::open(peers, &[]).await;
    let (anna, share, preview) = shared(&company).await;
    let house = &company.house;
    let to = format!("{}, {}", company.address(&company.david), company.address("reject"));
    let addresses = parse_addresses(&to).addresses;
    let new = NewReceivers { addresses, ..NewReceivers::default() };
    house.actions.add_share_receivers(&anna, share, new).await.unwrap();
    let mailing = Mailing { receipt: true, ..Mailing::default() };
    assert_eq!(house.actions.mail_share(&anna, share, mailing).await.unwrap(), 2);

    let raw = eventually(async || {
        let mails = company.peers.mails_of(&company.david).await;
        // The group's own mail has the picture, too.
        let is_share = |mail: &IncomingMail| {
            !mail.subject.starts_with("Re:") && mail.files.iter().any(|file| file.inline)
        };
        mails.into_iter().find(|raw| is_share(&parse(raw).unwrap()))
    })
    .await;
    assert_eq!(html_of(&raw), (in_lines(&preview), 1));
    let arrived = parse(&raw).unwrap();
    assert!(arrived.text.new_text.contains("三米") && arrived.problems.is_empty(), "{:?}", arrived.problems);

    let failed = eventually(async || {
        let mails = house.actions.share_mails(&anna, share).await.unwrap();
        let one = mails.receivers.into_iter().find(|one| one.address.as_str().starts_with("reject"))?;
        match one.progress {
            Progress::Failed(words) => Some(words),
            _ => None,
        }
    })
    .await;
    assert!(failed.contains("5.7.1"), "{failed}");
}
