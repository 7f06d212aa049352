//! Files that come in parts: gone on with after a lost connection, cancelled, refused in words, forgotten after a day.

use std::time::Duration;

use mailmoot::actions::uploads::Progress;
use mailmoot::actions::{ActionError, Conflict, Problem};
use mailmoot::domain::digest::Digest;
use reqwest::StatusCode;
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::files::{contents, parts, send};
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, on_both};

/// Parts of these many bytes.
const PART: usize = 300_000;

/// As the page's script does.
struct Sender {
    browser: Browser,
    group: String,
}

impl Sender {
    async fn begin(&self, name: &str, size: usize) -> (StatusCode, Value) {
        let path = format!("/groups/{}/uploads", self.group);
        self.browser.post_json(&path, &[("name", name), ("size", &size.to_string())]).await
    }

    async fn part(&self, place: &str, offset: usize, bytes: &[u8]) -> (StatusCode, Value) {
        let request = self.browser.request("PATCH", place).header("accept", "application/json");
        let request = request
            .header("content-type", "application/partial-upload")
            .header("upload-offset", offset.to_string());
        let answer = request.body(bytes.to_vec()).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    /// What HEAD says: how much is there, and whether it is all.
    async fn offset(&self, place: &str) -> (usize, String) {
        let answer = self.browser.request("HEAD", place).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert!(header("upload-limit").contains("max-append-size="));
        (header("upload-offset").parse().unwrap(), header("upload-complete"))
    }
}

fn table(rows: usize) -> Vec<u8> {
    (0..rows).flat_map(|row| format!("{row},Rotterdam,{}\n", row * 7).into_bytes()).collect()
}

#[tokio::test]
async fn an_upload_goes_on_where_the_connection_was_lost() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let sender = Sender { browser: Browser::of(&house, ANNA).await, group: group.to_string() };
        let file = table(60_000);
        let (status, begun) = sender.begin("../../Budget 2027.csv", file.len()).await;
        assert_eq!((status, &begun["name"]), (StatusCode::CREATED, &Value::from("Budget 2027.csv")));
        let place = begun["place"].as_str().unwrap();
        let (first, second) = (&file[..PART], &file[PART..]);
        assert_eq!(sender.part(place, 0, first).await.1["offset"], PART);

        // The answer got lost, or two windows send: what was noted is not taken twice, and nothing is left out.
        let (status, told) = sender.part(place, 0, first).await;
        assert_eq!((status, &told["offset"]), (StatusCode::CONFLICT, &Value::from(PART)));
        assert_eq!(sender.part(place, PART + 9, second).await.0, StatusCode::CONFLICT);
        assert_eq!(sender.offset(place).await, (PART, "?0".to_owned()));

        // The power fails. Another browser of hers goes on.
        let house = house.restarted().await;
        let sender = Sender { browser: Browser::of(&house, ANNA).await, group: group.to_string() };
        assert_eq!(sender.offset(place).await, (PART, "?0".to_owned()));
        let (status, whole) = sender.part(place, PART, second).await;
        assert_eq!((status, &whole["size"]), (StatusCode::OK, &Value::from(file.len())));
        assert_eq!(sender.offset(place).await, (file.len(), "?1".to_owned()));
        assert_eq!(sender.part(place, 0, first).await.1["id"], whole["id"], "all of it is there");
        assert_eq!(parts(&house), 0);

        let Progress::Finished(stored) =
            house.actions.find_upload(&anna, begun["id"].as_str().unwrap().parse().unwrap()).await.unwrap()
        else {
            panic!("not finished")
        };
        send(&house, &anna, group, &[&stored]).await.unwrap();
        let wang = Browser::of(&house, WANG).await;
        let bytes = wang.get(&format!("/files/{}", stored.id)).await.bytes().await.unwrap();
        assert_eq!(Digest::of(&bytes), Digest::of(&file));
    })
    .await;
}

