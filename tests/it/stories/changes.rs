//! Messages that change after they were posted: every open page hears of it once, in order, and misses nothing.

use std::path::Path;
use std::time::Duration;

use mailmoot::actions::edits::Edit;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::{ActionError, Conflict, Problem};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::message::{Body, Message, MessagePlace};
use mailmoot::domain::person::Viewer;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::support::browser::{Browser, Live};
use crate::support::house::{ANNA, DAVID, House, WANG, Wanted, mail, on_both};

async fn edit(
    house: &House,
    who: &Viewer,
    place: (GroupId, i64),
    edits: i64,
    words: &str,
) -> Result<Message, ActionError> {
    let place = MessagePlace { group: place.0, seq: place.1 };
    house.actions.edit_message(who, place, Edit { edits, markdown: words.to_owned() }).await
}

async fn watch(page: &mut Live, group: GroupId, after: Option<i64>, changed: i64) {
    page.say(json!({ "type": "watch", "group": group, "after": after, "changed": changed })).await;
}

fn changes(frames: &[Value]) -> Vec<(i64, i64)> {
    let numbers = |frame: &Value| (frame["change"].as_i64().unwrap(), frame["seq"].as_i64().unwrap());
    frames.iter().map(numbers).collect()
}

#[tokio::test]
async fn an_edit_is_on_every_open_page_also_on_one_of_old_messages() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = Browser::of(&house, WANG).await;
        let (mut page, mut old) = (wang.live().await, wang.live().await);
        watch(&mut page, group, Some(1), 0).await;
        watch(&mut old, group, None, 0).await;
        assert!(page.all("changed").await.is_empty() && old.all("changed").await.is_empty());
        edit(&house, &anna, (group, 1), 0, "Welcome, **all**.").await.unwrap();
        let seen = page.next("changed").await;
        assert_eq!((&seen["seq"], &seen["change"]), (&json!(1), &json!(1)));
        assert!(seen["html"].as_str().unwrap().contains("<strong>all</strong>"), "{seen}");
        assert!(seen["row"].as_str().unwrap().contains("Welcome, all."), "it is the newest: {seen}");
        assert_eq!(old.next("changed").await, seen);
        // New messages are nothing for a page of old ones.
        Browser::of(&house, ANNA).await.say(&group.to_string(), "", "New").await;
        page.next("message").await;
        assert!(old.all("message").await.is_empty());
        // The newest is another one now; the line in the list stays.
        edit(&house, &anna, (group, 1), 1, "Welcome again.").await.unwrap();
        assert_eq!(page.next("changed").await["row"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_comes_back_gets_each_message_once_as_it_is_now() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (annas, wangs) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        for number in 2..=130 {
            annas.say(&group.to_string(), "", &number.to_string()).await;
        }
        for seq in (2..=130).rev() {
            edit(&house, &anna, (group, seq), 0, &format!("{seq} anew")).await.unwrap();
        }
        edit(&house, &anna, (group, 50), 1, "50 twice").await.unwrap();
        let mut page = wangs.live().await;
        // More than one portion; the message that was changed again comes in its last place only.
        watch(&mut page, group, Some(130), 9).await;
        let frames = page.all("changed").await;
        let mut expected: Vec<(i64, i64)> = (10..=129).map(|change| (change, 131 - change)).collect();
        expected.retain(|(_, seq)| *seq != 50);
        expected.push((130, 50));
        assert_eq!(changes(&frames), expected);
        assert!(frames.last().unwrap()["html"].as_str().unwrap().contains("50 twice"));
        assert!(page.all("message").await.is_empty());
        // What comes now comes once.
        edit(&house, &anna, (group, 2), 1, "2 twice").await.unwrap();
        assert_eq!(changes(&page.all("changed").await), [(131, 2)]);
        watch(&mut page, group, Some(130), 131).await;
        assert!(page.all("changed").await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_made_side_by_side_come_in_the_order_of_their_numbers() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (annas, wangs) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        for number in 2..=20 {
            annas.say(&group.to_string(), "", &number.to_string()).await;
        }
        let mut page = wangs.live().await;
        watch(&mut page, group, Some(20), 0).await;
        page.all("changed").await;
        let edits = (1..=20).map(|seq| edit(&house, &anna, (group, seq), 0, "anew"));
        for done in futures_util::future::join_all(edits).await {
            done.unwrap();
        }
        let mut seen = Vec::new();
        while seen.len() < 20 {
            seen.push(page.next("changed").await);
        }
        let numbers: Vec<i64> = changes(&seen).iter().map(|(change, _)| *change).collect();
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>());
        assert!(page.all("changed").await.is_empty(), "nothing double");
    })
    .await;
}

