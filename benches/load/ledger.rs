//! A ledger of a million lines in and a million out: a page of it, plain and with each filter. The bare way: one row by its
//! key.
//!
//! `MAILMOOT_BENCH_LINES` makes it less.

use std::time::{Duration, Instant};

use mailmoot::domain::digest::Digest;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{Delivery, DeliveryKind, DeliveryState, Outcome};
use mailmoot::domain::ledger_query::{LedgerPlace, LedgerQuery};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::time::Timestamp;
use mailmoot::store::deliveries::NewDelivery;
use mailmoot::store::ledger::{MailFacts, NewMail};
use mailmoot::store::{self, Place};

use super::house::House;
use super::{databases, spread};

const LINES: usize = 1_000_000;
/// Lines that are written in one transaction.
const PART: usize = 2_000;
const SENDERS: usize = 50_000;
const GROUPS: usize = 200;
const TIMES: usize = 100;
const PAGE: i64 = 50;
/// A line every ten seconds, so that a million are about four months.
const STEP: u64 = 10;

pub async fn measure() {
    let lines = std::env::var("MAILMOOT_BENCH_LINES").map_or(LINES, |n| n.parse().unwrap());
    databases::at_each_place(async |place| measure_on(place, lines).await).await;
}

async fn measure_on(place: Place, lines: usize) {
    let name = if matches!(place, Place::Sqlite(_)) { "SQLite" } else { "PostgreSQL" };
    let house = House::on(place, tempfile::tempdir().unwrap(), 1).await;
    let admin = house.admin().await;
    let mut groups = Vec::new();
    for _ in 0..GROUPS {
        groups.push(house.group(&admin, 2).await);
    }
    let begun = Instant::now();
    let first = house.actions.clock.now();
    for from in (0..lines).step_by(PART) {
        fill(&house, (first, &groups), from..(from + PART).min(lines)).await;
    }
    println!("ledger {name}: {lines} lines in and as many out, written in {:.0?}", begun.elapsed());
    let half = first + Duration::from_secs(STEP * lines as u64 / 2);
    let day = Duration::from_secs(24 * 3600);
    let plain = LedgerQuery::default;
    let queries = [
        ("plain", plain()),
        ("one address", LedgerQuery { address: "p4711@".to_owned(), ..plain() }),
        ("a part of 50 addresses", LedgerQuery { address: "p471".to_owned(), ..plain() }),
        ("a part of all addresses", LedgerQuery { address: "corp".to_owned(), ..plain() }),
        ("no such address", LedgerQuery { address: "nobody".to_owned(), ..plain() }),
        ("group", LedgerQuery { group: groups.first().copied(), ..plain() }),
        ("day", LedgerQuery { from: Some(half), before: Some(half + day), ..plain() }),
        ("seldom outcome", LedgerQuery { outcome: Some("quarantined"), ..plain() }),
        (
            "address and outcome",
            LedgerQuery { address: "p4".to_owned(), outcome: Some("ignored"), ..plain() },
        ),
        ("group and day", LedgerQuery { group: groups.last().copied(), before: Some(half), ..plain() }),
    ];
    for (what, query) in queries {
        mails(&house, &admin, (name, what, &query)).await;
        let outcome = query.outcome.map(|_| "failed");
        mails_out(&house, &admin, (name, what, &LedgerQuery { outcome, ..query })).await;
    }
}

async fn mails(house: &House, admin: &Viewer, (name, what, query): (&str, &str, &LedgerQuery)) {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..TIMES {
        let begun = Instant::now();
        let found = house.actions.list_mails(admin, query, after, PAGE).await.unwrap();
        all.push(begun.elapsed());
        after = found.last().map(|last| LedgerPlace { at: last.received_at, id: last.id.uuid() });
    }
    println!("ledger {name}: mails in, {what}: {}", spread(all));
}

async fn mails_out(house: &House, admin: &Viewer, (name, what, query): (&str, &str, &LedgerQuery)) {
    let (mut all, mut after) = (Vec::new(), None);
    for _ in 0..TIMES {
        let begun = Instant::now();
        let found = house.actions.list_deliveries(admin, query, after, PAGE).await.unwrap();
        all.push(begun.elapsed());
        after = found.last().map(|last| LedgerPlace { at: last.created_at, id: last.id.uuid() });
    }
    println!("ledger {name}: mails out, {what}: {}", spread(all));
}

fn address(n: usize) -> String {
    format!("p{}@corp.example", n * 7 % SENDERS)
}

/// Lines as they come about: most are messages, a few of a thousand are set aside or failed.
async fn fill(house: &House, (first, groups): (Timestamp, &[GroupId]), lines: std::ops::Range<usize>) {
    let clock = house.actions.clock.clone();
    let groups = groups.to_vec();
    house
        .actions
        .store
        .write(async move |tx| {
            let mut out = Vec::new();
            for n in lines {
                let at = first + Duration::from_secs(STEP * n as u64);
                let (id, group) = (clock.new_id(), groups[n % groups.len()]);
                let digest = Digest::of(&n.to_be_bytes());
                let new = NewMail { id, received_at: at, source: "bench".to_owned(), digest, size: 4_000 };
                store::ledger::insert(tx, &new).await?;
                let facts = MailFacts {
                    message_id: format!("{n}@mail.example"),
                    sender: address(n),
                    subject: format!("Mail number {n}"),
                    dated_at: at,
                    thread: None,
                    routed: mailmoot::domain::ledger::Routed { group: Some(group), ..Default::default() },
                    proof: None,
                };
                store::ledger::set_facts(tx, id, &facts).await?;
                let outcome = match n % 1_000 {
                    0 => Outcome::Quarantined { why: "Odd".to_owned() },
                    1..50 => Outcome::Ignored { why: mailmoot::domain::ledger::Ignored::Automatic },
                    _ => Outcome::Message { group, message: clock.new_id() },
                };
                store::ledger::set_outcome(tx, id, &outcome).await?;
                out.push(delivery(clock.new_id(), (n, at), group));
            }
            store::deliveries::insert(tx, &out).await.map(drop)
        })
        .await
        .unwrap();
}

fn delivery(
    id: mailmoot::domain::ids::DeliveryId,
    (n, at): (usize, Timestamp),
    group: GroupId,
) -> NewDelivery {
    NewDelivery {
        delivery: Delivery {
            id,
            kind: DeliveryKind::Messages,
            person_id: None,
            group_id: Some(group),
            address: address(n).parse().unwrap(),
            message_id: format!("{id}@moot.example"),
            state: if n.is_multiple_of(1_000) { DeliveryState::Failed } else { DeliveryState::Sent },
            attempts: 1,
            last_reply: "250 2.0.0 Ok".to_owned(),
            created_at: at,
            updated_at: at,
            retried_at: None,
        },
        purpose: format!("bench:{n}"),
        return_token: Digest::of(id.uuid().as_bytes()),
        raw: Vec::new(),
        carried: vec![1],
        stated: Vec::new(),
        wants_report: false,
    }
}
