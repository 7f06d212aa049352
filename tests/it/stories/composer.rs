//! Anna writes: half of it here, half of it on another device, looks how it will look, and writes too much.

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::message::MessagePlace;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::house::{ANNA, WANG, Wanted, on_both};

async fn kept(browser: &Browser, path: &str) -> (String, i64) {
    let answer = browser.request("GET", path).header("accept", "application/json").send().await.unwrap();
    let json: Value = answer.json().await.unwrap();
    (json["markdown"].as_str().unwrap().to_owned(), json["at"].as_i64().unwrap())
}

/// Keeps a text; when it was kept, and what another device had written.
async fn keep(browser: &Browser, path: &str, text: &str, seen: i64) -> (i64, Option<String>) {
    let (status, json) = browser.post_json(path, &[("markdown", text), ("seen", &seen.to_string())]).await;
    assert_eq!(status, 200, "{json}");
    (json["at"].as_i64().unwrap(), json["other"]["markdown"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn what_is_not_sent_yet_is_there_on_another_device_and_gone_when_it_is_sent() {
    on_both(Wanted::standing, async |house| {
        let (_, group) = house.group("Plan", &[WANG]).await;
        let (desk, phone) = (Browser::of(&house, ANNA).await, Browser::of(&house, ANNA).await);
        let wang = Browser::of(&house, WANG).await;
        let (page, path) = (format!("/groups/{group}"), format!("/groups/{group}/unsent"));
        let (first, other) = keep(&desk, &path, "Dear all\n<b>", 0).await;
        assert_eq!(other, None);
        let shown = phone.page(&page).await;
        assert!(
            shown.contains(&format!("data-unsent-at=\"{first}\""))
                && shown.contains("Dear all\n&#60;b&#62;</textarea>")
        );
        assert!(!wang.page(&page).await.contains("Dear all\n"), "nobody else sees it");
        let (second, other) = keep(&phone, &path, "Dear all, good morning", first).await;
        assert!(second > first && other.is_none(), "the clock stands, and still one is later");
        // The desk knows nothing of that: it gets the other text back, and its own is the newest.
        let (third, other) = keep(&desk, &path, "Dear all, hello", first).await;
        assert_eq!(other.as_deref(), Some("Dear all, good morning"));
        assert_eq!(kept(&phone, &path).await, ("Dear all, hello".to_owned(), third));
        // An empty field of a page that did not know takes nothing away; one that knows does.
        assert_eq!(keep(&phone, &path, "", second).await, (third, Some("Dear all, hello".to_owned())));
        assert_eq!(keep(&phone, &path, "", third).await, (0, None));
        assert_eq!(kept(&desk, &path).await, (String::new(), 0));
        keep(&desk, &path, "Dear all, hello", 0).await;
        assert_eq!(desk.say(&group.to_string(), "", "Dear all, hello").await.0, 200);
        assert_eq!(kept(&phone, &path).await, (String::new(), 0), "it was sent");
        assert_eq!(desk.post_json(&path, &[("markdown", &"字".repeat(200_001))]).await.0, 422);
    })
    .await;
}

#[tokio::test]
async fn the_other_device_knows_also_which_message_is_answered() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let (desk, phone) = (Browser::of(&house, ANNA).await, Browser::of(&house, ANNA).await);
        let (page, path) = (format!("/groups/{group}"), format!("/groups/{group}/unsent"));
        let opening = house.messages(&anna, group, 1).await.remove(0).id.to_string();
        let keep = async |browser: &Browser, words: &str, answers: &str| {
            let fields = [("markdown", words), ("answers", answers), ("seen", "0")];
            let (status, json) = browser.post_json(&path, &fields).await;
            assert_eq!(status, 200, "{json}");
            json
        };
        keep(&desk, "Good", &opening).await;
        let field = format!("name=\"answers\" value=\"{opening}\"");
        let shown = phone.page(&page).await;
        assert!(shown.contains(&field) && shown.contains(">Good</textarea>"), "{shown}");
        assert!(!shown.contains("data-answering hidden"), "its line stands above the field");
        // The desk's text comes back to a phone that did not know it, with its line.
        let told = keep(&phone, "Better", "").await;
        assert_eq!(
            (&told["other"]["markdown"], &told["other"]["answers"]["id"]),
            (&json!("Good"), &json!(opening))
        );
        assert!(told["other"]["answers"]["html"].as_str().unwrap().contains("Welcome."), "{told}");
        assert!(!desk.page(&page).await.contains(&field));
        // What is not there is answered by nobody, and the text is kept all the same.
        for wrong in [house.actions.clock.new_id::<()>().to_string().as_str(), "no id"] {
            keep(&desk, "Best", wrong).await;
            assert!(desk.page(&page).await.contains("name=\"answers\" value=\"\""));
        }
        // A message that was removed meanwhile is still the one that is answered.
        keep(&desk, "Best", &opening).await;
        house.actions.remove_message(&anna, MessagePlace { group, seq: 1 }).await.unwrap();
        let shown = phone.page(&page).await;
        assert!(shown.contains(&field) && shown.contains("<i>Message removed</i>"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn a_preview_is_what_the_message_will_look_like_and_posts_nothing() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let browser = Browser::of(&house, ANNA).await;
        let path = format!("/groups/{group}/preview");
        let text = "**Now** @王小明\n```rust\nlet a = 1 < 2;\n```";
        let (status, preview) = browser.post_json(&path, &[("markdown", text)]).await;
        assert_eq!(status, 200);
        let posted = browser.say(&group.to_string(), "", text).await.1;
        let html = preview["html"].as_str().unwrap();
        assert!(html.contains("class=\"mention\"") && html.contains("language-rust"), "{html}");
        assert!(posted["html"].as_str().unwrap().contains(html.trim_end()), "{posted}");
        assert_eq!(browser.post_json(&path, &[("markdown", "")]).await.1["html"], "");
        assert_eq!(browser.post_json(&path, &[("markdown", &"x".repeat(40_001))]).await.0, 422);
        assert_eq!(house.messages(&anna, group, 2).await.len(), 2, "the opening, and what was posted");
    })
    .await;
}

#[tokio::test]
async fn a_message_of_a_megabyte_is_refused_in_words_and_kept() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        let browser = Browser::of(&house, ANNA).await;
        let book = format!("A whole book: {} the end", "word ".repeat(200_000));
        let (status, told) = browser.say(&group.to_string(), "", &book).await;
        assert_eq!(status, 422);
        assert!(told["problem"].as_str().unwrap().contains("40000"), "{told}");
        // Without script the page comes back with all of it.
        let form = reqwest::multipart::Form::new().text("markdown", book.clone());
        let request = browser.request("POST", &format!("/groups/{group}/messages")).multipart(form);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 422);
        let page = answer.text().await.unwrap();
        assert!(page.contains(&book) && page.contains("40000"));
        assert_eq!(house.messages(&anna, group, 1).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_was_away_for_very_long_is_told_how_far_it_is_behind() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        for number in 2..=420 {
            let new = NewMessage { markdown: format!("Message {number}"), ..NewMessage::default() };
            house.actions.post_message(&anna, group, new).await.unwrap();
        }
        let browser = Browser::of(&house, WANG).await;
        let mut away = browser.live().await;
        away.watch(&group.to_string(), 1).await;
        for number in 2..=301 {
            assert_eq!(away.next("message").await["seq"], number);
        }
        assert_eq!(away.next("behind").await, json!({ "type": "behind", "group": group, "newest": 420 }));
        Browser::of(&house, ANNA).await.say(&group.to_string(), "", "New").await;
        assert_eq!(away.next("message").await["seq"], 421, "and hears what is new");
        // Three rounds that fill exactly leave nothing out.
        let mut shorter = browser.live().await;
        shorter.watch(&group.to_string(), 121).await;
        for number in 122..=421 {
            assert_eq!(shorter.next("message").await["seq"], number);
        }
        assert!(shorter.all("behind").await.is_empty());
    })
    .await;
}
