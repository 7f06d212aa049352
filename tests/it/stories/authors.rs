//! Who wrote a mail: what servers of the house, or signatures, say of its From makes it surer, or less sure.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use mailmoot::actions::mails::Rereading;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::Verdict;
use mailmoot::domain::message::{Author, Grade};
use mailmoot::domain::person::{Entry, Viewer};
use mailmoot::mail::incoming::IncomingMail;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, GATEWAY, House, STRANGER, WANG, Wanted, entry, mail, on_both};

/// A group of three, and the invitation that Wang got.
async fn invited(house: &House) -> (Viewer, GroupId, IncomingMail) {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let invitation = house.mail_of(WANG).await;
    (anna, group, invitation)
}

/// A line that the house's mail server puts above a mail, with what it found out.
fn checked(result: &str, mail: &str) -> String {
    format!(
        "Authentication-Results: mx.corp.example; {result}\r\n\
         Received: from out.corp.example by mx.corp.example with ESMTPS id 1; Fri, 20 Nov 2026 10:00:00 +0000\r\n{mail}"
    )
}

/// An answer to the invitation: to the member's own address, or to the gateway.
fn answer(from: &str, invitation: &IncomingMail, to_own: bool, number: usize) -> String {
    let own = invitation.reply_to[0].address.to_string();
    let headers = [
        ("From", from),
        ("To", if to_own { own.as_str() } else { GATEWAY }),
        // What goes to others as well is not taken for a program's answer, however fast it comes.
        ("Cc", DAVID),
        ("Subject", "Re: Plan"),
        ("Message-ID", &format!("<answer-{number}@mail.example>")),
        ("In-Reply-To", &format!("<{}>", invitation.message_id.clone().unwrap())),
    ];
    mail(&headers, &format!("Answer {number}"))
}

/// The author of the last of so many messages.
async fn author(house: &House, anna: &Viewer, group: GroupId, count: usize) -> Author {
    house.messages(anna, group, count).await.remove(count - 1).author
}

#[tokio::test]
async fn a_server_of_the_house_confirms_or_denies_who_wrote() {
    on_both(Wanted::default, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let passed = "dmarc=pass header.from=corp.example";
        let cases = [
            (checked(passed, &answer(WANG, &invitation, false, 1)), Some("王小明")),
            (checked("dmarc=none", &answer(WANG, &invitation, false, 2)), None),
            (checked("dmarc=fail header.from=corp.example", &answer(WANG, &invitation, true, 3)), None),
            (checked("dmarc=none", &answer(WANG, &invitation, true, 4)), Some("王小明")),
            // By an address that was handed on, but surely a member.
            (checked(passed, &answer(DAVID, &invitation, true, 5)), Some("David Okafor")),
            // What the mail brought along says nothing.
            (
                answer(WANG, &invitation, false, 6)
                    .replace("Subject:", "Authentication-Results: mx.other.example; dmarc=pass\r\nSubject:"),
                None,
            ),
            (checked("dmarc=none", &checked(passed, &answer(WANG, &invitation, false, 7))), None),
            // A stranger is who they are, and no member.
            (
                checked("dmarc=pass header.from=partner.example", &answer(STRANGER, &invitation, true, 8)),
                None,
            ),
            // Of several authors, the owner of the address is one (RFC 5322 3.6.2).
            (answer(&format!("{STRANGER}, {WANG}"), &invitation, true, 9), Some("王小明")),
            (checked(passed, &answer(&format!("{WANG}, {DAVID}"), &invitation, false, 10)), None),
        ];
        for (number, (raw, expected)) in (2..).zip(cases) {
            house.deliver(raw).await;
            let author = author(&house, &anna, group, number).await;
            assert_eq!(author.grade == Grade::Confirmed, expected.is_some(), "{number}: {author:?}");
            assert_eq!(author.person_id.is_some(), expected.is_some(), "{number}");
            if let Some(name) = expected {
                assert_eq!(author.name, name, "{number}");
            }
        }
        let denied = house.messages(&anna, group, 4).await.remove(3);
        let page = house.actions.get_message(&anna, denied.place()).await.unwrap();
        assert_eq!(page.mail.unwrap().proof.unwrap().verdict, Verdict::Failed);
        let path = format!("/groups/{group}/messages/{}", denied.seq);
        let page = Browser::of(&house, ANNA).await.page(&path).await;
        assert!(page.contains("says that the mail is not from there (dmarc=fail)"), "{page}");
    })
    .await;
}

