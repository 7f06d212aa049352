//! A removed message takes its files with it, where nothing else uses them.

use std::time::Duration;

use mailmoot::actions::ActionError;
use mailmoot::domain::message::{Message, MessagePlace};
use mailmoot::domain::person::Viewer;

use crate::support::files::{a_picture, bring, contents, send};
use crate::support::house::{DAVID, House, WANG, Wanted, on_both};

async fn remove(house: &House, who: &Viewer, message: &Message) {
    let place = MessagePlace { group: message.group_id, seq: message.seq };
    house.actions.remove_message(who, place).await.unwrap();
}

#[tokio::test]
async fn a_removed_messages_file_is_gone_unless_something_else_uses_it() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let before = contents(&house);
        let (picture, other) = (a_picture(9, 9), a_picture(7, 7));
        let once = bring(&house, &anna, group, ("once.png", &picture)).await.unwrap();
        let again = bring(&house, &anna, group, ("again.png", &picture)).await.unwrap();
        let alone = bring(&house, &anna, group, ("alone.png", &other)).await.unwrap();
        let first = send(&house, &anna, group, &[&once, &alone]).await.unwrap();
        let second = send(&house, &anna, group, &[&again]).await.unwrap();
        let waiting = bring(&house, &anna, group, ("waiting.txt", b"waiting")).await.unwrap();
        assert_eq!(contents(&house), before + 3);
        house.later(Duration::from_secs(3601));

        remove(&house, &anna, &first).await;
        assert_eq!(contents(&house), before + 2, "the other file has the same contents");
        for gone in [&once, &alone] {
            assert!(matches!(house.actions.open_file(&anna, gone.id).await, Err(ActionError::NotFound)));
        }
        house.actions.open_file(&anna, again.id).await.unwrap();
        assert!(!house.actions.get_thumbnail(&anna, again.id).await.unwrap().is_empty());
        remove(&house, &anna, &second).await;
        assert_eq!(contents(&house), before + 1);
        house.actions.open_file(&anna, waiting.id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn contents_that_are_brought_again_just_then_stay() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let before = contents(&house);
        let plan = bring(&house, &anna, group, ("plan.txt", b"the plan")).await.unwrap();
        let message = send(&house, &anna, group, &[&plan]).await.unwrap();
        // Removed at once: whoever is just bringing the same has written it, but has no row yet.
        remove(&house, &anna, &message).await;
        assert_eq!(contents(&house), before + 1);
        let again = bring(&house, &anna, group, ("again.txt", b"the plan")).await.unwrap();
        house.later(Duration::from_secs(3601));
        house.actions.clear_unused_files().await.unwrap();
        house.actions.open_file(&anna, again.id).await.unwrap();
        let message = send(&house, &anna, group, &[&again]).await.unwrap();
        remove(&house, &anna, &message).await;
        assert_eq!(contents(&house), before);
    })
    .await;
}

#[tokio::test]
async fn a_mails_contents_stay_with_the_mail() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let raw = b"From: anna@corp.example\r\nTo: wang@corp.example\r\nSubject: Plan\r\n\r\nHello\r\n";
        house.actions.file_mails(vec![raw.to_vec()], "test").await.unwrap();
        let before = contents(&house);
        let mail = bring(&house, &anna, group, ("mail.eml", raw)).await.unwrap();
        assert_eq!(contents(&house), before, "stored once");
        let message = send(&house, &anna, group, &[&mail]).await.unwrap();
        house.later(Duration::from_secs(3601));
        remove(&house, &anna, &message).await;
        assert_eq!(contents(&house), before);
    })
    .await;
}