#[tokio::test]
async fn two_windows_that_send_the_last_part_at_once_make_one_file() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        for _ in 0..5 {
            let upload = house.actions.start_upload(&anna, group, "a.txt", 5).await.unwrap();
            let last = async || house.actions.append_upload(&anna, upload.id, 0, b"plans").await;
            let (one, other) = tokio::join!(last(), last());
            let finished = |done: &Result<Progress, ActionError>| match done {
                Ok(Progress::Finished(file)) => Some(file.id),
                Err(ActionError::Conflict(Conflict::OtherOffset { .. })) => None,
                other => panic!("{other:?}"),
            };
            let ids: Vec<_> = [&one, &other].into_iter().filter_map(finished).collect();
            assert!(
                !ids.is_empty() && ids.iter().all(|id| id.uuid() == upload.id.uuid()),
                "{one:?} {other:?}"
            );
        }
        assert_eq!(parts(&house), 0);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_in_words_before_a_byte_is_sent() {
    let mut wanted = Wanted::standing();
    wanted.limits.file_size = 1_000;
    let house = House::with(wanted).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let sender = Sender { browser: Browser::of(&house, ANNA).await, group: group.to_string() };
    for (name, size, words) in [
        ("plan.txt", 0, "empty"),
        ("plan.txt", 1_001, "too large"),
        ("setup.exe", 10, ".exe"),
        ("Setup.EXE. ", 10, ".exe"),
    ] {
        let (status, told) = sender.begin(name, size).await;
        assert!(status.is_client_error(), "{name}: {status}");
        assert!(told["problem"].as_str().unwrap().contains(words), "{name}: {told}");
    }
    // A program that calls itself a text shows what it is with its first part.
    let program = [b"MZ".as_slice(), &[0; 200]].concat();
    let (_, begun) = sender.begin("plan.txt", program.len()).await;
    let (status, told) = sender.part(begun["place"].as_str().unwrap(), 0, &program).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told["problem"].as_str().unwrap().contains(".exe"), "{told}");
    // Letter by letter it does so at the end, and nothing of it stays.
    let upload = house.actions.start_upload(&anna, group, "plan.txt", 4).await.unwrap().id;
    house.actions.append_upload(&anna, upload, 0, b"M").await.unwrap();
    let before = contents(&house);
    let refused = house.actions.append_upload(&anna, upload, 1, b"Z\0\0").await;
    assert!(
        matches!(&refused, Err(ActionError::Invalid { problem: Problem::ForbiddenFile { ending }, .. }) if ending == "exe"),
        "{refused:?}"
    );
    assert_eq!(contents(&house), before);
    // More than was announced, and a part without its place.
    let (_, begun) = sender.begin("plan.txt", 4).await;
    let place = begun["place"].as_str().unwrap();
    assert_eq!(sender.part(place, 0, b"plans").await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let request = sender.browser.request("PATCH", place).header("accept", "application/json").body("plan");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(sender.part(place, 0, b"plan").await.0, StatusCode::OK, "nothing was lost");
}

#[tokio::test]
async fn so_many_uploads_and_bytes_of_a_person_may_be_under_way() {
    let mut wanted = Wanted::standing();
    wanted.limits.file_size = 100;
    let house = House::with(wanted).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    for _ in 0..10 {
        house.actions.start_upload(&anna, group, "a.txt", 100).await.unwrap();
    }
    let refused = house.actions.start_upload(&anna, group, "a.txt", 1).await;
    assert!(
        matches!(refused, Err(ActionError::Invalid { problem: Problem::TooMuchWaits { limit: 1_000 }, .. })),
        "{refused:?}"
    );
    let wang = house.person(WANG).await;
    for _ in 0..20 {
        house.actions.start_upload(&wang, group, "a.txt", 1).await.unwrap();
    }
    let refused = house.actions.start_upload(&wang, group, "a.txt", 1).await;
    assert!(
        matches!(refused, Err(ActionError::Invalid { problem: Problem::TooMany { limit: 20 }, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_upload_is_its_beginners_alone_and_forgotten_when_cancelled_or_a_day_old() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let upload = house.actions.start_upload(&anna, group, "a.txt", 9).await.unwrap().id;
        house.actions.append_upload(&anna, upload, 0, b"first").await.unwrap();
        for other in [WANG, LI] {
            let other = house.person(other).await;
            let actions = &house.actions;
            assert!(matches!(actions.find_upload(&other, upload).await, Err(ActionError::NotFound)));
            assert!(matches!(
                actions.append_upload(&other, upload, 5, b"last").await,
                Err(ActionError::NotFound)
            ));
            assert!(matches!(actions.cancel_upload(&other, upload).await, Err(ActionError::NotFound)));
        }
        assert_eq!(parts(&house), 1);
        house.actions.cancel_upload(&anna, upload).await.unwrap();
        assert_eq!(parts(&house), 0);
        assert!(matches!(house.actions.find_upload(&anna, upload).await, Err(ActionError::NotFound)));

        let old = house.actions.start_upload(&anna, group, "a.txt", 9).await.unwrap().id;
        house.actions.append_upload(&anna, old, 0, b"first").await.unwrap();
        house.later(Duration::from_secs(25 * 3600 + 1));
        let new = house.actions.start_upload(&anna, group, "b.txt", 9).await.unwrap().id;
        house.actions.append_upload(&anna, new, 0, b"first").await.unwrap();
        house.actions.clear_unused_files().await.unwrap();
        assert!(matches!(house.actions.find_upload(&anna, old).await, Err(ActionError::NotFound)));
        assert!(matches!(house.actions.find_upload(&anna, new).await, Ok(Progress::UnderWay(_))));
        assert_eq!(parts(&house), 1);
    })
    .await;
}