/// A key and the record of it in the DNS.
fn key() -> (Vec<u8>, String) {
    let key = Ed25519Key::generate_pkcs8().unwrap();
    let public = Ed25519Key::from_pkcs8_der(&key).unwrap().public_key();
    (key, format!("v=DKIM1; k=ed25519; p={}", BASE64_STANDARD.encode(public)))
}

fn signed(key: &[u8], domain: &str, raw: &str) -> String {
    let signer = DkimSigner::from_key(Ed25519Key::from_pkcs8_der(key).unwrap());
    let signer = signer.domain(domain).selector("day").headers(["From", "To", "Subject", "Message-ID"]);
    format!("{}{raw}", signer.sign(raw.as_bytes()).unwrap().to_header())
}

/// The same with a length of the body: `l=` counts what is signed of it (RFC 6376 3.5). It is part of what is signed, so
/// it can't be put in afterwards.
fn signed_up_to(key: &[u8], length: usize, raw: &str) -> String {
    let signer = DkimSigner::from_key(Ed25519Key::from_pkcs8_der(key).unwrap());
    let signer = signer.domain("corp.example").selector("day");
    let signer = signer.headers(["From", "To", "Subject", "Message-ID"]).body_length(true);
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    let part = format!("{head}\r\n\r\n{}", &body[..length.min(body.len())]);
    format!("{}{raw}", signer.sign(part.as_bytes()).unwrap().to_header())
}

#[tokio::test]
async fn a_signature_of_the_senders_domain_confirms_who_wrote() {
    let ((own, own_record), (other, other_record)) = (key(), key());
    let wanted = || Wanted {
        dkim_keys: vec![
            ("day._domainkey.corp.example".to_owned(), own_record.clone()),
            ("day._domainkey.evil.example".to_owned(), other_record.clone()),
        ],
        ..Wanted::default()
    };
    on_both(wanted, async |house| {
        let (anna, group, invitation) = invited(&house).await;
        let plain = |number| answer(WANG, &invitation, false, number);
        let cases = [
            (signed(&own, "corp.example", &plain(1)), true),
            (plain(2), false),
            (signed(&own, "corp.example", &plain(3)).replace("Answer 3", "Answer 3, and more"), false),
            (signed(&other, "evil.example", &plain(4)), false),
            (signed(&other, "corp.example", &plain(5)), false),
            // Signed up to a length: whatever comes after may be anybody's (RFC 6376 8.2).
            (signed_up_to(&own, 8, &plain(8)), false),
            (signed_up_to(&own, usize::MAX, &plain(9)), false),
            // Another From above the signed one.
            (format!("From: {DAVID}\r\n{}", signed(&own, "corp.example", &plain(6))), false),
            (signed(&own, "nobody.example", &plain(7)), false),
        ];
        for (number, (raw, expected)) in (2..).zip(cases) {
            house.deliver(raw).await;
            let author = author(&house, &anna, group, number).await;
            assert_eq!(author.grade == Grade::Confirmed, expected, "{number}: {author:?}");
        }
    })
    .await;
}

/// An answer of Anna's that somebody else sent, to whose reply address they had.
fn on_behalf(to: &IncomingMail, sender: &str, number: usize) -> String {
    let raw = answer(ANNA, to, true, number);
    raw.replacen("Subject:", &format!("Sender: {sender}\r\nSubject:"), 1)
}

