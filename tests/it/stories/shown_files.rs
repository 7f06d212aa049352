//! Files on any device: by their id, with their thumbnail, in the list of the group; for those who may see their message.

use mailmoot::actions::ActionError;
use mailmoot::actions::files_shown::Filter;
use mailmoot::domain::file::{File, Kind, PictureSize};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::person::Viewer;
use reqwest::StatusCode;
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::files::{a_picture, bring, send};
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, on_both};

async fn show(house: &House, who: &Viewer, group: GroupId, name: &str, bytes: &[u8]) -> File {
    let file = bring(house, who, group, (name, bytes)).await.unwrap();
    send(house, who, group, &[&file]).await.unwrap();
    file
}

async fn names(house: &House, who: &Viewer, group: GroupId, filter: Filter) -> Vec<String> {
    let found = house.actions.list_files(who, group, filter, None).await.unwrap();
    found.files.iter().map(|shared| shared.file.name.to_string()).collect()
}

#[tokio::test]
async fn history_on_a_new_device_has_every_file_with_its_entry_and_download() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let plan = show(&house, &anna, group, "plan.png", &a_picture(900, 600)).await;
        let notes = show(&house, &wang, group, "预算.txt", "第一行\n".as_bytes()).await;

        // A week later, at another computer.
        let device = Browser::of(&house, DAVID).await;
        let page = device.page(&format!("/groups/{group}")).await;
        for file in [&plan, &notes] {
            assert!(page.contains(&format!("data-file=\"{}\"", file.id)), "its message tells the file's id");
            let entry = device.request("GET", &format!("/files/{}/entry", file.id));
            let entry: Value =
                entry.header("accept", "application/json").send().await.unwrap().json().await.unwrap();
            let bytes = device.get(entry["url"].as_str().unwrap()).await.bytes().await.unwrap();
            assert_eq!(entry["size"], bytes.len());
            let digest = mailmoot::domain::digest::Digest::of(&bytes);
            assert_eq!(entry["sha256"], digest.hex());
            assert_eq!(entry["uses"][0]["group"], group.to_string());
            device.page(entry["uses"][0]["url"].as_str().unwrap()).await;
            let shown = device.page(&format!("/files/{}/entry", file.id)).await;
            assert!(shown.contains(&digest.hex()) && shown.contains(file.name.as_str()));
        }
        let entry = device.page(&format!("/files/{}/entry", notes.id)).await;
        assert!(entry.contains("第一行") && entry.contains("王小明"), "how it begins, and who brought it");
        let small = device.get(&format!("/files/{}/thumbnail", plan.id)).await.bytes().await.unwrap();
        let small = image::load_from_memory(&small).unwrap();
        assert_eq!((small.width(), small.height()), (640, 426));
        assert_eq!(plan.picture, Some(PictureSize { width: 900, height: 600 }));
        assert!(page.contains(&format!("/files/{}/thumbnail\" width=\"640\" height=\"426\"", plan.id)));
        assert!(!page.contains(&format!("src=\"/files/{}\"", plan.id)), "the page loads no large picture");
    })
    .await;
}

#[tokio::test]
async fn the_panel_finds_files_by_kind_person_and_time_page_by_page() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        show(&house, &anna, group, "plan.png", &a_picture(9, 9)).await;
        show(&house, &wang, group, "offer.pdf", b"%PDF-1.4\n").await;
        show(&house, &wang, group, "table.csv", b"1,2\n").await;
        house.later(std::time::Duration::from_secs(3600));
        let noon = house.actions.clock.now();
        show(&house, &anna, group, "song.mp3", b"ID3\x04\0\0\0\0\0\0").await;
        show(&house, &wang, group, "archive.zip", b"PK\x03\x04\0\0").await;
        let all = ["archive.zip", "song.mp3", "table.csv", "offer.pdf", "plan.png"];
        let every = Filter::default();
        assert_eq!(names(&house, &anna, group, every).await, all);
        for (filter, expected) in [
            (Filter { kind: Some(Kind::Picture), ..every }, &["plan.png"][..]),
            (Filter { kind: Some(Kind::Document), ..every }, &["table.csv", "offer.pdf"]),
            (Filter { kind: Some(Kind::Recording), ..every }, &["song.mp3"]),
            (Filter { kind: Some(Kind::Other), ..every }, &["archive.zip"]),
            (Filter { author: Some(anna.person_id), ..every }, &["song.mp3", "plan.png"]),
            (Filter { since: Some(noon), ..every }, &["archive.zip", "song.mp3"]),
            (
                Filter { until: Some(noon), author: Some(wang.person_id), ..every },
                &["table.csv", "offer.pdf"],
            ),
            (Filter { kind: Some(Kind::Picture), since: Some(noon), ..every }, &[]),
        ] {
            assert_eq!(names(&house, &anna, group, filter).await, expected, "{filter:?}");
        }
        // Several in one message, more than a page.
        for start in [0, 15, 30] {
            let mut brought = Vec::new();
            for number in start..start + 15 {
                let name = format!("{number:02}.txt");
                brought.push(bring(&house, &anna, group, (&name, name.as_bytes())).await.unwrap());
            }
            send(&house, &anna, group, &brought.iter().collect::<Vec<_>>()).await.unwrap();
        }
        let first = house.actions.list_files(&anna, group, every, None).await.unwrap();
        let second = house.actions.list_files(&anna, group, every, first.older).await.unwrap();
        assert_eq!((first.files.len(), second.files.len(), second.older), (40, 10, None));
        let both = first.files.iter().chain(&second.files).map(|shared| shared.file.name.to_string());
        let texts = (0..45).rev().map(|number| format!("{number:02}.txt"));
        assert!(both.eq(texts.chain(all.map(str::to_owned))));

        let browser = Browser::of(&house, DAVID).await;
        let path = format!("/groups/{group}/files?kind=documents&person={}", wang.person_id);
        let page = browser.page(&path).await;
        assert!(page.contains("offer.pdf") && !page.contains("archive.zip") && !page.contains("00.txt"));
        assert!(page.contains("#m-3"), "each leads to its message");
        let strange = "kind=x&person=y&since=z&until=%00&zone=n&before=..";
        assert!(browser.page(&format!("/groups/{group}/files?{strange}")).await.contains("44.txt"));
    })
    .await;
}

