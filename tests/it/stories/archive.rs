//! A copy of all that is said, in a folder of a real IMAP server.

use std::collections::HashSet;
use std::time::Duration;

use mailmoot::actions::edits::Edit;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::message::MessagePlace;
use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::parse;
use mailmoot::store::Place;

use crate::support::databases::{self, at_each_place};
use crate::support::files::bring;
use crate::support::house::{ANNA, House, WANG, Wanted, eventually};
use crate::support::peers::{MailPeers, forget_password};

const MINUTE: Duration = Duration::from_secs(60);

async fn archived(peers: &MailPeers, name: &str, count: usize) -> Vec<IncomingMail> {
    let mails = peers.wait_for_mails(name, count).await;
    assert_eq!(mails.len(), count);
    mails.iter().map(|raw| parse(raw).unwrap()).collect()
}

/// What the archive is at is done before: it would look again a minute after its end.
async fn a_minute_later(house: &House) {
    house.quiet().await;
    house.later(MINUTE);
}

#[tokio::test]
async fn each_message_and_each_edit_is_one_mail_whatever_happens() {
    let Some(peers) = MailPeers::find() else { return };
    at_each_place(async |place| {
        let name = peers.someone_new("archive");
        let archive = Some(peers.imap(&name));
        let wanted = Wanted { archive, database: Some(place.clone()), ..Wanted::standing() };
        let house = House::with(wanted).await;
        let (anna, group) = house.group("Umzug 搬家", &[WANG]).await;
        let file = bring(&house, &anna, group, ("plan.txt", b"The plan")).await.unwrap();
        let new = NewMessage {
            markdown: "We **move** in May".to_owned(),
            files: vec![file.id],
            ..NewMessage::default()
        };
        let first = house.actions.post_message(&anna, group, new).await.unwrap();
        let answer =
            NewMessage {
                markdown: "五月很好".to_owned(), answers: Some(first.id), ..NewMessage::default()
            };
        let wang = house.person(WANG).await;
        house.actions.post_message(&wang, group, answer).await.unwrap();
        a_minute_later(&house).await;
        let mails = archived(&peers, &name, 3).await;
        let said = |words: &str| mails.iter().find(|mail| mail.text.new_text.contains(words)).unwrap();
        let (plan, yes) = (said("move"), said("五月很好"));
        assert_eq!(plan.from[0].address.as_str(), ANNA);
        assert_eq!((plan.files.len(), plan.files[0].name.as_str()), (1, "plan.txt"));
        assert_eq!(yes.from[0].address.as_str(), WANG);
        assert!(yes.subject.contains("Umzug 搬家"), "{}", yes.subject);
        assert_eq!(yes.in_reply_to, [plan.message_id.clone().unwrap()]);

        // An edit is one more; what was said first stays.
        let place_of = MessagePlace { group, seq: first.seq };
        let edit = Edit { edits: 0, markdown: "We move in June".to_owned() };
        house.actions.edit_message(&anna, place_of, edit).await.unwrap();
        a_minute_later(&house).await;
        let mails = archived(&peers, &name, 4).await;
        let june = mails.iter().find(|mail| mail.text.new_text.contains("June")).unwrap();
        assert_eq!(june.in_reply_to, [plan.message_id.clone().unwrap()]);

        // The power fails after they were put there and before that was noted.
        forget(&place).await;
        a_minute_later(&house).await;
        house.quiet().await;
        house.actions.archive_some().await.unwrap();
        archived(&peers, &name, 4).await;
        // Somebody edits while the archive is behind: what was put there is there, and the edit as well.
        forget(&place).await;
        let edit = Edit { edits: 1, markdown: "We move in July".to_owned() };
        house.actions.edit_message(&anna, place_of, edit).await.unwrap();
        a_minute_later(&house).await;
        let mails = archived(&peers, &name, 5).await;
        assert!(mails.iter().any(|mail| mail.text.new_text.contains("July")));
        let ids: HashSet<_> = mails.iter().map(|mail| mail.message_id.clone()).collect();
        assert_eq!(ids.len(), 5);
        assert!(!house.actions.archive_some().await.unwrap(), "all is there");
    })
    .await;
}

async fn forget(place: &Place) {
    databases::execute(place, |_| "UPDATE archived_groups SET last_seq = 0, last_change = 0".to_owned())
        .await;
}

#[tokio::test]
async fn a_server_that_refuses_us_is_told_and_nothing_is_lost() {
    let Some(peers) = MailPeers::find() else { return };
    let name = peers.someone_new("archive");
    let mut wrong = peers.imap(&name);
    forget_password(&mut wrong.server);
    let house = House::with(Wanted { archive: Some(wrong), ..Wanted::standing() }).await;
    let (_, _group) = house.group("Umzug", &[WANG]).await;
    for _ in 0..8 {
        house.later(MINUTE);
        house.quiet().await;
    }
    let admin = house.admin().await;
    let health = eventually(async || {
        let status = house.actions.status(&admin).await.unwrap();
        status.health.mails_out.archive.is_some().then_some(status.health)
    })
    .await;
    assert!(health.mails_out.archive.unwrap().words.contains("password"));
    assert!(health.mails_out.away.is_none(), "mails go out all the same");
}
