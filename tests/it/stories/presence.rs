//! Who is here: many pages are one person, a note ends by itself, and an abandoned desk swallows no mails.

use std::time::Duration;

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::person::Viewer;
use mailmoot::hub::{GRACE, PAUSE};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::browser::{Browser, Live};
use crate::support::house::{ANNA, DAVID, House, LI, NOW, WANG, Wanted, eventually, on_both};

const HOLD: Duration = Duration::from_secs(120);
const IDLE: Duration = Duration::from_secs(600);

fn standing() -> Wanted {
    Wanted { hold: HOLD, ..Wanted::standing() }
}

/// A page of a person's that shows a group, and knows who is here.
async fn page(browser: &Browser, group: GroupId) -> Live {
    let mut live = browser.live().await;
    live.watch(&group.to_string(), 1_000).await;
    live.next("presence").await;
    live
}

async fn looks(page: &mut Live, looks: bool) {
    page.say(json!({ "type": "here", "looks": looks })).await;
    page.all("").await;
}

/// What a page is told of one person, next; others are passed over.
async fn told_of(page: &mut Live, name: &str) -> Value {
    loop {
        let frame = page.next("presence").await;
        let people = frame["people"].as_array().unwrap();
        if let Some(found) = people.iter().find(|one| one["name"] == name) {
            return found.clone();
        }
    }
}

async fn state_of(page: &mut Live, name: &str) -> String {
    told_of(page, name).await["state"].as_str().unwrap().to_owned()
}

async fn post(house: &House, who: &Viewer, group: GroupId, words: &str) -> i64 {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap().seq
}

#[tokio::test]
async fn an_abandoned_desk_swallows_no_mails() {
    on_both(standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(WANG).await;
        let wang = Browser::of(&house, WANG).await;
        let mut desk = page(&wang, group).await;
        looks(&mut desk, true).await;
        // He still counts as looking while he has already left for the train.
        post(&house, &anna, group, "the train is cancelled").await;
        house.later(HOLD);
        house.mails_of(DAVID, 2).await;
        house.quiet().await;
        assert_eq!(house.count_mails_of(WANG).await, 1, "a member looking at the page gets no mail");
        looks(&mut desk, false).await;
        house.later(IDLE);
        let mail = house.mails_of(WANG, 2).await.remove(0);
        assert!(mail.text.new_text.contains("the train is cancelled"));
        // From now on as if the page were closed.
        post(&house, &anna, group, "a bus goes at six").await;
        house.later(HOLD);
        let mail = house.mails_of(WANG, 3).await.remove(0);
        assert!(mail.text.new_text.contains("a bus goes at six"), "without waiting for another ten minutes");
        // Back at the desk he reads, and no mail is needed.
        looks(&mut desk, true).await;
        let seq = post(&house, &anna, group, "or a taxi").await;
        desk.say(json!({ "type": "read", "group": group, "seq": seq })).await;
        desk.all("").await;
        house.later(HOLD);
        house.mails_of(DAVID, 4).await;
        house.quiet().await;
        house.later(IDLE);
        house.quiet().await;
        assert_eq!(house.count_mails_of(WANG).await, 3);
    })
    .await;
}

