//! The demo's world as its people find it.

use super::*;
use crate::app::House;
use crate::clock::Clock;
use crate::domain::cadence::Cadence;
use crate::domain::group::Muting;
use crate::domain::message::{Grade, Source};
use crate::domain::receipt::Tally;
use crate::domain::secret::Token;

async fn viewer(demo: &House, link: &SignInLink) -> crate::domain::person::Viewer {
    let token: Token = link.link.rsplit('/').next().unwrap().parse().unwrap();
    let browser = Token::from_random(demo.actions.clock.random_bytes().unwrap());
    let signed_in = demo.actions.use_link(&token, &browser, "test").await.unwrap();
    demo.actions.find_viewer(&signed_in.cookie).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_world_is_made_once_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let url: crate::domain::settings::PublicUrl = "http://127.0.0.1:8080".parse().unwrap();
    let demo = open(&data, url.clone(), Clock::system()).await.unwrap();
    let links = super::links(&demo.actions).await.unwrap();
    assert_eq!(links.len(), 15, "everybody can sign in, strangers too");
    let anna = viewer(&demo, &links[0]).await;
    assert_eq!((anna.full_name.as_str(), anna.rights.admin), ("Anna Berg", true));

    let groups = demo.actions.list_groups(&anna).await.unwrap();
    let topics: Vec<_> = groups.iter().map(|g| g.topic.as_str()).collect();
    assert_eq!(
        topics,
        [
            "Budget 2027: second round",
            "Third floor: who sits where from December",
            "危险品间的验收",
            "华东仓库搬迁"
        ]
    );
    assert_eq!(groups[0].said - groups[0].read, 4, "unread messages for Anna");
    let group = |topic: &str| groups.iter().find(|group| group.topic.starts_with(topic)).unwrap();
    assert_eq!(group("华东仓库搬迁").muting, Muting::Muted);
    let found = demo.actions.get_group(&anna, group("华东仓库搬迁").id).await.unwrap();
    let daily = found.members.iter().filter(|line| line.member.cadence == Cadence::Daily).count();
    assert_eq!(daily, 1, "Zhou said so by mail");
    let office = demo.actions.list_messages_before(&anna, group("Third floor").id, None, 50).await.unwrap();
    assert!(office.last().unwrap().notice.is_some(), "Oliver came later");
    assert_eq!(demo.actions.list_drafts(&anna).await.unwrap().len(), 1);
    let threads = demo.actions.list_threads(&anna, "", None, 20).await.unwrap();
    let mails: i64 = threads.iter().map(|t| t.thread.mails).sum();
    assert_eq!((threads.len(), mails), (5, 27));
    assert_eq!(threads[0].thread.topic, "Visit of Partner Logistics on Thursday");

    let messages = demo.actions.list_messages_before(&anna, groups[0].id, None, 50).await.unwrap();
    let by_mail: Vec<_> = messages.iter().filter(|m| m.source == Source::Mail).collect();
    assert_eq!(by_mail.len(), 3);
    assert!(by_mail.iter().all(|m| m.author.grade == Grade::Confirmed && !m.quotation.is_empty()));
    assert!(messages.is_sorted_by_key(|m| m.posted_at));
    let asked: Vec<_> = messages.iter().filter(|m| m.receipts.request.is_wanted()).collect();
    let tally = Tally { asked: 7, read: 3, failed: 0, declined: 1 };
    assert_eq!(asked.iter().map(|m| m.receipts.tally).collect::<Vec<_>>(), [tally]);
    assert_eq!(
        messages.iter().filter(|m| m.trace.edits == 1).count(),
        1,
        "Chen answers earlier than he thought"
    );
    drop(demo);
    let demo = open(&data, url, Clock::system()).await.unwrap();
    assert_eq!(demo.actions.list_groups(&anna).await.unwrap(), groups);
}

#[tokio::test]
async fn nobody_gets_one_mail_twice() {
    let folder = tempfile::tempdir().unwrap();
    let url = "http://127.0.0.1:8080".parse().unwrap();
    let demo = open(folder.path(), url, Clock::system()).await.unwrap();
    let desk = demo.desk.unwrap();
    for mailbox in desk.mailboxes().await.unwrap() {
        let mails = desk.mails(&mailbox.owner).await.unwrap();
        assert_eq!(mails.len(), mailbox.mails);
        assert!(mails.is_sorted_by_key(|m| std::cmp::Reverse(m.at)));
        let mut times: Vec<_> = mails.iter().map(|m| (m.at, &m.from)).collect();
        times.dedup();
        assert_eq!(times.len(), mails.len(), "{}", mailbox.owner.display_name());
    }
}

#[tokio::test]
async fn a_folder_with_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "dear diary").unwrap();
    let url = "http://127.0.0.1:8080".parse().unwrap();
    let error = open(folder.path(), url, Clock::system()).await.unwrap_err();
    assert!(error.to_string().contains("not empty"), "{error}");
}
