//! The live socket: fast, exact, and for those it is for.

use std::time::{Duration, Instant};

use mailmoot::actions::messages::NewMessage;
use mailmoot::clock::Clock;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::browser::{Browser, median};
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, on_both};

/// No poll is so quick, and no busy machine so slow. How quick it really is, the load program measures.
const SOON: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_on_two_other_pages_at_once() {
    let house = House::with(Wanted::long_hold()).await;
    let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
    let group = group.to_string();
    let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
    let (mut one, mut two) = (wang.live().await, anna.live().await);
    one.watch(&group, 1).await;
    two.watch(&group, 1).await;
    one.all("message").await;
    two.all("message").await;
    let mut times = Vec::new();
    for number in 0..11 {
        let client_id = Clock::system().new_id::<()>().to_string();
        let begin = Instant::now();
        let (status, answer) = anna.say(&group, &client_id, &format!("message **{number}**")).await;
        let (seen, own) = tokio::join!(one.next("message"), two.next("message"));
        times.push(begin.elapsed());
        assert_eq!((status, &answer["seq"]), (StatusCode::OK, &json!(number + 2)));
        assert_eq!((&seen["seq"], &own["client_id"]), (&answer["seq"], &json!(client_id)));
        let html = seen["html"].as_str().unwrap();
        assert!(html.contains(&format!("<strong>{number}</strong>")), "{html}");
    }
    let typical = median(times);
    assert!(typical < SOON, "{typical:?}");
}

#[tokio::test]
async fn a_page_that_comes_back_gets_exactly_what_it_lacks() {
    on_both(Wanted::long_hold, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        let group = group.to_string();
        let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        let mut page = wang.live().await;
        page.watch(&group, 0).await;
        assert_eq!(page.next("message").await["seq"], 1);
        drop(page);
        for number in 2..=140 {
            let (status, _) = anna.say(&group, "", &number.to_string()).await;
            assert_eq!(status, StatusCode::OK);
        }
        // More than one portion of repair, while new ones go on coming.
        let mut page = wang.live().await;
        page.watch(&group, 1).await;
        for number in 141..=150 {
            anna.say(&group, "", &number.to_string()).await;
        }
        let mut seen = Vec::new();
        while seen.last() != Some(&150) {
            seen.push(page.next("message").await["seq"].as_i64().unwrap());
        }
        assert_eq!(seen, (2..=150).collect::<Vec<i64>>());
        assert!(page.all("message").await.is_empty(), "nothing double");
    })
    .await;
}

#[tokio::test]
async fn a_page_that_shows_the_group_gets_its_line_with_the_message_and_others_get_it_alone() {
    let house = House::with(Wanted::long_hold()).await;
    let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
    let group = group.to_string();
    let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
    let (mut showing, mut elsewhere) = (anna.live().await, wang.live().await);
    showing.watch(&group, 1).await;
    showing.all("message").await;
    elsewhere.all("").await;
    anna.say(&group, "", "At *noon*?").await;
    let told = showing.next("message").await;
    let line = told["row"].as_str().unwrap();
    assert!(line.contains("data-seq=\"2\"") && line.contains("noon") && line.contains("Plan"), "{line}");
    assert!(!line.contains("data-read"), "the same line is for everybody: {line}");
    assert!(showing.all("row").await.is_empty(), "not twice");
    let alone = elsewhere.next("row").await;
    assert_eq!((&alone["group"], alone["html"].as_str()), (&json!(group), Some(line)));
    // A second page of hers that shows something else hears of it as well.
    let mut second = anna.live().await;
    second.all("").await;
    wang.say(&group, "", "At one.").await;
    assert!(second.next("row").await["html"].as_str().unwrap().contains("At one."));
    assert_eq!(showing.next("message").await["seq"], 3);
}