#[tokio::test]
async fn who_closes_the_page_unread_gets_the_mail_without_a_further_message() {
    let house = House::with(standing()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    house.mail_of(WANG).await;
    let wang = Browser::of(&house, WANG).await;
    let desk = page(&wang, group).await;
    post(&house, &anna, group, "in the last moment").await;
    house.later(HOLD);
    house.mails_of(DAVID, 2).await;
    house.quiet().await;
    drop(desk);
    eventually(async || (!house.actions.hub.has_page(house.person(WANG).await.person_id)).then_some(()))
        .await;
    house.later(IDLE);
    assert!(house.mails_of(WANG, 2).await.remove(0).text.new_text.contains("in the last moment"));
}

#[tokio::test]
async fn an_invitation_finds_who_left_their_page_open() {
    let house = House::with(standing()).await;
    let wang = Browser::of(&house, WANG).await;
    let mut desk = wang.live().await;
    looks(&mut desk, false).await;
    house.group("Plan", &[WANG, DAVID]).await;
    house.mail_of(WANG).await;
}

#[tokio::test]
async fn tabs_and_devices_are_one_person_and_the_most_present_one_wins() {
    let house = House::with(standing()).await;
    let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
    let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
    let mut annas = page(&anna, group).await;
    let mut desk = page(&wang, group).await;
    assert_eq!(state_of(&mut annas, "王小明").await, "online");
    let mut phone = wang.live().await;
    looks(&mut desk, false).await;
    looks(&mut phone, false).await;
    house.later(PAUSE);
    assert_eq!(state_of(&mut annas, "王小明").await, "away");
    looks(&mut phone, true).await;
    house.later(PAUSE);
    assert_eq!(state_of(&mut annas, "王小明").await, "online", "the phone, which shows no group");
    // The desk's page is closed and the phone's loaded anew: nobody is told. The next that is told is of David.
    drop((desk, phone));
    let mut phone = wang.live().await;
    looks(&mut phone, true).await;
    house.later(PAUSE);
    let david = Browser::of(&house, DAVID).await;
    let davids = page(&david, group).await;
    let frame = annas.next("presence").await;
    assert_eq!(frame["people"].as_array().unwrap().len(), 1, "{frame}");
    assert_eq!(frame["people"][0]["name"], "David Okafor");
    // Whoever opens the group's page now gets everybody at once.
    let mut second = anna.live().await;
    second.watch(&group.to_string(), 1_000).await;
    let whole = second.next("presence").await;
    let mut names: Vec<_> =
        whole["people"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    names.sort_by_key(Value::to_string);
    assert_eq!(
        (&whole["whole"], names),
        (&json!(true), vec![json!("Anna Berg"), json!("David Okafor"), json!("王小明")])
    );
    drop((phone, davids));
    house.later(GRACE);
    // The gap begins when it is seen; by then it is over.
    eventually(async || {
        house.later(GRACE);
        (!house.actions.hub.has_waiting_presences()).then_some(())
    })
    .await;
    assert_eq!(state_of(&mut annas, "王小明").await, "offline");
}

#[tokio::test]
async fn a_note_is_seen_by_the_others_and_ends_by_itself() {
    on_both(standing, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        let (mut annas, mut wangs) = (page(&anna, group).await, page(&wang, group).await);
        assert_eq!(state_of(&mut annas, "王小明").await, "online");
        looks(&mut wangs, true).await;
        house.later(PAUSE);
        // By the form, as a page without script sends it.
        let form = [("choice", "away"), ("note", " at the\tdentist "), ("lasts", "60"), ("back", "/threads")];
        let answer = wang.post("/status", &form).await;
        assert_eq!(
            (answer.status(), &answer.headers()["location"]),
            (StatusCode::SEE_OTHER, &"/threads".parse().unwrap())
        );
        let until = (house.actions.clock.now() + Duration::from_secs(3600)).millis();
        let told = told_of(&mut annas, "王小明").await;
        assert_eq!(
            (&told["state"], &told["note"], &told["until"]),
            (&json!("away"), &json!("at the dentist"), &json!(until))
        );
        let own = wangs.next("own_presence").await;
        assert_eq!((&own["choice"], &own["note"]), (&json!("away"), &json!("at the dentist")), "{own}");
        // On pages that are opened now, the reader's own menu and the list of members.
        assert!(wang.page("/").await.contains("value=\"at the dentist\""));
        let members = anna.page(&format!("/groups/{group}/members")).await;
        assert!(
            members.contains("<bdi>at the dentist</bdi>") && members.contains("data-state=\"away\""),
            "{members}"
        );
        house.later(Duration::from_secs(3600));
        let told = told_of(&mut annas, "王小明").await;
        assert_eq!((&told["state"], told.get("note")), (&json!("online"), None), "{told}");
        assert!(!anna.page(&format!("/groups/{group}/members")).await.contains("at the dentist"));
        assert!(NOW < house.actions.clock.now());
    })
    .await;
}

#[tokio::test]
async fn a_status_that_was_changed_does_not_end_with_the_old_one() {
    on_both(standing, async |house| {
        let wang = Browser::of(&house, WANG).await;
        let viewer = house.person(WANG).await;
        let set = async |lasts: &str, note: &str| {
            wang.post_json("/status", &[("choice", "busy"), ("note", note), ("lasts", lasts)]).await
        };
        assert_eq!(set("30", "on the phone").await.0, StatusCode::OK);
        assert_eq!(set("120", "in a meeting").await.0, StatusCode::OK);
        house.later(Duration::from_secs(30 * 60));
        house.quiet().await;
        assert_eq!(house.actions.own_status(&viewer).await.unwrap().note, "in a meeting");
        house.later(Duration::from_secs(90 * 60));
        house.quiet().await;
        assert!(house.actions.own_status(&viewer).await.unwrap().is_empty());
        // What can't be is told in words, and nothing is changed.
        let (status, answer) = set("", &"很".repeat(81)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer["problem"].as_str().unwrap().contains("80"), "{answer}");
        let past = [("choice", "away"), ("lasts", "until"), ("until", "5")];
        let (status, answer) = wang.post_json("/status", &past).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer["problem"].as_str().unwrap().contains("seven days"), "{answer}");
        assert!(house.actions.own_status(&viewer).await.unwrap().is_empty());
        // Busy without an end, until it is taken back. A NUL is nothing that PostgreSQL keeps.
        assert_eq!(set("", "a\0b").await.0, StatusCode::OK);
        assert_eq!(house.actions.own_status(&viewer).await.unwrap().note, "a b");
        assert_eq!(wang.post_json("/status", &[("choice", "online")]).await.0, StatusCode::OK);
        assert!(house.actions.own_status(&viewer).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn only_members_of_common_groups_see_who_is_here() {
    let house = House::with(standing()).await;
    let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
    let (_, other) = house.group("Lunch", &[LI]).await;
    let (anna, li, wang) =
        (Browser::of(&house, ANNA).await, Browser::of(&house, LI).await, Browser::of(&house, WANG).await);
    let (mut annas, mut lis) = (page(&anna, group).await, page(&li, other).await);
    // Li asks for the group he is no member of, and speaks into it.
    let mut outside = li.live().await;
    outside.watch(&group.to_string(), 0).await;
    outside.say(json!({ "type": "writing", "group": group, "writes": true })).await;
    assert!(outside.all("presence").await.is_empty());
    let mut wangs = page(&wang, group).await;
    assert_eq!(state_of(&mut annas, "王小明").await, "online");
    wangs.say(json!({ "type": "writing", "group": group, "writes": true })).await;
    wangs.all("").await;
    assert!(outside.all("presence").await.is_empty());
    assert!(outside.all("writing").await.is_empty());
    assert_eq!(annas.next("writing").await["name"], "王小明", "of him, not of Li");
    let seen: Vec<Value> = lis.all("presence").await;
    assert!(seen.iter().all(|frame| frame["group"] == json!(other)), "{seen:?}");
    assert!(!seen.iter().any(|frame| frame.to_string().contains("王小明")), "{seen:?}");
}

#[tokio::test]
async fn the_others_see_who_is_writing_and_a_flood_of_it_is_held_back() {
    let house = House::with(standing()).await;
    let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
    let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
    let (mut annas, mut wangs) = (page(&anna, group).await, page(&wang, group).await);
    for writes in [true, false] {
        wangs.say(json!({ "type": "writing", "group": group, "writes": writes })).await;
        let told = annas.next("writing").await;
        assert_eq!((&told["name"], &told["writes"]), (&json!("王小明"), &json!(writes)));
    }
    // Somebody's broken script says it a thousand times.
    for _ in 0..1000 {
        wangs.say(json!({ "type": "writing", "group": group, "writes": true })).await;
    }
    wangs.all("").await;
    let heard = annas.all("writing").await.len();
    assert!((1..=20).contains(&heard), "{heard} of a thousand");
}