#[tokio::test]
async fn what_a_secretary_sends_is_its_authors_and_says_who_sent_it() {
    on_both(Wanted::default, async |house| {
        let (anna, group, to_wang) = invited(&house).await;
        let passed = "dmarc=pass header.from=corp.example";
        let wang = "\"Somebody Important\" <wang.xiaoming@corp.example>";
        let cases = [
            // By the secretary's own address: neither theirs, nor silently the other's.
            (on_behalf(&to_wang, wang, 1), None, Some("王小明")),
            // The domain, which lets them do so, says that it is.
            (checked(passed, &on_behalf(&to_wang, wang, 2)), Some("Anna Berg"), Some("王小明")),
            // Somebody whom nobody knows is their address: a name can be made up.
            (
                on_behalf(&to_wang, "Anna's office <office@partner.example>", 3),
                None,
                Some("office@partner.example"),
            ),
            // Oneself by another address, and a list.
            (on_behalf(&to_wang, "anna.berg+phone@corp.example", 4), None, None),
            (on_behalf(&to_wang, "plan-bounces@lists.example", 5), None, None),
        ];
        for (number, (raw, author, sent_by)) in (2..).zip(cases) {
            house.deliver(raw).await;
            let message = house.messages(&anna, group, number).await.remove(number - 1);
            let sure = message.author.person_id.map(|_| message.author.name.as_str());
            assert_eq!(sure, author, "{number}: {:?}", message.author);
            assert!(message.author.name == "Anna Berg" || author.is_none());
            assert_eq!(message.notes.sent_by.as_ref().map(|by| by.shown()), sent_by, "{number}");
        }
        let annas = Browser::of(&house, ANNA).await;
        let page = annas.page(&format!("/groups/{group}")).await;
        assert!(
            page.contains("sent by <bdi>王小明</bdi>")
                && page.contains("sent by <bdi>office@partner.example</bdi>")
        );
        assert!(!page.contains("Somebody Important") && !page.contains("Anna's office"), "{page}");
        let page = annas.page(&format!("/groups/{group}/messages/2")).await;
        assert!(page.contains("王小明</bdi> (<bdi>wang.xiaoming@corp.example</bdi>)"), "{page}");
        // Reading the mails again changes nothing of it.
        let found = house.actions.reread_mails(Rereading::default(), true).await.unwrap();
        assert_eq!(found.changed, 0);
    })
    .await;
}

#[tokio::test]
async fn an_address_with_a_detail_is_its_owners_but_lets_nobody_in() {
    let plus = "wang.xiaoming+moot@corp.example";
    on_both(Wanted::default, async |house| {
        let (anna, group, to_wang) = invited(&house).await;
        let passed = "dmarc=pass header.from=corp.example";
        let cases = [
            // The reply address is what tells, as ever.
            (answer(plus, &to_wang, true, 1), Some("王小明")),
            (answer(plus, &to_wang, false, 2), None),
            // The domain may mean somebody else by it.
            (checked(passed, &answer(plus, &to_wang, false, 3)), None),
            (checked("dmarc=fail header.from=corp.example", &answer(plus, &to_wang, true, 4)), None),
            (answer("wang.xiaoming+moot@partner.example", &to_wang, true, 5), None),
            (answer("+moot@corp.example", &to_wang, true, 6), None),
        ];
        for (number, (raw, expected)) in (2..).zip(cases) {
            house.deliver(raw).await;
            let author = author(&house, &anna, group, number).await;
            assert_eq!(author.person_id.map(|_| author.name.as_str()), expected, "{number}: {author:?}");
        }
        // In a Cc it is the member who is there, and nobody new.
        let raw = answer(WANG, &to_wang, true, 7)
            .replace(&format!("Cc: {DAVID}"), "Cc: david.okafor+x@corp.example");
        house.deliver(raw).await;
        author(&house, &anna, group, 8).await;
        assert_eq!(house.actions.get_group(&anna, group).await.unwrap().members.len(), 3);
        // Whose address just that is, by the address book, is somebody else.
        house
            .actions
            .import_people([house_people(), vec![entry("Moot Robot", plus)]].concat())
            .await
            .unwrap();
        house.deliver(answer(plus, &to_wang, true, 8)).await;
        let robot = author(&house, &anna, group, 9).await;
        assert_eq!((robot.person_id, robot.grade), (None, Grade::ByLink), "{robot:?}");
        // Nobody signs in by it, and no mail goes there.
        assert_eq!(house.count_mails_of(plus).await, 0);
    })
    .await;
}

fn house_people() -> Vec<Entry> {
    Wanted::default().people
}