#[tokio::test]
async fn the_list_of_groups_gets_what_it_missed_and_how_far_all_was_read() {
    on_both(Wanted::long_hold, async |house| {
        let (_, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let (_, lunch) = house.group("Lunch", &[WANG, DAVID]).await;
        let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        let list = async |at: i64| {
            let mut page = wang.live().await;
            page.say(json!({ "type": "list", "at": at })).await;
            let rows: Vec<_> = page.all("row").await.into_iter().map(|row| row["group"].clone()).collect();
            page.say(json!({ "type": "list", "at": at })).await;
            (rows, page.next("read").await["read"].clone())
        };
        let (rows, read) = list(0).await;
        assert_eq!(rows, [json!(plan), json!(lunch)], "the newest last, as they came");
        assert_eq!(read, json!({ plan.to_string(): 0, lunch.to_string(): 0 }));
        let line = house.actions.list_groups(&house.person(WANG).await).await.unwrap();
        let newest = line.first().unwrap().last_at.millis();
        assert_eq!(list(newest + 1).await.0, [] as [serde_json::Value; 0]);
        anna.say(&plan.to_string(), "", "More").await;
        let mut page = wang.live().await;
        page.say(json!({ "type": "read", "group": plan, "seq": 2 })).await;
        assert_eq!(page.next("read").await["read"], json!({ plan.to_string(): 2 }));
        let (rows, read) = list(newest + 1).await;
        assert_eq!((rows, &read[plan.to_string()]), (vec![json!(plan)], &json!(2)));
    })
    .await;
}

#[tokio::test]
async fn the_same_client_id_twice_is_one_message() {
    on_both(Wanted::long_hold, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        let group = group.to_string();
        let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        let mut page = wang.live().await;
        page.watch(&group, 1).await;
        // PostgreSQL writes side by side: now and then both have looked before either has written.
        for _ in 0..10 {
            let client_id = Clock::system().new_id::<()>().to_string();
            let (first, second) =
                tokio::join!(anna.say(&group, &client_id, "once"), anna.say(&group, &client_id, "once"));
            assert_eq!((first.0, &first.1["seq"]), (StatusCode::OK, &second.1["seq"]));
            let third = anna.say(&group, &client_id, "once").await;
            assert_eq!(third.1["seq"], first.1["seq"]);
            assert_eq!(page.all("message").await.len(), 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_a_draft_is_on_the_second_open_copy_at_once() {
    let house = House::start().await;
    let (_, draft) = house.draft("Plan", &[WANG, DAVID]).await;
    let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
    let (mine, theirs) =
        (Clock::system().new_id::<()>().to_string(), Clock::system().new_id::<()>().to_string());
    let mut copy = wang.live().await;
    copy.say(json!({ "type": "watch_draft", "draft": draft, "version": 0, "page": theirs })).await;
    copy.all("draft_changed").await;
    let path = |what: &str| format!("/drafts/{draft}/{what}");
    let (status, _) = anna.post_json(&path("lease"), &[("page", &mine)]).await;
    assert_eq!(status, StatusCode::OK);
    let told = copy.next("draft_changed").await;
    assert!(told["parts"]["lease"].as_str().unwrap().contains("Anna Berg"), "{told}");
    let mut times = Vec::new();
    for number in 0..7 {
        let begin = Instant::now();
        let topic = format!("Plan {number}");
        let (status, _) = anna.post_json(&path("topic"), &[("page", &mine), ("topic", &topic)]).await;
        let told = copy.next("draft_changed").await;
        times.push(begin.elapsed());
        assert_eq!(status, StatusCode::OK);
        assert!(told["parts"]["topic"].as_str().unwrap().contains(&topic), "{told}");
    }
    let typical = median(times);
    assert!(typical < SOON, "{typical:?}");
    // A stale form: Wang's copy has no lease. What was typed comes back with the reason.
    let (status, answer) = wang.post_json(&path("topic"), &[("page", &theirs), ("topic", "Mine")]).await;
    assert_eq!((status, &answer["lost"]), (StatusCode::CONFLICT, &json!(true)));
    assert!(answer["problem"].as_str().unwrap().contains("Anna Berg"));
    let page = wang.post(&path("topic"), &[("page", &theirs), ("topic", "Typed in vain")]).await;
    assert!(page.text().await.unwrap().contains("Typed in vain"));
}

#[tokio::test]
async fn a_new_group_appears_on_every_members_open_page() {
    let house = House::start().await;
    let (anna, draft) = house.draft("Plan", &[WANG, DAVID]).await;
    let (wang, li) = (Browser::of(&house, WANG).await, Browser::of(&house, LI).await);
    let (mut page, mut outside) = (wang.live().await, li.live().await);
    page.all("").await;
    outside.all("").await;
    let group = house.actions.confirm_draft(house.editor(&anna), draft).await.unwrap();
    let told = page.next("group_added").await;
    assert_eq!((&told["group"], told["members"].as_array().unwrap().len()), (&json!(group), 3));
    assert!(told["html"].as_str().unwrap().contains("Plan"));
    assert!(outside.all("group_added").await.is_empty());
    // Wang has it on the screen, so there is no mail; David gets his.
    house.mail_of(DAVID).await;
    assert_eq!(house.count_mails_of(WANG).await, 0);
}

#[tokio::test]
async fn outsiders_and_foreign_pages_hear_nothing() {
    let house = House::start().await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let (li, wang) = (Browser::of(&house, LI).await, Browser::of(&house, WANG).await);
    assert!(Browser::new(&house).live_from(&house.url("")).await.is_err(), "nobody is signed in");
    assert!(wang.live_from("https://evil.example").await.is_err(), "another site's page");
    let over_tls = house.url("").replace("http:", "https:");
    assert!(wang.live_from(&over_tls).await.is_err(), "another scheme is another site (RFC 6454 5)");
    let mut outside = li.live().await;
    outside.watch(&group.to_string(), 0).await;
    let new = NewMessage { markdown: "secret".to_owned(), ..NewMessage::default() };
    house.actions.post_message(&anna, group, new).await.unwrap();
    assert!(outside.all("message").await.is_empty());
    // Signed out elsewhere: nothing more is shown here.
    let viewer = house.person(LI).await;
    let others = house.actions.list_sessions(&viewer).await.unwrap();
    for session in others.iter().filter(|s| s.id != viewer.session_id) {
        house.actions.end_session(&viewer, session.id).await.unwrap();
    }
    outside.next("signed_out").await;
    assert_eq!(li.get("/threads").await.status(), StatusCode::SEE_OTHER);
}
