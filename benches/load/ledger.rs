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
/// So many lines are written as the house does; the others are these again at other times, each under a name of its own.
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
    let house = House::on(place.clone(), tempfile::tempdir().unwrap(), 1).await;
    let admin = house.admin().await;
    let mut groups = Vec::new();
    for _ in 0..GROUPS {
        groups.push(house.group(&admin, 2).await);
    }
    let begun = Instant::now();
    let first = house.actions.clock.now();
    let (seed, step) = (lines.min(SENDERS), Duration::from_secs(STEP));
    for from in (0..seed).step_by(PART) {
        fill(&house, (first, &groups), from..(from + PART).min(seed)).await;
    }
    let end = first + step * u32::try_from(seed).unwrap();
    for copy in 1..lines / seed {
        let later = (end - first) * u32::try_from(copy).unwrap();
        repeat(&place, copy, (end.millis(), i64::try_from(later.as_millis()).unwrap())).await;
    }
    databases::execute(&place, |_| "ANALYZE".to_owned()).await;
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

/// All lines before a time once more, so many milliseconds later.
async fn repeat(place: &Place, copy: usize, (end, later): (i64, i64)) {
    let (id, digest) = match place {
        Place::Sqlite(_) => ("randomblob(16)", "randomblob(32)"),
        Place::Postgres(_) => {
            ("gen_random_uuid()", "decode(md5(random()::text) || md5(random()::text), 'hex')")
        }
    };
    let mails = format!(
        "INSERT INTO mails (id, digest, received_at, dated_at, message_id, source, size, sender, subject, detail, group_id, outcome)
         SELECT {id}, {digest}, received_at + {later}, dated_at + {later}, '{copy}.' || message_id, source, size, sender, subject,
           detail, group_id, outcome FROM mails WHERE received_at < {end}"
    );
    let deliveries = format!(
        "INSERT INTO deliveries (id, return_token_digest, created_at, updated_at, message_id, purpose, group_id, address, carried,
           attempts, last_reply, kind, address_key, state)
         SELECT {id}, {digest}, created_at + {later}, updated_at + {later}, '{copy}.' || message_id, '{copy}.' || purpose, group_id,
           address, carried, attempts, last_reply, kind, address_key, state FROM deliveries WHERE created_at < {end}"
    );
    databases::execute(place, |_| format!("{mails}; {deliveries}")).await;
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