#[tokio::test]
async fn a_list_of_groups_shows_the_newest_message_as_it_is_now() {
    on_both(Wanted::standing, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        house.later(Duration::from_secs(60));
        house.group("Lunch", &[WANG, DAVID]).await;
        let wang = Browser::of(&house, WANG).await;
        let mut elsewhere = wang.live().await;
        elsewhere.all("").await;
        house.later(Duration::from_secs(60));
        edit(&house, &anna, (plan, 1), 0, "Another plan").await.unwrap();
        let row = elsewhere.next("row").await;
        assert!(row["html"].as_str().unwrap().contains("Another plan"), "{row}");
        // A list that missed it says what it shows: nothing newer than "Lunch".
        let newest = house.actions.list_groups(&anna).await.unwrap()[0].last_at.millis();
        let mut back = wang.live().await;
        back.say(json!({ "type": "list", "at": newest })).await;
        let rows = back.all("row").await;
        assert!(rows.iter().any(|row| row["html"].as_str().unwrap().contains("Another plan")), "{rows:?}");
    })
    .await;
}

#[tokio::test]
async fn only_the_author_edits_and_only_for_a_while() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let invited = house.mail_of(DAVID).await;
        let reply = [("From", DAVID), ("To", invited.reply_to[0].address.as_str()), ("Subject", "Re: Plan")];
        house.deliver(mail(&reply, "*At noon*")).await;
        house.messages(&anna, group, 2).await;
        assert!(matches!(edit(&house, &wang, (group, 1), 0, "x").await, Err(ActionError::Forbidden)));
        assert!(matches!(edit(&house, &anna, (group, 3), 0, "x").await, Err(ActionError::NotFound)));
        let changed = edit(&house, &anna, (group, 1), 0, "Welcome all").await.unwrap();
        assert_eq!((changed.trace.edits, changed.trace.changed), (1, 1));
        // Nothing new is no change.
        assert_eq!(edit(&house, &anna, (group, 1), 1, "Welcome all").await.unwrap(), changed);
        // Typed in a window that does not know of the first edit.
        let stale = edit(&house, &anna, (group, 1), 0, "Welcome everybody").await;
        assert!(matches!(stale, Err(ActionError::Conflict(Conflict::EditedElsewhere))), "{stale:?}");
        let empty = edit(&house, &anna, (group, 1), 1, " \n").await;
        assert!(matches!(empty, Err(ActionError::Invalid { problem: Problem::Empty, .. })), "{empty:?}");
        // What came by mail is its author's as well, and its signs go on meaning themselves.
        let david = house.person(DAVID).await;
        let changed = edit(&house, &david, (group, 2), 0, "*At one*").await.unwrap();
        assert_eq!(changed.body.html.as_str(), "<p>*At one*</p>");
        house.later(Duration::from_secs(24 * 3600 + 1));
        let late = edit(&house, &anna, (group, 1), 1, "x").await;
        assert!(matches!(late, Err(ActionError::Invalid { problem: Problem::TooLate, .. })), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn of_a_removed_message_nothing_is_left_but_its_place() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let mut upload = house.actions.begin_upload(&wang, group).await.unwrap();
        upload.write(b"a secret list").await.unwrap();
        let file = house.actions.finish_upload(&wang, group, upload, "list.txt").await.unwrap().id;
        let new = NewMessage { markdown: "A secret".to_owned(), files: vec![file], ..NewMessage::default() };
        let first = house.actions.post_message(&wang, group, new).await.unwrap();
        edit(&house, &wang, (group, 2), 0, "Another secret").await.unwrap();
        let new = NewMessage { markdown: "Oh!".to_owned(), answers: Some(first.id), ..NewMessage::default() };
        house.actions.post_message(&anna, group, new).await.unwrap();
        let place = MessagePlace { group, seq: 2 };
        let david = house.person(DAVID).await;
        assert!(matches!(house.actions.remove_message(&david, place).await, Err(ActionError::Forbidden)));
        let mut page = Browser::of(&house, ANNA).await.live().await;
        watch(&mut page, group, Some(3), 1).await;
        page.all("changed").await;
        house.actions.remove_message(&wang, place).await.unwrap();
        let told = page.next("changed").await;
        assert!(told["html"].as_str().unwrap().contains("王小明"), "{told}");
        // The line above its answer says so as well.
        assert!(told["answered"].as_str().unwrap().contains("Message removed"), "{told}");
        let page = house.actions.get_message(&anna, place).await.unwrap();
        let removed = page.message.trace.removed.clone().unwrap();
        assert_eq!((removed.by, removed.name.as_str()), (wang.person_id, "王小明"));
        assert_eq!((page.message.body, page.message.files, page.versions), (Body::default(), vec![], vec![]));
        assert!(matches!(house.actions.open_file(&david, file).await, Err(ActionError::NotFound)));
        let messages = house.actions.list_messages_before(&anna, group, None, 10).await.unwrap();
        assert!(messages[2].answers.as_ref().unwrap().line.as_ref().unwrap().removed);
        // It is over: neither edited nor removed again.
        let again = house.actions.remove_message(&anna, place).await;
        assert!(matches!(again, Err(ActionError::Conflict(Conflict::MessageRemoved))), "{again:?}");
        let late = edit(&house, &wang, (group, 2), 1, "x").await;
        assert!(matches!(late, Err(ActionError::Conflict(Conflict::MessageRemoved))), "{late:?}");
        // Later only who owns the group may remove.
        house.later(Duration::from_secs(24 * 3600 + 1));
        let third = MessagePlace { group, seq: 3 };
        assert!(house.actions.remove_message(&david, third).await.is_err());
        house.actions.remove_message(&anna, third).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_was_changed_before_the_hold_is_mailed_as_it_is_then() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(DAVID).await;
        let browser = Browser::of(&house, ANNA).await;
        for words in ["The first price", "Wrong room, sorry", "A third"] {
            browser.say(&group.to_string(), "", words).await;
        }
        edit(&house, &anna, (group, 2), 0, "The second price").await.unwrap();
        house.actions.remove_message(&anna, MessagePlace { group, seq: 3 }).await.unwrap();
        house.later(Duration::from_secs(3600));
        let mail = house.mails_of(DAVID, 2).await.remove(0);
        let text = format!("{}{}{}", mail.text.new_text, mail.text.quotation, mail.text.signature);
        assert!(text.contains("The second price") && text.contains("A third"), "{text}");
        assert!(!text.contains("first price") && !text.contains("Wrong room"), "{text}");
    })
    .await;
}

/// All that stands in any column of any table, as text.
async fn everything_in(database: &Path) -> String {
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", database.display())).await.unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut everything = String::new();
    for (table, column) in columns {
        let text = format!(
            "SELECT coalesce(group_concat(\"{column}\", ' '), '') FROM \"{table}\" WHERE typeof(\"{column}\") = 'text'"
        );
        let all: String = sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(&mut connection).await.unwrap();
        everything.push_str(&all);
    }
    everything
}

#[tokio::test]
async fn what_a_removed_message_said_stands_in_no_table() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let browser = Browser::of(&house, ANNA).await;
    browser.say(&group.to_string(), "", "The first secret").await;
    edit(&house, &anna, (group, 2), 0, "The second secret").await.unwrap();
    assert_eq!(everything_in(&house.database()).await.matches("secret").count(), 4, "text and HTML, twice");
    house.actions.remove_message(&anna, MessagePlace { group, seq: 2 }).await.unwrap();
    assert!(!everything_in(&house.database()).await.contains("secret"));
}
