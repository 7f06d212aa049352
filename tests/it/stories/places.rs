//! Wang comes back from a holiday: the discussion opens where he stopped reading, and he goes to a day, to a message
//! somebody sent him the link of, and from there up and down.

use std::time::Duration;

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::person::Viewer;

use crate::support::browser::Browser;
use crate::support::house::{House, LI, WANG, Wanted, on_both};

/// Messages 2 to 120, ten a day from 2026-11-20 on, an hour after each other; the opening is number 1.
async fn fill(house: &House, anna: &Viewer, group: GroupId) {
    for number in 2..=120 {
        let markdown = format!("Message {number}");
        let new = NewMessage { markdown, ..NewMessage::default() };
        house.actions.post_message(anna, group, new).await.unwrap();
        house.later(Duration::from_secs(if number % 10 == 0 { 15 * 3600 } else { 3600 }));
    }
}

/// The numbers of the messages in a page or a part of one.
fn numbers(html: &str) -> Vec<i64> {
    html.split("id=\"m-").skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
}

fn range(first: i64, last: i64) -> Vec<i64> {
    (first..=last).collect()
}

/// What the script gets: numbers, whether there are older and newer ones, and which one was asked for.
async fn part(browser: &Browser, path: &str) -> (Vec<i64>, bool, bool, Option<i64>) {
    let answer = browser.request("GET", path).header("accept", "application/json").send().await.unwrap();
    let json: serde_json::Value = answer.json().await.unwrap();
    let shown = numbers(json["html"].as_str().unwrap());
    let (older, newer) = (json["older"].as_i64(), json["newer"].as_i64());
    assert!(
        older.is_none_or(|seq| Some(&seq) == shown.first())
            && newer.is_none_or(|seq| Some(&seq) == shown.last())
    );
    (shown, older.is_some(), newer.is_some(), json["at"].as_i64())
}

#[tokio::test]
async fn a_discussion_opens_at_a_message_a_day_or_where_the_unread_begin() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        fill(&house, &anna, group).await;
        let wang = Browser::of(&house, WANG).await;
        let page = async |query: &str| wang.page(&format!("/groups/{group}{query}")).await;
        let marked = |page: &str| page.contains("data-zone=\"talk\" data-at=");

        // He has read nothing yet: what is new comes first.
        assert_eq!(numbers(&page("").await), range(71, 120));
        let viewer = house.person(WANG).await;
        house.actions.mark_read(&viewer, group, 30).await.unwrap();
        let opened = page("").await;
        assert_eq!(numbers(&opened), range(6, 55));
        assert!(
            !marked(&opened) && opened.contains("data-read=\"30\"") && opened.contains("data-newest=\"120\"")
        );
        house.actions.mark_read(&viewer, group, 80).await.unwrap();
        assert_eq!(numbers(&page("").await), range(71, 120), "all unread ones are on the newest page");

        let linked = page("?at=60").await;
        assert_eq!(numbers(&linked), range(35, 84));
        assert!(linked.contains("data-zone=\"talk\" data-at=\"60\""));
        for (query, first, last, shown) in [
            ("?at=3", 1, 50, true),
            ("?at=119", 71, 120, true),
            ("?at=0", 1, 50, false),
            ("?at=-9223372036854775808", 1, 50, false),
            ("?at=9223372036854775807", 71, 120, false),
            ("?before=35", 1, 34, false),
            ("?after=84", 85, 120, false),
            ("?on=2026-11-25", 26, 75, true),
            ("?on=1999-01-01", 1, 50, true),
            ("?on=2030-01-01", 71, 120, true),
            ("?on=&offset=60", 71, 120, false),
            ("?on=never", 71, 120, false),
        ] {
            let page = page(query).await;
            assert_eq!((numbers(&page), marked(&page)), (range(first, last), shown), "{query}");
        }
        // The standing clock began at 10 o'clock UTC: 41 to 50 are of the 24th there, and the last three, from 16 o'clock
        // on, of the 25th in Shanghai.
        let at = async |query: &str| part(&wang, &format!("/groups/{group}/messages?{query}")).await.3;
        assert_eq!(at("on=2026-11-25").await, Some(51));
        assert_eq!(at("on=2026-11-25&offset=480").await, Some(48));
        assert_eq!(at("on=2026-11-25&offset=99999999999").await, Some(51));
    })
    .await;
}

#[tokio::test]
async fn from_any_place_the_script_reads_on_in_both_directions() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        fill(&house, &anna, group).await;
        let wang = Browser::of(&house, WANG).await;
        for (query, expected) in [
            ("", (range(71, 120), true, false, None)),
            ("?at=60", (range(35, 84), true, true, Some(60))),
            ("?before=35", (range(1, 34), false, true, None)),
            ("?after=84", (range(85, 120), true, false, None)),
            ("?after=120", (Vec::new(), false, false, None)),
            ("?before=1", (Vec::new(), false, false, None)),
        ] {
            assert_eq!(part(&wang, &format!("/groups/{group}/messages{query}")).await, expected, "{query}");
        }
        // Whoever is no member finds nothing at any place.
        let li = Browser::of(&house, LI).await;
        for query in ["?at=60", "?on=2026-11-25", "?after=1"] {
            for path in [format!("/groups/{group}{query}"), format!("/groups/{group}/messages{query}")] {
                assert_eq!(li.get(&path).await.status().as_u16(), 404, "{path}");
            }
        }
    })
    .await;
}
