//! Searching 1,000,000 messages of 100 groups, half of them in Chinese, on SQLite and on PostgreSQL: words that are
//! common and rare, beginnings, Chinese words of two letters and of one, filters, and what costs the index most. The
//! bare way: the database looks through all texts.
//!
//! `MAILMOOT_BENCH_MESSAGES` makes it less. It takes some minutes, and about 1.5 GB of disk while it runs.

use std::time::{Duration, Instant};

use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::search::Asked;
use mailmoot::actions::{Actions, Pace};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::message::Message;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::search::Zone;
use mailmoot::domain::time::Timestamp;
use mailmoot::store::spin_offs::Taken;
use mailmoot::store::{self, Place};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::house::House;
use super::peers::peer_variable;
use super::spread;

const MESSAGES: usize = 1_000_000;
const GROUPS: usize = 100;
/// Different texts; each is posted many times.
const TEXTS: usize = 2_000;
const AUTHORS: usize = 20;
const TIMES: usize = 200;
/// The messages are of so many days until now.
const DAYS: i64 = 1_000;
const DAY: i64 = 24 * 3_600_000;

pub async fn measure() {
    let messages = std::env::var("MAILMOOT_BENCH_MESSAGES").map_or(MESSAGES, |n| n.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Sqlite(folder.path().join("moot.db"));
    measure_on("SQLite", place, messages).await;
    drop(folder);
    if let Some(server) = peer_variable("MAILMOOT_TEST_POSTGRES") {
        let name = format!("mailmoot_load_{}", std::process::id());
        let (before, _) = server.rsplit_once('/').unwrap();
        run_postgres(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        measure_on("PostgreSQL", Place::Postgres(format!("{before}/{name}")), messages).await;
        run_postgres(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
}

async fn measure_on(name: &str, place: Place, messages: usize) {
    let house = House::on(place.clone(), tempfile::tempdir().unwrap(), AUTHORS).await;
    let (anna, _) = house.sign_in(0).await;
    let texts = texts(&house, &anna).await;
    let begun = Instant::now();
    let groups = fill(&house, &anna, (&place, &texts), messages / GROUPS).await;
    println!(
        "search   {name}: {messages} messages written and indexed in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    for (what, typed, group) in questions(&house, &texts, groups[GROUPS / 2]) {
        let (mut times, mut found) = (Vec::new(), 0);
        for _ in 0..TIMES {
            let asked = Asked { typed: &typed, group, before: None, zone: Zone::named("Europe/Stockholm") };
            // Nobody asks so fast.
            let actions = Actions { pace: Pace::default(), ..house.actions.clone() };
            let begun = Instant::now();
            let results = actions.search(&anna, asked).await.unwrap();
            times.push(begun.elapsed());
            found = results.hits.len();
            if results.is_too_slow {
                println!("search   {name}: {what}: stopped by the limit of reading");
            }
            // What takes long is known after less.
            if times.iter().sum::<Duration>() > Duration::from_secs(8) {
                break;
            }
        }
        println!("search   {name}: {what:46} {found:2} shown: {}", spread(times));
    }
    println!("search   {name}: bare (all texts looked through):   {}", spread(vec![bare(&place).await]));
}

/// What is asked, in words; the words; in which group, if not in all.
fn questions(
    house: &House,
    texts: &[Message],
    group: GroupId,
) -> Vec<(&'static str, String, Option<GroupId>)> {
    let day = |ago: i64| house.actions.clock.now().utc().date_naive() - chrono::Days::new(ago as u64);
    let (first, second) = (chinese(texts, 0, 2), chinese(texts, TEXTS - 100, 2));
    let (common, rare) = (word(0), word(7_000));
    vec![
        ("a common word", common.clone(), None),
        ("a rare word", rare.clone(), None),
        ("a common word and a rare one", format!("{common} {rare}"), None),
        ("three common words", format!("{} {} {}", word(1), word(2), word(3)), None),
        ("common words, side by side", format!("\"{} {}\"", word(1), word(2)), None),
        ("common words that never stand so", format!("\"{0} {0} {0} {0} {0}\"", word(1)), None),
        ("the beginning of a word, three letters", word(70)[..3].to_owned(), None),
        ("nothing that is there", "nowhere".to_owned(), None),
        ("two Chinese letters", first.clone(), None),
        ("two others", second.clone(), None),
        ("one Chinese letter, common", letter(0).to_string(), None),
        ("one Chinese letter, rare", letter(1_400).to_string(), None),
        ("five Chinese letters", chinese(texts, 7, 5), None),
        ("a common word in one group", common.clone(), Some(group)),
        ("two Chinese letters in one group", first.clone(), Some(group)),
        ("one Chinese letter in one group", letter(0).to_string(), Some(group)),
        ("one's own, a common word", format!("from:me {common}"), None),
        ("with a file, a common word", format!("has:file {common}"), None),
        ("with a file, of somebody, by name", "has:file from:\"Person 7\"".to_owned(), None),
        ("a common word, three years ago", format!("{common} before:{}", day(DAYS - 10)), None),
        ("two Chinese letters, of one day", format!("{second} on:{}", day(DAYS / 2)), None),
        ("a rare word, in groups by topic", format!("{rare} in:load"), None),
    ]
}

/// Posts each text once, by somebody; every twentieth with a file.
async fn texts(house: &House, anna: &Viewer) -> Vec<Message> {
    let group = house.group(anna, AUTHORS).await;
    let mut authors = Vec::new();
    for n in 0..AUTHORS {
        authors.push(house.sign_in(n).await.0);
    }
    let mut chance = Chance(1);
    for n in 0..TEXTS {
        let author = &authors[n % AUTHORS];
        let markdown = if (n / AUTHORS).is_multiple_of(2) { chance.sentence() } else { chance.chinese() };
        let mut new = NewMessage { markdown, ..NewMessage::default() };
        if n % 20 == n / 20 % 20 {
            let mut upload = house.actions.begin_upload(author, group).await.unwrap();
            upload.write(new.markdown.as_bytes()).await.unwrap();
            new.files.push(house.actions.finish_upload(author, group, upload, "offer.txt").await.unwrap().id);
        }
        house.actions.post_message(author, group, new).await.unwrap();
    }
    let mut tx = house.actions.store.read().await.unwrap();
    store::messages::list_after(&mut tx, group, 0, TEXTS as i64).await.unwrap()
}

/// Groups with so many messages each, posted day by day.
async fn fill(
    house: &House,
    anna: &Viewer,
    (place, texts): (&Place, &[Message]),
    messages: usize,
) -> Vec<GroupId> {
    let mut groups = Vec::new();
    for _ in 0..GROUPS {
        groups.push(house.group(anna, 3).await);
    }
    // An index that is made of all at once is the same one, and sooner there.
    if let Place::Postgres(url) = place {
        run_postgres(url, "DROP INDEX search_entries_by_word").await;
    }
    let rounds = messages.div_ceil(texts.len());
    let now = house.actions.clock.now().millis();
    for round in 0..rounds {
        for (n, group) in groups.iter().enumerate() {
            let count = texts.len().min(messages - round * texts.len());
            let step = (round * GROUPS + n) as i64;
            let at = now - DAYS * DAY + step * DAYS * DAY / (rounds * GROUPS) as i64;
            post_all(&house.actions, *group, texts[..count].to_vec(), Timestamp::from_millis(at)).await;
        }
    }
    if let Place::Postgres(url) = place {
        let index =
            "CREATE INDEX search_entries_by_word ON search_entries USING gin (words) WITH (fastupdate = off)";
        run_postgres(url, index).await;
        run_postgres(url, "ANALYZE").await;
    }
    groups
}

async fn post_all(actions: &Actions, group: GroupId, texts: Vec<Message>, at: Timestamp) {
    let clock = actions.clock.clone();
    let posted = actions.store.write(async move |tx| {
        let count = texts.len() as i64;
        let first = store::groups::advance_by(tx, group, count, at).await?.last_seq - count + 1;
        let taken: Vec<Taken> = (first..)
            .zip(&texts)
            .map(|(seq, text)| Taken { message: text.id, copy: clock.new_id(), seq })
            .collect();
        store::spin_offs::copy(tx, group, &taken, at).await?;
        let posted: Vec<Message> = texts
            .into_iter()
            .zip(&taken)
            .map(|(text, taken)| Message {
                id: taken.copy,
                seq: taken.seq,
                group_id: group,
                posted_at: at,
                ..text
            })
            .collect();
        store::search::index_all(tx, &posted).await
    });
    posted.await.unwrap();
}

/// How long it takes to look through all texts.
async fn bare(place: &Place) -> Duration {
    const LOOK: &str = "SELECT count(*) FROM messages WHERE markdown LIKE '%nowhere%'";
    let begun;
    let found: i64 = match place {
        Place::Sqlite(path) => {
            let mut connection = SqliteConnection::connect(&path.to_string_lossy()).await.unwrap();
            begun = Instant::now();
            sqlx::query_scalar(LOOK).fetch_one(&mut connection).await.unwrap()
        }
        Place::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            begun = Instant::now();
            sqlx::query_scalar(LOOK).fetch_one(&mut connection).await.unwrap()
        }
    };
    assert_eq!(found, 0);
    begun.elapsed()
}

async fn run_postgres(url: &str, statement: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The same numbers each time.
struct Chance(u64);

impl Chance {
    /// From 0 on, below `count`; each as much rarer as it is greater, like words (Zipf's law).
    fn rank(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let part = (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        ((count as f64).powf(part) as usize - 1).min(count - 1)
    }

    fn sentence(&mut self) -> String {
        let words: Vec<String> = (0..18).map(|_| word(self.rank(20_000))).collect();
        words.join(" ")
    }

    fn chinese(&mut self) -> String {
        (0..30).map(|n| if n % 10 == 9 { '，' } else { letter(self.rank(2_000)) }).collect()
    }
}

/// The shorter, the more common.
fn word(mut rank: usize) -> String {
    const SYLLABLES: [&str; 12] = ["ba", "ke", "ri", "no", "su", "ta", "le", "mi", "do", "fu", "ga", "pe"];
    let mut word = String::from(SYLLABLES[rank % 12]);
    while rank >= 12 {
        rank = rank / 12 - 1;
        word.push_str(SYLLABLES[rank % 12]);
    }
    word
}

fn letter(rank: usize) -> char {
    char::from_u32(0x4e00 + rank as u32 * 7).unwrap()
}

/// So many letters that stand side by side in one of the texts.
fn chinese(texts: &[Message], near: usize, letters: usize) -> String {
    let text =
        texts[near..].iter().find(|text| text.body.markdown.starts_with(|c: char| c >= '\u{4e00}')).unwrap();
    text.body.markdown.chars().skip(2).take(letters).collect()
}
