//! 1,000 members' receipts for one message, on each database: asked, told by 1,000 pages that they have it, told that it
//! was read, and looked at. The bare way: the same rows, each by a statement of its own, in one transaction.

use std::time::{Duration, Instant};

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::digest::Digest;
use mailmoot::domain::group::{Member, Muting, Role};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::quoted::Quoted;
use mailmoot::domain::receipt::{ReceiptRequest, ReceiptSource, ReceiptState, Step};
use mailmoot::store::receipts::{Told, Whose};
use mailmoot::store::{self, Place};

use super::databases::at_each_place;
use super::house::House;
use super::spread;

const RECEIVERS: usize = 1_000;
const MESSAGES: usize = 10;

pub async fn measure() {
    at_each_place(measure_on).await;
}

/// How long each step took, message by message.
#[derive(Default)]
struct Times {
    asked: Vec<Duration>,
    got: Vec<Duration>,
    seen: Vec<Duration>,
    told_again: Vec<Duration>,
    looked: Vec<Duration>,
    bare: Vec<Duration>,
}

async fn measure_on(place: Place) {
    let name = match place {
        Place::Sqlite(_) => "SQLite",
        Place::Postgres(_) => "PostgreSQL",
    };
    let house = House::on(place, tempfile::tempdir().unwrap(), RECEIVERS + 1).await;
    let mut people = Vec::with_capacity(RECEIVERS + 1);
    for n in 0..=RECEIVERS {
        people.push(house.sign_in(n).await.0);
    }
    let author = people.remove(0);
    let group = house.group(&author, 2).await;
    join(&house, group, &people[1..]).await;
    let mut times = Times::default();
    for _ in 0..MESSAGES {
        measure_message(&house, (&author, group), &people, &mut times).await;
    }
    println!(
        "receipts {name}: a message asks {RECEIVERS} members, {RECEIVERS} rows:   {}",
        spread(times.asked)
    );
    println!(
        "receipts {name}: {RECEIVERS} pages have it, {RECEIVERS} rows changed:    {}",
        spread(times.got)
    );
    println!(
        "receipts {name}: {RECEIVERS} people saw it, {RECEIVERS} rows changed:    {}",
        spread(times.seen)
    );
    println!("receipts {name}: all of it told once more, nothing written:    {}", spread(times.told_again));
    println!("receipts {name}: the first 200 receivers looked at:            {}", spread(times.looked));
    println!("receipts {name}: bare (a statement for each of {RECEIVERS} rows):   {}", spread(times.bare));
}

async fn measure_message(
    house: &House,
    (author, group): (&Viewer, GroupId),
    people: &[Viewer],
    times: &mut Times,
) {
    let actions = &house.actions;
    let (receipt, markdown) = (Some(ReceiptRequest::Wanted), "Please read this.".to_owned());
    let begun = Instant::now();
    let new = NewMessage { markdown, receipt, ..NewMessage::default() };
    let seq = actions.post_message(author, group, new).await.unwrap().seq;
    times.asked.push(begun.elapsed());
    let place = MessagePlace { group, seq };
    times
        .got
        .push(flush(house, || people.iter().for_each(|p| actions.note_delivered(p, group, &[seq]))).await);
    let see = || people.iter().for_each(|p| actions.note_seen(p, group, &[seq]));
    times.seen.push(flush(house, see).await);
    times.told_again.push(flush(house, see).await);
    let begun = Instant::now();
    let page = actions.get_receipts(author, place, None).await.unwrap();
    times.looked.push(begun.elapsed());
    let tally = page.message.receipts.tally;
    assert_eq!((tally.asked, tally.read), (RECEIVERS as i64, RECEIVERS as i64));
    times.bare.push(bare(house, place, people).await);
}

/// What open pages tell, written as the worker writes it.
async fn flush(house: &House, tell: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    tell();
    house.actions.flush_receipts().await.unwrap();
    begun.elapsed()
}

/// The rows of the message put back and changed one by one.
async fn bare(house: &House, place: MessagePlace, people: &[Viewer]) -> Duration {
    let now = house.actions.clock.now();
    let again = async move |tx: &mut store::Tx| {
        store::receipts::remove_all(tx, place).await?;
        store::receipts::ask(tx, place, None, &[], now).await.map(|_| ())
    };
    house.actions.store.write(again).await.unwrap();
    let step = Step { state: ReceiptState::Delivered, source: ReceiptSource::Browser, at: now };
    let told: Vec<Told> = people.iter().map(|p| Told { place, person: p.person_id }).collect();
    let begun = Instant::now();
    let one_by_one = async move |tx: &mut store::Tx| {
        for one in told {
            store::receipts::record(tx, step, Whose::Everybodys, &[one]).await?;
        }
        Ok::<_, store::StoreError>(())
    };
    house.actions.store.write(one_by_one).await.unwrap();
    begun.elapsed()
}

/// Makes people members at once; a draft of so many would take its time.
async fn join(house: &House, group: GroupId, people: &[Viewer]) {
    let clock = &house.actions.clock;
    let member = |viewer: &Viewer| Member {
        id: clock.new_id(),
        group_id: group,
        person_id: viewer.person_id,
        role: Role::Member,
        first_seq: 1,
        read_seq: 0,
        mailed_seq: 0,
        joined_at: clock.now(),
        muting: Muting::Off,
        cadence: Cadence::default(),
        chats: false,
        quoted: Quoted::NONE,
        told_change: 0,
    };
    let members: Vec<(Member, Digest)> = people
        .iter()
        .map(|viewer| (member(viewer), Digest::of(viewer.person_id.uuid().as_bytes())))
        .collect();
    let stored = house.actions.store.write(async move |tx| store::groups::insert_members(tx, &members).await);
    stored.await.unwrap();
}
