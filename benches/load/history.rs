//! One page of 50 messages out of a group of 100,000, over HTTP: the whole discussion page opened at a place, and the
//! part that comes while scrolling. The bare way: the same rows read by their numbers, and nothing else.

use std::time::{Duration, Instant};

use mailmoot::actions::Actions;
use mailmoot::domain::ids::{GroupId, PersonId};
use mailmoot::domain::mail_notes::MailNotes;
use mailmoot::domain::message::{Author, Body, Grade, Message, Source, Trace};
use mailmoot::domain::receipt::Receipts;
use mailmoot::mail::sanitize::render_markdown;
use mailmoot::store;
use mailmoot::web::groups::PAGE;
use reqwest::Client;
use reqwest::header::COOKIE;

use super::house::House;
use super::live::serve;
use super::spread;

/// A debug build (`cargo test --bench load -- history`) only shows that it runs.
const MESSAGES: i64 = if cfg!(debug_assertions) { 3_000 } else { 100_000 };
/// How many are stored in one transaction.
const TOGETHER: usize = 2_000;
const TIMES: i64 = if cfg!(debug_assertions) { 10 } else { 300 };

pub async fn measure() {
    let house = House::build(60).await;
    let (owner, cookie) = house.sign_in(0).await;
    let group = house.group(&owner, 60).await;
    fill(&house.actions, group, owner.person_id).await;
    let base = format!("http://{}/groups/{group}", serve(&house).await);
    let cookie = format!("moot_session={}", cookie.reveal());
    let client = Client::new();
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for n in 0..TIMES {
        // All over the group, in no order.
        let at = 1 + n * 7_919_731 % MESSAGES;
        let ask = |path: String| client.get(base.clone() + &path).header(COOKIE, &cookie);
        times[0].push(timed(ask(format!("?at={at}"))).await);
        times[1].push(timed(ask(format!("/messages?before={at}"))).await);
        times[2].push(bare(&house.actions, group, at).await);
    }
    let [page, part, bare] = times.map(spread);
    println!("history  page opened at one of {MESSAGES} messages: {page}");
    println!("history  50 more while scrolling:                {part}");
    println!("history  bare (the same rows):                   {bare}");
}

async fn timed(request: reqwest::RequestBuilder) -> Duration {
    let begun = Instant::now();
    let answer = request.send().await.unwrap().error_for_status().unwrap();
    std::hint::black_box(answer.bytes().await.unwrap());
    begun.elapsed()
}

async fn bare(actions: &Actions, group: GroupId, at: i64) -> Duration {
    let begun = Instant::now();
    let mut tx = actions.store.read().await.unwrap();
    std::hint::black_box(store::messages::list_before(&mut tx, group, 1..at, PAGE).await.unwrap());
    begun.elapsed()
}

async fn fill(actions: &Actions, group: GroupId, author: PersonId) {
    let numbers: Vec<i64> = (2..=MESSAGES).collect();
    for part in numbers.chunks(TOGETHER) {
        let (clock, part) = (actions.clock.clone(), part.to_vec());
        let stored = actions.store.write(async move |tx| {
            for seq in part {
                let markdown = format!(
                    "Message **{seq}**: the price of line {seq} is settled, see https://corp.example/{seq}"
                );
                store::groups::advance(tx, group, clock.now()).await?;
                let message = Message {
                    id: clock.new_id(),
                    group_id: group,
                    seq,
                    author: Author {
                        person_id: Some(author),
                        name: "Person 0".to_owned(),
                        grade: Grade::Confirmed,
                        photo: None,
                    },
                    source: Source::Browser,
                    posted_at: clock.now(),
                    body: Body { html: render_markdown(&markdown), markdown },
                    quotation: String::new(),
                    signature: String::new(),
                    notes: MailNotes::default(),
                    mail_id: None,
                    client_id: None,
                    files: Vec::new(),
                    reactions: Vec::new(),
                    marks: Vec::new(),
                    answers: None,
                    trace: Trace::default(),
                    taken_from: None,
                    share: None,
                    notice: None,
                    receipts: Receipts::default(),
                };
                store::messages::insert(tx, &message).await?;
            }
            Ok::<_, store::StoreError>(())
        });
        stored.await.unwrap();
    }
}
