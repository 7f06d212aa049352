//! The list of groups beside every page: the same line on a fresh page and live.

use reqwest::multipart::{Form, Part};

use crate::support::browser::{Browser, Live};
use crate::support::house::{ANNA, House, WANG};

/// The words of a group's line, without markup.
fn words(html: &str) -> String {
    let at = html.find("<span class=\"below\">").unwrap();
    let line = html[at..].split("<span class=\"count\"").next().unwrap();
    let text: String =
        line.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn shown(browser: &Browser, live: &mut Live) -> (String, String) {
    let row = live.next("row").await;
    (words(row["html"].as_str().unwrap()), words(&browser.page("/").await))
}

#[tokio::test]
async fn the_newest_message_stands_in_the_list_in_plain_words() {
    let house = House::start().await;
    let (_, group) = house.group("Plan", &[WANG]).await;
    let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
    let mut live = wang.live().await;
    live.all("").await;
    let group = group.to_string();
    anna.say(&group, "", "**Done:** [the offer](https://partner.example/very/long), `v2`\n- <b>").await;
    let both = shown(&wang, &mut live).await;
    assert_eq!(both.0, "Anna Berg: Done: the offer, v2 &#60;b&#62;");
    assert_eq!(both.0, both.1);
}

#[tokio::test]
async fn a_message_of_files_alone_is_named_by_its_files() {
    let house = House::start().await;
    let (_, group) = house.group("Plan", &[WANG]).await;
    let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
    let mut live = wang.live().await;
    live.all("").await;
    let send = async |names: &[&str], text: &str| {
        let mut form = Form::new().text("markdown", text.to_owned());
        for name in names {
            form = form.part("upload", Part::bytes(b"x".to_vec()).file_name((*name).to_owned()));
        }
        anna.request("POST", &format!("/groups/{group}/messages")).multipart(form).send().await.unwrap();
    };
    for (names, text, expected) in [
        (&["plan.pdf"][..], "", "Anna Berg: plan.pdf"),
        (&["plan.pdf", "list.csv", "x.png"], "", "Anna Berg: plan.pdf and 2 more"),
        (&["plan.pdf"], "Look", "Anna Berg: Look with files"),
    ] {
        send(names, text).await;
        assert_eq!(shown(&wang, &mut live).await, (expected.to_owned(), expected.to_owned()));
    }
}
