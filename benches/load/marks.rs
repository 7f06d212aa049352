//! The Marks page over 50,000 marks of 20 groups, most of them in one, on SQLite and on PostgreSQL: as it opens, under each
//! heading, narrowed, far down, and over all groups. The bare way: the database counts the marks.
//!
//! `MAILMOOT_BENCH_MARKS` makes it less.

use std::time::{Duration, Instant};

use mailmoot::actions::mark_lists::Asked;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::mark::{Content, Mark, MarkSource, Passage, Piece, Said, Somebody, Task};
use mailmoot::domain::mark_query::{Key, MarkQuery};
use mailmoot::domain::message::Message;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::tag::{Colour, Tag, TagKind, TagLabel};
use mailmoot::domain::time::Timestamp;
use mailmoot::store::{self, Place};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::house::House;
use super::peers::peer_variable;
use super::spread;

const MARKS: usize = 50_000;
/// Of these, in the one large group.
const LARGE: usize = 40_000;
const SMALL_GROUPS: usize = 20;
const PEOPLE: usize = 20;
const MESSAGES: usize = 400;
const TOPICS: usize = 60;
/// The marks are of so many days until now.
const DAYS: i64 = 500;
const DAY: i64 = 24 * 3_600_000;
const TIMES: usize = 200;
/// What takes long is known after less.
const PATIENCE: Duration = Duration::from_secs(8);
/// As many as go into one statement.
const ROWS: usize = 1_000;

