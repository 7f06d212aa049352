//! Forms as browsers send them: signing in, talking, files, history; and forms that come from elsewhere.

use mailmoot::actions::messages::NewMessage;
use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, link_in};

fn location(answer: &reqwest::Response) -> String {
    answer.headers().get("location").map_or("", |l| l.to_str().unwrap()).to_owned()
}

#[tokio::test]
async fn somebody_signs_in_by_the_link_of_a_mail() {
    let house = House::start().await;
    let browser = Browser::new(&house);
    let answer = browser.get("/threads").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(location(&answer), "/sign-in?next=/threads");
    let answer = browser.post("/sign-in", &[("address", ANNA), ("next", "/threads")]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let link = format!("/l/{}", link_in(&house.mail_of(ANNA).await).reveal());
    // Looking at it, even often, signs nobody in.
    for _ in 0..3 {
        assert!(browser.page(&link).await.contains("Anna Berg"));
        assert_eq!(browser.get("/threads").await.status(), StatusCode::SEE_OTHER);
    }
    let other = Browser::new(&house);
    other.post(&link, &[]).await;
    assert_eq!(other.get("/threads").await.status(), StatusCode::SEE_OTHER);
    let answer = browser.post(&link, &[]).await;
    assert_eq!(location(&answer), "/threads");
    // Who is signed in is led on at once, but never away from here.
    assert_eq!(location(&browser.get("/sign-in?next=/people").await), "/people");
    for astray in ["//evil.example", "/%252e%252e//evil.example", "/%2e%2e/x", "/%5C%5Cevil.example"] {
        assert_eq!(location(&browser.get(&format!("/sign-in?next={astray}")).await), "/", "{astray}");
    }
    browser.page("/threads").await;
    assert!(browser.page("/sessions").await.contains("/revoke"));
    browser.post("/sign-out", &[]).await;
    assert_eq!(browser.get("/threads").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_answer_to_asking_is_the_same_for_known_and_unknown_addresses() {
    let house = House::start().await;
    let ask = async |address: &str| {
        let answer = Browser::new(&house).post("/sign-in", &[("address", address)]).await;
        (answer.status(), location(&answer).replace(&address.replace('@', "%40"), "X"))
    };
    assert_eq!(ask(ANNA).await, ask("nobody@elsewhere.example").await);
    let wrong = Browser::new(&house).post("/sign-in", &[("address", "no address")]).await;
    assert!(wrong.text().await.unwrap().contains("no address"), "what was typed is kept");
}

#[tokio::test]
async fn who_asks_too_often_is_told_so_and_others_are_not() {
    let house = House::start().await;
    let ask = async |address: &str, network: &'static str| {
        let form = [("address", address)];
        let request = Browser::new(&house).request("POST", "/sign-in").header("x-forwarded-for", network);
        let answer = request.header("sec-fetch-site", "same-origin").form(&form).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap().replace(address, "X"))
    };
    let mut told = Vec::new();
    for address in [ANNA, "nobody@elsewhere.example"] {
        for _ in 0..5 {
            assert_eq!(ask(address, "203.0.113.9").await.0, StatusCode::SEE_OTHER);
        }
        let (status, page) = ask(address, "203.0.113.9").await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
        assert!(page.contains("Wait 60 minutes"), "{page}");
        told.push(page);
        // The web server before us says that this one comes from elsewhere.
        assert_eq!(ask(address, "203.0.113.9, 203.0.113.10").await.0, StatusCode::SEE_OTHER);
    }
    assert_eq!(told[0], told[1], "the same words for known and unknown addresses");
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let house = House::start().await;
    let (_, group) = house.group("Plan", &[WANG]).await;
    let anna = Browser::of(&house, ANNA).await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let form = Form::new().text("markdown", "bought");
        let request = anna.request("POST", &format!("/groups/{group}/messages")).header(name, value);
        assert_eq!(request.multipart(form).send().await.unwrap().status(), StatusCode::FORBIDDEN, "{name}");
    }
    assert!(!anna.page(&format!("/groups/{group}")).await.contains("bought"));
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down_and_too_large_a_one_is_named() {
    let mut wanted = Wanted::default();
    wanted.limits.file_size = 100_000;
    let house = House::with(wanted).await;
    let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
    let (anna, wang, li) =
        (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await, Browser::of(&house, LI).await);
    let send = async |bytes: Vec<u8>, name: &'static str| {
        let form = Form::new().part("upload", Part::bytes(bytes).file_name(name)).text("markdown", "");
        anna.request("POST", &format!("/groups/{group}/messages")).multipart(form).send().await.unwrap()
    };
    // Too large for a file, and too large for the form.
    for size in [200_000, 2_000_000] {
        let answer = send(vec![b'x'; size], "big.bin").await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    let answer = send(b"<script>alert(1)</script>".to_vec(), "../<b>plan</b>.html").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page = wang.page(&format!("/groups/{group}")).await;
    assert!(!page.contains("<b>plan"), "a name is no markup");
    let at = page.find("/files/").unwrap();
    let path = &page[at..at + 7 + 36];
    let answer = wang.get(path).await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(answer.bytes().await.unwrap().as_ref(), b"<script>alert(1)</script>");
    assert_eq!(li.get(path).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_script_the_words_and_the_good_files_survive_a_file_that_is_too_large() {
    let mut wanted = Wanted::default();
    wanted.limits.file_size = 100_000;
    let house = House::with(wanted).await;
    let (_, group) = house.group("Plan", &[WANG]).await;
    let anna = Browser::of(&house, ANNA).await;
    let path = format!("/groups/{group}/messages");
    let part = |name: &'static str, size: usize| Part::bytes(vec![b'x'; size]).file_name(name);
    for size in [200_000, 2_000_000] {
        // As a browser sends it: the words stand before the files.
        let form = Form::new()
            .text("markdown", "Typed with <care>")
            .part("upload", part("good.txt", 10))
            .part("upload", part("big.bin", size));
        let answer = anna.request("POST", &path).multipart(form).send().await.unwrap();
        let html = answer.text().await.unwrap();
        assert!(html.contains(">Typed with &#60;care&#62;</textarea>"), "{html}");
        assert!(html.contains("too large") || html.contains("smaller file"), "{html}");
        assert!(html.contains("good.txt"), "{html}");
        // Sent again, the good file comes along.
        let at = html.find("name=\"file\" value=\"").unwrap() + "name=\"file\" value=\"".len();
        let form = Form::new().text("markdown", "Again").text("file", html[at..at + 36].to_owned());
        let answer = anna.request("POST", &path).multipart(form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }
    let page = anna.page(&format!("/groups/{group}")).await;
    assert_eq!(page.matches("<bdi>good.txt").count(), 2);
    let at = page.find("name=\"markdown\"").unwrap();
    assert!(page.find("name=\"upload\"").unwrap() > at, "a form is read in this order");
}

#[tokio::test]
async fn history_is_paged_by_number_without_gap_or_overlap() {
    let house = House::start().await;
    let (viewer, group) = house.group("Plan", &[WANG]).await;
    for number in 2..=130 {
        let new = NewMessage { markdown: format!("word{number}."), ..NewMessage::default() };
        house.actions.post_message(&viewer, group, new).await.unwrap();
    }
    let anna = Browser::of(&house, ANNA).await;
    let (mut before, mut seen) = (131, Vec::new());
    loop {
        let path = format!("/groups/{group}/messages?before={before}");
        let answer: serde_json::Value = anna.get(&path).await.json().await.unwrap();
        let html = answer["html"].as_str().unwrap();
        let numbers = (2..=130).filter(|n| html.contains(&format!("word{n}.")));
        seen.extend(numbers);
        match answer["older"].as_i64() {
            Some(older) => before = older,
            None => break,
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, (2..=130).collect::<Vec<_>>());
}
