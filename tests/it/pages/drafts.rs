//! The draft page, over HTTP and the live socket.

use mailmoot::clock::Clock;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, WANG};

fn open_page() -> String {
    Clock::system().new_id::<()>().to_string()
}

#[tokio::test]
async fn whoever_is_a_member_already_is_named_and_pointed_at() {
    let house = House::start().await;
    let (_, draft) = house.draft("Plan", &[WANG, DAVID]).await;
    let (anna, page) = (Browser::of(&house, ANNA).await, open_page());
    let path = |what: &str| format!("/drafts/{draft}/{what}");
    anna.post_json(&path("lease"), &[("page", &page)]).await;
    let again = [("page", page.as_str()), ("who", DAVID)];
    let (status, answer) = anna.post_json(&path("members"), &again).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(answer["problem"], "David Okafor is already a member.");
    let row = format!("data-person=\"{}\"", answer["already"].as_str().unwrap());
    assert!(answer["parts"]["members"].as_str().unwrap().contains(&row));
    // Without script the page itself points.
    let html = anna.post(&path("members"), &again).await.text().await.unwrap();
    assert!(html.contains("David Okafor is already a member."));
    assert!(html.contains(&format!("<li class=\"person pointed-at\" {row}")), "{html}");
}

#[tokio::test]
async fn the_field_for_one_more_member_is_the_same_after_every_change() {
    let house = House::start().await;
    let (_, draft) = house.draft("Plan", &[WANG]).await;
    let (anna, page) = (Browser::of(&house, ANNA).await, open_page());
    let path = |what: &str| format!("/drafts/{draft}/{what}");
    let mut fields = Vec::new();
    for (what, name, value) in [("lease", "", ""), ("members", "who", DAVID), ("topic", "topic", "")] {
        let (status, answer) = anna.post_json(&path(what), &[("page", &page), (name, value)]).await;
        assert_eq!(status, StatusCode::OK);
        fields.push(answer["parts"]["adding"].as_str().unwrap().to_owned());
        assert_eq!(answer["parts"]["missing"].as_str().unwrap().is_empty(), what != "topic");
    }
    assert!(fields[0].contains("id=\"who\""));
    assert!(fields.iter().all(|field| *field == fields[0]), "a script would lose what is typed into it");
}

#[tokio::test]
async fn ones_own_other_window_is_told_apart_from_somebody_else() {
    let house = House::start().await;
    let (_, draft) = house.draft("Plan", &[WANG]).await;
    let anna = Browser::of(&house, ANNA).await;
    let (first, second) = (open_page(), open_page());
    let path = |what: &str| format!("/drafts/{draft}/{what}");
    anna.post_json(&path("lease"), &[("page", &first)]).await;
    let html = anna.page(&format!("/drafts/{draft}?page={second}")).await;
    assert!(html.contains("data-lease=\"elsewhere\"") && !html.contains("Anna Berg is editing"), "{html}");
    // One's own row, before any page of one's own has connected.
    let own = html.split("<li class=\"person").nth(1).unwrap();
    assert!(own.contains("In the browser"), "{own}");
    let (status, _) = anna.post_json(&path("lease/ask"), &[("page", &second)]).await;
    assert_eq!(status, StatusCode::OK);
    let (status, answer) = anna.post_json(&path("topic"), &[("page", &first), ("topic", "Typed")]).await;
    assert_eq!((status, &answer["lost"]), (StatusCode::CONFLICT, &json!(true)));
    assert!(answer["problem"].as_str().unwrap().contains("another window"), "{answer}");
}

#[tokio::test]
async fn the_list_of_drafts_changes_on_every_page_of_the_owner_only() {
    let house = House::start().await;
    let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
    let (mut page, mut other) = (anna.live().await, wang.live().await);
    page.all("").await;
    other.all("").await;
    let (viewer, draft) = house.draft("Plan <b>", &[WANG]).await;
    let told = page.next("draft_row").await;
    assert_eq!(told["draft"], json!(draft));
    assert!(told["html"].as_str().unwrap().contains("Plan &#60;b&#62;"), "{told}");
    let editor = house.editor(&viewer);
    house.actions.take_lease(editor, draft).await.unwrap();
    let topic = mailmoot::actions::drafts::Change::Topic("Plan B".to_owned());
    house.actions.change_draft(editor, draft, topic).await.unwrap();
    assert!(page.next("draft_row").await["html"].as_str().unwrap().contains("Plan B"));
    house.actions.discard_draft(&viewer, draft).await.unwrap();
    assert_eq!(page.next("draft_gone").await["draft"], json!(draft));
    house.actions.restore_draft(&viewer, draft).await.unwrap();
    page.next("draft_row").await;
    house.actions.confirm_draft(editor, draft).await.unwrap();
    page.next("draft_gone").await;
    assert!(other.all("draft_row").await.is_empty());
    // A page that was away gets the whole list.
    let (_, second) = house.draft("Second", &[WANG]).await;
    let mut back = anna.live().await;
    back.say(json!({ "type": "list", "at": 0 })).await;
    let list = back.next("draft_list").await["html"].as_str().unwrap().to_owned();
    assert!(list.contains(&second.to_string()) && !list.contains(&draft.to_string()), "{list}");
}

#[tokio::test]
async fn names_typed_with_an_address_turn_nothing_round() {
    let house = House::start().await;
    let (viewer, draft) = house.draft("Plan", &[WANG]).await;
    let (anna, page) = (Browser::of(&house, ANNA).await, open_page());
    let path = |what: &str| format!("/drafts/{draft}/{what}");
    anna.post_json(&path("lease"), &[("page", &page)]).await;
    for typed in [
        "\"Sato, \u{202e}Kenji\" <kenji@partner.example>",
        "yuki@partner.example",
        "a@b.example, c@d.example",
        "e@f.example, nonsense@",
    ] {
        anna.post_json(&path("members"), &[("page", &page), ("who", typed)]).await;
    }
    let members = house.actions.get_draft(&viewer, draft).await.unwrap().members;
    let names: Vec<&str> = members.iter().map(|m| m.person.full_name.as_str()).collect();
    assert_eq!(
        names[2..],
        ["Sato, Kenji", "yuki", "a", "c"],
        "of a list that cannot be read nobody is taken"
    );
    let html = anna.page(&format!("/drafts/{draft}")).await;
    assert!(html.contains("<bdi>Sato, Kenji</bdi>"), "{html}");
}