pub async fn measure() {
    let marks = std::env::var("MAILMOOT_BENCH_MARKS").map_or(MARKS, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    measure_on("SQLite", Place::Sqlite(folder.path().join("moot.db")), marks).await;
    drop(folder);
    if let Some(server) = peer_variable("MAILMOOT_TEST_POSTGRES") {
        let name = format!("mailmoot_marks_{}", std::process::id());
        let (before, _) = server.rsplit_once('/').unwrap();
        run_postgres(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        measure_on("PostgreSQL", Place::Postgres(format!("{before}/{name}")), marks).await;
        run_postgres(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
}

async fn measure_on(name: &str, place: Place, marks: usize) {
    let house = House::on(place.clone(), tempfile::tempdir().unwrap(), PEOPLE).await;
    let people = signed_in(&house).await;
    let anna = &people[0];
    let begun = Instant::now();
    let group = fill(&house, &people, marks).await;
    if let Place::Postgres(url) = &place {
        run_postgres(url, "VACUUM ANALYZE").await;
    }
    println!("marks    {name}: {marks} marks written in {:.0} s", begun.elapsed().as_secs_f64());
    for (what, group, query) in questions(group, people[3].person_id.to_string().as_str()) {
        measure_one(&house, anna, (name, &what), Asked { group, query, ..Asked::default() }).await;
    }
    let middle = Key {
        section: String::new(),
        at: house.actions.clock.now() - Duration::from_secs(DAYS as u64 / 2 * 24 * 3600),
        id: house.actions.clock.new_id(),
    };
    let far = Asked { group: Some(group), after: Some(middle), ..Asked::default() };
    measure_one(&house, anna, (name, "far down"), far).await;
    let long = Asked { group: Some(group), is_long: true, ..Asked::default() };
    measure_one(&house, anna, (name, "as many as one prints"), long).await;
    println!("marks    {name}: bare (all counted): {}", spread(bare(&place).await));
}

async fn measure_one(house: &House, anna: &Viewer, (name, what): (&str, &str), asked: Asked) {
    let (mut times, mut total) = (Vec::new(), 0);
    for _ in 0..TIMES {
        let begun = Instant::now();
        let page = house.actions.list_marks(anna, asked.clone()).await.unwrap();
        times.push(begun.elapsed());
        total = page.counts.total;
        if times.iter().sum::<Duration>() > PATIENCE {
            break;
        }
    }
    println!("marks    {name}: {what:44} {total:5}: {}", spread(times));
}

/// What is asked, in words and as a query; in which group, if not in all.
fn questions(group: GroupId, person: &str) -> Vec<(String, Option<GroupId>, MarkQuery)> {
    let by = format!("by={person}");
    let all = [
        ("as it opens", ""),
        ("by week", "group=week"),
        ("by type", "group=type"),
        ("by topic", "group=topic"),
        ("by tag", "group=tag"),
        ("one tag", "tag=decision"),
        ("two tags and a type", "tag=decision&tag=risk&type=link"),
        ("a topic", "topic=topic 7"),
        ("a person", by.as_str()),
        ("this month", "when=this-month"),
        ("open actions", "task=open"),
        ("a topic, a tag and this month, by tag", "topic=topic 3&tag=action&when=this-month&group=tag"),
    ];
    let asked = |group: Option<GroupId>| {
        all.map(|(what, query)| {
            let place = if group.is_none() { "all groups" } else { "a group" };
            let query = MarkQuery::read(query.split('&').filter_map(|pair| pair.split_once('=')));
            (format!("{place}, {what}"), group, query)
        })
    };
    asked(Some(group)).into_iter().chain(asked(None)).collect()
}

async fn signed_in(house: &House) -> Vec<Viewer> {
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        people.push(house.sign_in(n).await.0);
    }
    people
}

/// Groups with marks of everybody; the large one.
async fn fill(house: &House, people: &[Viewer], marks: usize) -> GroupId {
    let large = marks * LARGE / MARKS;
    let group = house.group(&people[0], PEOPLE).await;
    fill_group(house, people, group, large).await;
    for _ in 0..SMALL_GROUPS {
        let group = house.group(&people[0], 3).await;
        fill_group(house, people, group, (marks - large) / SMALL_GROUPS).await;
    }
    group
}

async fn fill_group(house: &House, people: &[Viewer], group: GroupId, count: usize) {
    let messages = messages(house, people, group, count.min(MESSAGES)).await;
    let tags = tags(house, group).await;
    let clock = &house.actions.clock;
    let now = clock.now().millis();
    let made: Vec<store::marks::New> = (0..count)
        .map(|n| {
            // Spread as by chance, the same each time.
            let spread = n.wrapping_mul(2_654_435_761) % 1_000_003;
            let message = &messages[n % messages.len()];
            let tag = tags[spread % tags.len()].clone();
            let content = Content::ALL[spread / 7 % 4];
            let is_action = tag.label.kind == Some(TagKind::Action);
            let by = &people[spread % people.len().min(3 + spread % PEOPLE)];
            let somebody = || Somebody { id: Some(by.person_id), name: by.full_name.clone() };
            let at = now - (spread as i64 % DAYS) * DAY - spread as i64;
            let mark = Mark {
                id: clock.new_id(),
                message_id: message.id,
                place: message.place(),
                tag,
                piece: Piece::Passage(Passage {
                    quote: "transport".to_owned(),
                    start: Some(n as i64),
                    ..Passage::default()
                }),
                content,
                topic: format!("Topic {}", spread / 11 % TOPICS),
                source: MarkSource::Browser,
                marked_by: somebody(),
                marked_at: Timestamp::from_millis(at),
                task: Task { assignee: is_action.then(somebody), ..Task::default() },
                edits: 0,
            };
            (mark, Said { text: message.body.markdown.clone(), html: message.body.html.clone() })
        })
        .collect();
    for part in made.chunks(ROWS) {
        let part = part.to_vec();
        house.actions.store.write(async move |tx| store::marks::insert(tx, &part).await).await.unwrap();
    }
}

/// Messages of the usual length.
async fn messages(house: &House, people: &[Viewer], group: GroupId, count: usize) -> Vec<Message> {
    let mut messages = Vec::new();
    for n in 0..count.max(1) {
        let author = &people[n % 3];
        let markdown = format!("No. {n}: the **transport** of the second round. ").repeat(12);
        let new = NewMessage { markdown, ..NewMessage::default() };
        messages.push(house.actions.post_message(author, group, new).await.unwrap());
    }
    messages
}

/// The seven of every group and five of its own.
async fn tags(house: &House, group: GroupId) -> Vec<Tag> {
    let own = |n: usize| TagLabel { kind: None, name: format!("Own {n}"), colour: Colour::next(n) };
    let labels = TagKind::ALL.map(TagKind::label).into_iter().chain((0..5).map(own));
    let mut tags = Vec::new();
    for label in labels {
        let folded =
            label.kind.map_or(label.name.to_lowercase().replace(' ', "-"), |kind| kind.name().to_owned());
        let clock = &house.actions.clock;
        let new =
            Tag { id: clock.new_id(), group_id: group, label, created_by: None, created_at: clock.now() };
        tags.push((new, folded));
    }
    let rows = tags.clone();
    house.actions.store.write(async move |tx| store::tags::insert(tx, &rows).await).await.unwrap();
    tags.into_iter().map(|(tag, _)| tag).collect()
}

/// How long it takes to count all marks.
async fn bare(place: &Place) -> Vec<Duration> {
    const COUNT: &str = "SELECT count(*) FROM marks";
    let mut times = Vec::new();
    match place {
        Place::Sqlite(path) => {
            let mut connection = SqliteConnection::connect(&path.to_string_lossy()).await.unwrap();
            for _ in 0..TIMES {
                let begun = Instant::now();
                let _: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut connection).await.unwrap();
                times.push(begun.elapsed());
            }
        }
        Place::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            for _ in 0..TIMES {
                let begun = Instant::now();
                let _: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut connection).await.unwrap();
                times.push(begun.elapsed());
            }
        }
    }
    times
}

async fn run_postgres(url: &str, statement: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
