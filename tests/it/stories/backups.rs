//! Everything in one file, and back: also from one kind of database into the other.

use std::path::Path;

use mailmoot::actions::messages::NewMessage;
use mailmoot::backup::{BackupError, Home, back_up, restore};
use mailmoot::clock::Clock;
use mailmoot::domain::ids::GroupId;
use mailmoot::store::Place;

use crate::support::browser::Browser;
use crate::support::databases::{at_each_place, execute};
use crate::support::files::{a_picture, bring};
use crate::support::house::{ANNA, House, WANG, Wanted, eventually, mail};

/// What a house has that must be there again.
struct Lived {
    group: GroupId,
    file: String,
    picture: Vec<u8>,
}

/// A group with a message, a reply by mail, a file and a draft.
async fn live_in(house: &House) -> Lived {
    let (anna, group) = house.group("Umzug 搬迁", &[WANG]).await;
    let invitation = house.mail_of(WANG).await;
    let picture = a_picture(64, 48);
    let file = bring(house, &anna, group, ("plan.png", &picture)).await.unwrap();
    let new = NewMessage {
        markdown: "The hall is **open**; 危险品间 as well.".to_owned(),
        files: vec![file.id],
        ..NewMessage::default()
    };
    house.actions.post_message(&anna, group, new).await.unwrap();
    let to = invitation.reply_to[0].address.as_str();
    house.deliver(mail(&[("From", WANG), ("To", to), ("Subject", "Re: Umzug")], "I come on Monday.")).await;
    let browser = Browser::of(house, ANNA).await;
    eventually(async || browser.page(&format!("/groups/{group}")).await.contains("on Monday").then_some(()))
        .await;
    house.quiet().await;
    Lived { group, file: file.id.to_string(), picture }
}

fn home(database: Place, data: &Path) -> Home {
    Home { database, data: data.to_owned() }
}

#[tokio::test]
async fn a_backup_made_while_all_runs_is_a_whole_house_again_in_either_database() {
    at_each_place(async |from| {
        let house = House::with(Wanted { database: Some(from.clone()), ..Wanted::default() }).await;
        let lived = live_in(&house).await;
        let data = house.database().parent().unwrap().to_owned();
        // A house of the tests has its key in its settings.
        std::fs::write(data.join("server.key"), [7; 32]).unwrap();
        let file = data.join("moot-backup.zip");
        // Somebody is at every job just then.
        execute(&from, |_| format!("UPDATE jobs SET locked_until = {}", i64::MAX)).await;
        let made = back_up(&home(from.clone(), &data), &file, &Clock::system()).await.unwrap();
        assert!(made.rows() > 20 && made.files >= 4, "{made:?}");
        let again = back_up(&home(from, &data), &file, &Clock::system()).await.unwrap_err();
        assert!(matches!(again, BackupError::IsThere(_)));

        at_each_place(async |to| {
            let folder = tempfile::tempdir().unwrap();
            let there = home(to.clone(), folder.path());
            let back = restore(&there, &file, &Clock::system()).await.unwrap();
            assert_eq!(back, made);
            assert_eq!(std::fs::read(folder.path().join("server.key")).unwrap(), [7; 32]);
            let twice = restore(&there, &file, &Clock::system()).await.unwrap_err();
            assert!(matches!(twice, BackupError::InUse), "{twice}");
            let house = House::moved_into(folder, to).await;
            lives_on(&house, &lived).await;
        })
        .await;
    })
    .await;
}

async fn lives_on(house: &House, lived: &Lived) {
    let anna = Browser::of(house, ANNA).await;
    let page = anna.page(&format!("/groups/{}", lived.group)).await;
    for words in ["Umzug 搬迁", "<strong>open</strong>", "I come on Monday.", "plan.png"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let picture = anna.get(&format!("/files/{}", lived.file)).await.bytes().await.unwrap();
    assert_eq!(picture.len(), lived.picture.len());
    eventually(async || anna.page("/search?q=危险品").await.contains("as well").then_some(())).await;
    let who = house.person(ANNA).await;
    let new = NewMessage { markdown: "Life goes on".to_owned(), ..NewMessage::default() };
    house.actions.post_message(&who, lived.group, new).await.unwrap();
    // What was said before the backup may have waited in it to be sent.
    eventually(async || {
        let told = house.mails_of(WANG, 1).await;
        told.iter().any(|mail| mail.text.new_text.contains("Life goes on")).then_some(())
    })
    .await;
    house.quiet().await;
}
