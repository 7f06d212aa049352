//! Shares as their sharer prepares them and as their readers get them, without script.

use std::time::Duration;

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::files::{a_picture, bring};
use crate::support::house::{ADMIN, ANNA, House, LI, WANG, Wanted};

/// A group with a message that has a picture and a file, and one that has another file.
async fn group(house: &House) -> GroupId {
    let (anna, group) = house.group("Plan", &[WANG]).await;
    let picture = bring(house, &anna, group, ("gate.png", &a_picture(8, 6))).await.unwrap().id;
    let file = bring(house, &anna, group, ("list.txt", b"one")).await.unwrap().id;
    let words = "Look: <script>alert(1)</script> **bold**";
    let new = NewMessage { markdown: words.to_owned(), files: vec![picture, file], ..NewMessage::default() };
    house.actions.post_message(&anna, group, new).await.unwrap();
    let other = bring(house, &anna, group, ("secret.txt", b"two")).await.unwrap().id;
    let new = NewMessage { markdown: "Not this".to_owned(), files: vec![other], ..NewMessage::default() };
    house.actions.post_message(&anna, group, new).await.unwrap();
    group
}

/// Where a form leads.
async fn led(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.post(path, fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// The path of the first link of a kind in a page.
fn path_in(page: &str, beginning: &str) -> String {
    let at = page.find(beginning).unwrap_or_else(|| panic!("no {beginning} in {page}"));
    page[at..].split(['"', '?', '<', ' ']).next().unwrap().to_owned()
}

/// A share of the message with the files, published as the form says; its page, and the address of its readers' page.
async fn published(house: &House, anna: &Browser, access: &[(&str, &str)]) -> (String, String) {
    let group = group(house).await;
    let share = led(anna, &format!("/groups/{group}/shares"), &[("seq", "2")]).await;
    led(anna, &format!("{share}/access"), access).await;
    led(anna, &format!("{share}/publish"), &[("zone", "Europe/Stockholm")]).await;
    let page = anna.page(&share).await;
    let link = path_in(&page, "/s/");
    (share, link)
}

#[tokio::test]
async fn the_page_of_a_share_is_for_everybody_with_the_link_and_tells_nobody_else() {
    let house = House::with(Wanted::long_hold()).await;
    let anna = Browser::of(&house, ANNA).await;
    let (share, link) = published(&house, &anna, &[("access", "link"), ("lasts", "7")]).await;
    let stranger = Browser::new(&house);
    let answer = stranger.get(&link).await;
    assert_eq!(answer.status(), 200);
    let head = answer.headers().clone();
    assert_eq!(head["x-robots-tag"], "noindex, nofollow, noarchive");
    assert_eq!(head["referrer-policy"], "no-referrer");
    assert_eq!(head["cache-control"], "private, no-store");
    let policy = head["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    let page = answer.text().await.unwrap();
    assert!(page.contains("<meta name=\"robots\" content=\"noindex, nofollow, noarchive\">"), "{page}");
    assert!(
        !page.contains("<script") && !page.contains("://"),
        "nothing runs, and nobody else is asked: {page}"
    );
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; <strong>bold</strong>"), "{page}");
    assert!(page.contains("Anna Berg shares this from") && !page.contains("Not this"), "{page}");

    // Its files are there, and no other of the group's.
    let small = path_in(&page, &format!("{link}/files/"));
    let file = page.rsplit(&format!("{link}/files/")).next().unwrap().split('"').next().unwrap();
    let picture = stranger.get(&format!("{small}/thumbnail")).await;
    assert_eq!(
        (picture.status(), picture.headers()["content-type"].to_str().unwrap()),
        (StatusCode::OK, "image/jpeg")
    );
    let whole = stranger.get(&format!("{link}/files/{file}")).await;
    assert_eq!(whole.headers()["cache-control"], "private, no-cache");
    assert_eq!(whole.text().await.unwrap(), "one");
    let viewer = house.person(ANNA).await;
    let listed =
        house.actions.list_files(&viewer, group_of(&house).await, Default::default(), None).await.unwrap();
    for other in listed.files.iter().filter(|shared| shared.file.name.as_str() == "secret.txt") {
        assert_eq!(stranger.get(&format!("{link}/files/{}", other.file.id)).await.status(), 404);
        assert_eq!(stranger.get(&format!("/files/{}", other.file.id)).await.status(), 303);
    }

    // Looks are counted, but not the sharer's own.
    anna.page(&link).await;
    assert!(anna.page(&share).await.contains("opened once"));
    // Who got a mail with an older version is told.
    led(
        &anna,
        &format!("{share}/text"),
        &[("title", "Where \"we\" <b>stand</b>"), ("note", "Now"), ("saves", "0")],
    )
    .await;
    assert!(anna.page(&share).await.contains("You have changed something since"));
    led(&anna, &format!("{share}/publish"), &[]).await;
    let page = stranger.page(&format!("{link}?v=1")).await;
    assert!(page.contains("that had version 1, this is version 2"), "{page}");
    assert!(page.contains("Where &#34;we&#34; &#60;b&#62;stand&#60;/b&#62;"), "{page}");
    for now in [link.clone(), format!("{link}?v=2"), format!("{link}?v=9"), format!("{link}?v=0")] {
        assert!(!stranger.page(&now).await.contains("Updated since"), "{now}");
    }
}

async fn group_of(house: &House) -> GroupId {
    house.actions.list_groups(&house.person(ANNA).await).await.unwrap()[0].id
}

#[tokio::test]
async fn expired_recalled_guessed_and_forbidden_links_look_the_same() {
    let house = House::with(Wanted { hold: Duration::from_secs(3600), ..Wanted::standing() }).await;
    let anna = Browser::of(&house, ANNA).await;
    let (members_only, inside) = published(&house, &anna, &[("access", "members")]).await;
    let (_, expired) = published(&house, &anna, &[("access", "link"), ("lasts", "1")]).await;
    let (recalled_share, recalled) = published(&house, &anna, &[("access", "link"), ("lasts", "30")]).await;
    led(&anna, &format!("{recalled_share}/recall"), &[]).await;
    house.later(Duration::from_secs(25 * 3600));
    let guessed = format!("/s/{}", house.token().reveal());
    for browser in [Browser::new(&house), Browser::of(&house, LI).await] {
        let mut seen = Vec::new();
        for link in [&inside, &expired, &recalled, &guessed] {
            let answer = browser.get(link).await;
            assert_eq!(answer.status(), 404, "{link}");
            assert_eq!(answer.headers()["x-robots-tag"], "noindex, nofollow, noarchive");
            assert!(answer.headers().get("set-cookie").is_none());
            seen.push(answer.text().await.unwrap().replace(link.as_str(), ""));
            assert_eq!(browser.post(&format!("{link}/password"), &[("password", "x")]).await.status(), 404);
        }
        assert!(seen.iter().all(|page| *page == seen[0]), "{seen:?}");
        assert!(seen[0].contains("This link opens nothing"), "{}", seen[0]);
    }
    let odd = Browser::new(&house).get("/s/x").await;
    assert_eq!(odd.status(), 404);
    // Members still get in where it is for them, and find it in the list.
    let wang = Browser::of(&house, WANG).await;
    wang.page(&inside).await;
    assert_eq!(wang.get(&members_only).await.status(), 404);
}

#[tokio::test]
async fn a_password_is_asked_for_once_in_a_browser() {
    let house = House::with(Wanted::long_hold()).await;
    let anna = Browser::of(&house, ANNA).await;
    let access = [("access", "link"), ("lasts", "30"), ("password", "blue gate 7")];
    let (share, link) = published(&house, &anna, &access).await;
    let stranger = Browser::new(&house);
    let page = stranger.page(&link).await;
    assert!(page.contains("This page has a password") && !page.contains("Plan"), "{page}");
    let unlock = format!("{link}/password");
    let wrong = stranger.post(&unlock, &[("password", "<b>")]).await;
    assert_eq!(wrong.status(), 200);
    assert!(wrong.text().await.unwrap().contains("This is not the password"));
    let right = stranger.post(&unlock, &[("password", "blue gate 7")]).await;
    assert_eq!(right.headers()["location"], link.as_str());
    let cookie = right.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.contains(&format!("Path={link};")) && cookie.contains("HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    assert!(!cookie.contains("blue"));
    let page = stranger.page(&link).await;
    assert!(page.contains("gate.png"), "{page}");
    let picture = path_in(&page, &format!("{link}/files/"));
    assert_eq!(stranger.get(&picture).await.status(), 200);
    assert_eq!(Browser::new(&house).get(&picture).await.status(), 404);
    assert!(!anna.page(&share).await.contains("blue gate"), "nobody reads it again");
}

#[tokio::test]
async fn a_share_is_prepared_without_script_and_nothing_typed_is_lost() {
    let house = House::with(Wanted::long_hold()).await;
    let anna = Browser::of(&house, ANNA).await;
    let group = group(&house).await;
    let choose = anna.page(&format!("/groups/{group}/choose")).await;
    assert!(choose.contains(&format!("formaction=\"/groups/{group}/shares\"")), "{choose}");
    let share =
        led(&anna, &format!("/groups/{group}/shares"), &[("seq", "1"), ("seq", "2"), ("seq", "3")]).await;
    let order = |page: &str| -> Vec<String> {
        let items = page.split("data-item=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        items.collect()
    };
    assert_eq!(order(&anna.page(&share).await), ["1", "2", "3"]);
    led(&anna, &format!("{share}/order"), &[("moved", "3"), ("step", "up")]).await;
    led(&anna, &format!("{share}/items/1"), &[("out", "true")]).await;
    led(&anna, &format!("{share}/items/3"), &[("before", "1"), ("after", "9")]).await;
    let page = anna.page(&share).await;
    assert_eq!(order(&page), ["1", "3", "2"]);
    assert!(page.contains("Bring back"), "{page}");
    let preview = anna.get(&format!("{share}/preview")).await;
    let policy = preview.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("sandbox") && policy.contains("frame-ancestors 'self'"), "{policy}");
    assert!(preview.text().await.unwrap().contains("<strong>bold</strong>"));

    let text = format!("{share}/text");
    led(&anna, &text, &[("title", "One"), ("note", "First"), ("saves", "0")]).await;
    let late = anna.post(&text, &[("title", "Two"), ("note", "Second"), ("saves", "0")]).await;
    assert_eq!(late.status(), 409);
    let page = late.text().await.unwrap();
    assert!(page.contains("value=\"Two\"") && page.contains(">Second</textarea>"), "{page}");
    assert!(page.contains("<div class=\"kept-text\">First</div>"), "{page}");
    assert!(page.contains("name=\"saves\" value=\"1\""), "saved again, it is meant: {page}");
    let (status, json) = anna.post_json(&text, &[("title", "Two"), ("note", "Second"), ("saves", "0")]).await;
    assert_eq!((status, json["theirs"]["note"].as_str()), (StatusCode::CONFLICT, Some("First")));
    let long = "x".repeat(10_000);
    let refused = anna.post(&text, &[("title", &long), ("note", "Kept"), ("saves", "1")]).await;
    assert_eq!(refused.status(), 409);
    let page = refused.text().await.unwrap();
    assert!(page.contains(&long) && page.contains(">Kept</textarea>"), "what was typed is there");

    for item in ["2", "3"] {
        led(&anna, &format!("{share}/items/{item}"), &[("out", "true")]).await;
    }
    let empty = anna.post(&format!("{share}/publish"), &[]).await;
    assert_eq!(empty.status(), 409);
    assert!(empty.text().await.unwrap().contains("There is nothing in this share yet"));
    led(&anna, &format!("{share}/discard"), &[]).await;
    assert_eq!(anna.get(&share).await.status(), 404);
}

#[tokio::test]
async fn a_group_lists_its_shares_and_admins_see_what_left_it() {
    let house = House::with(Wanted::long_hold()).await;
    let anna = Browser::of(&house, ANNA).await;
    let (share, link) = published(&house, &anna, &[("access", "link")]).await;
    let group = group_of(&house).await;
    let wang = Browser::of(&house, WANG).await;
    let list = wang.page(&format!("/groups/{group}/shares")).await;
    assert!(list.contains(&link) && list.contains("Published") && !list.contains(&share), "{list}");
    assert!(anna.page(&format!("/groups/{group}/shares")).await.contains(&share));
    wang.page(&link).await;
    led(&anna, &format!("/groups/{group}/sharing"), &[("outside", "false")]).await;
    assert_eq!(Browser::new(&house).get(&link).await.status(), 404);
    let refused = anna.post(&format!("{share}/access"), &[("access", "link")]).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("keep its content in the organisation"));
    house.admin().await;
    let audit = Browser::of(&house, ADMIN).await.page("/admin/audit").await;
    for told in ["Published a share", "Opened a share", "Forbade sharing outside", "王小明"] {
        assert!(audit.contains(told), "{told}: {audit}");
    }
    assert!(!audit.contains("Look:"), "no content");
}