#[tokio::test]
async fn files_of_messages_from_before_somebodys_time_are_not_there_for_them() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let early = show(&house, &anna, group, "early.png", &a_picture(9, 9)).await;
        let late = show(&house, &anna, group, "late.png", &a_picture(9, 9)).await;
        let wang = house.person(WANG).await;
        house.sees_from(&wang, group, 3).await;
        assert_eq!(names(&house, &wang, group, Filter::default()).await, ["late.png"]);
        let actions = &house.actions;
        for (file, is_there) in [(&early, false), (&late, true)] {
            assert_eq!(actions.open_file(&wang, file.id).await.is_ok(), is_there);
            assert_eq!(actions.get_thumbnail(&wang, file.id).await.is_ok(), is_there);
            assert_eq!(actions.get_file(&wang, file.id).await.is_ok(), is_there);
            assert_eq!(actions.read_beginning(&wang, file.id).await.is_ok(), is_there);
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_no_member_any_more_downloads_nothing_more() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let plan = show(&house, &anna, group, "plan.png", &a_picture(9, 9)).await;
        let wang = house.person(WANG).await;
        let waiting = bring(&house, &wang, group, ("mine.txt", b"mine")).await.unwrap();
        let begun = house.actions.start_upload(&wang, group, "more.txt", 4).await.unwrap();
        let browser = Browser::of(&house, WANG).await;
        let places = ["", "/entry", "/thumbnail"].map(|part| format!("/files/{}{part}", plan.id));
        for place in &places {
            assert_eq!(browser.get(place).await.status(), StatusCode::OK, "{place}");
        }
        house.leaves(&wang, group).await;
        let panel = format!("/groups/{group}/files");
        let own = format!("/files/{}", waiting.id);
        let upload = format!("/uploads/{}", begun.id);
        for place in places.iter().chain([&panel, &own, &upload]) {
            assert_eq!(browser.get(place).await.status(), StatusCode::NOT_FOUND, "{place}");
        }
        let range = browser.request("GET", &places[0]).header("range", "bytes=0-3").send().await.unwrap();
        assert_eq!(range.status(), StatusCode::NOT_FOUND);
        let li = house.person(LI).await;
        assert!(matches!(house.actions.get_file(&li, plan.id).await, Err(ActionError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_picture_that_is_none_or_promises_too_much_is_a_file() {
    let house = House::with(Wanted::default()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let mut bomb = a_picture(8, 8);
    // The width and height of its head (PNG 11.2.1); the sum that guards them is not looked at before they are.
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    for (name, bytes, media_type) in [
        ("bomb.png", bomb.as_slice(), "image/png"),
        ("photo.jpg", b"%PDF-1.4\n", "application/pdf"),
        ("photo.png", b"just words", "application/octet-stream"),
        ("page.txt", b"<!DOCTYPE html><script>alert(1)</script>", "text/html"),
        (
            "drawing.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            "application/octet-stream",
        ),
    ] {
        let file = show(&house, &anna, group, name, bytes).await;
        assert_eq!((file.picture, file.media_type.as_str()), (None, media_type), "{name}");
        assert!(matches!(house.actions.get_thumbnail(&anna, file.id).await, Err(ActionError::NotFound)));
        let answer = Browser::of(&house, ANNA).await.get(&format!("/files/{}", file.id)).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), media_type);
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").starts_with("default-src 'none'"));
        let is_shown = media_type == "image/png" || media_type == "application/pdf";
        assert_eq!(header("content-disposition").starts_with("inline"), is_shown, "{name}");
    }
    let page = Browser::of(&house, WANG).await.page(&format!("/groups/{group}")).await;
    assert!(!page.contains("/thumbnail\""));
}
