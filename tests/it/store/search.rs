//! The index of messages: both databases find what the words in Rust say, and nothing that is not for one's eyes.

use std::time::Duration;

use mailmoot::domain::file::{File, FileName};
use mailmoot::domain::ids::{GroupId, PersonId};
use mailmoot::domain::mail_notes::MailNotes;
use mailmoot::domain::message::{Author, Body, Grade, Message, Removed, Source, Trace};
use mailmoot::domain::receipt::Receipts;
use mailmoot::domain::search::entry::{first_number, number};
use mailmoot::domain::search::{self, Phrase, Query, Thing, Wanted, Word, words};
use mailmoot::store::search::{find, index, index_all, index_change, remove};
use mailmoot::store::{Place, Store, StoreError, groups, jobs, messages};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::migrations::change;
use super::world::{NOW, World, at, on_both};

const ALL: (i64, i64) = (0, i64::MAX);

fn message(w: &World, (group, author): (GroupId, PersonId), seq: i64, text: &str) -> Message {
    Message {
        id: w.clock.new_id(),
        group_id: group,
        seq,
        author: Author {
            person_id: Some(author),
            name: "Anna Berg".to_owned(),
            grade: Grade::Confirmed,
            photo: None,
        },
        source: Source::Mail,
        posted_at: at(seq),
        body: Body { markdown: text.to_owned(), ..Body::default() },
        quotation: String::new(),
        signature: String::new(),
        notes: MailNotes::default(),
        mail_id: None,
        client_id: None,
        files: Vec::new(),
        reactions: Vec::new(),
        marks: Vec::new(),
        trace: Trace::default(),
        answers: None,
        taken_from: None,
        share: None,
        notice: None,
        receipts: Receipts::default(),
    }
}

async fn post(w: &World, place: (GroupId, PersonId), texts: &[String]) {
    let all: Vec<Message> =
        texts.iter().enumerate().map(|(n, text)| message(w, place, n as i64 + 1, text)).collect();
    w.write(async move |tx| {
        for message in &all {
            groups::advance(tx, message.group_id, message.posted_at).await?;
            messages::insert(tx, message).await?;
            index(tx, message).await?;
        }
        Ok(())
    })
    .await;
}

fn query(typed: &str) -> Query {
    Query::parse(typed, chrono::NaiveDate::default())
}

async fn seqs(w: &World, person: PersonId, wanted: &Wanted) -> Vec<i64> {
    let found = find(&mut w.read().await, person, wanted, ALL, 1_000).await.unwrap();
    assert!(found.is_sorted_by(|one, next| one.number > next.number));
    let mut seqs: Vec<i64> = found.into_iter().map(|found| found.seq).collect();
    seqs.sort_unstable();
    seqs
}

/// What should be found, by the words alone.
fn model(texts: &[String], phrases: &[Phrase]) -> Vec<i64> {
    let has_all = |text: &String| {
        let words: Vec<Word> = words(text).collect();
        phrases.iter().all(|phrase| phrase.find(&words).next().is_some())
    };
    texts.iter().enumerate().filter(|(_, text)| has_all(text)).map(|(n, _)| n as i64 + 1).collect()
}

/// Words of many scripts, so that some of them meet; signs that mean something to a database in between.
const BIT: &str = "budget|Budgets|round|café|CAFE\u{301}|Straße|strasse|会议|会议室|会|议室|开会|の会議|東京タワー|회의를|회의|ｶﾞｲﾄﾞ|שָׁלוֹם|مُحَمَّد|हिन्दी|10:30|v2\\.1|AND|OR|NOT|NEAR|'|\"|\\\\|\\*|:|&|\\||!|<->|\\(|\\)|\\^|--|;|§g|\u{202e}|👍| |\n|，|-";

#[tokio::test]
async fn both_databases_find_what_the_words_say() {
    let mut runner = TestRunner::deterministic();
    let mut make = |strategy: &str| {
        let strategy = proptest::string::string_regex(strategy).unwrap();
        strategy.new_tree(&mut runner).unwrap().current()
    };
    let texts: Vec<String> = (0..150).map(|_| make(&format!("(({BIT})( ?)){{0,9}}"))).collect();
    let asked: Vec<String> = (0..400).map(|_| make(&format!("(({BIT})( ?)){{1,3}}"))).collect();
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let group = w.group("Everything", &[anna]).await;
        post(&w, (group, anna), &texts).await;
        let mut hits = 0;
        for typed in &asked {
            let query = query(typed);
            if query.phrases.is_empty() {
                continue;
            }
            let expected = model(&texts, &query.phrases);
            // A filter in it is a matter of its own.
            let mut wanted = Wanted::default();
            query.phrases.iter().for_each(|phrase| wanted.and(phrase.clone()));
            assert_eq!(seqs(&w, anna, &wanted).await, expected, "{typed:?}");
            hits += expected.len();
        }
        assert!(hits > 1_000, "{hits}");
    })
    .await;
}

#[tokio::test]
async fn a_word_is_found_as_people_type_it() {
    let texts = [
        "Das Budget für die Küche",
        "我们下周开会讨论预算，请准备会议室",
        "東京タワーの写真",
        "회의를 내일로 미룹니다",
        "budgets & \"quotes\" OR NOT",
        "The second round is done",
        "会\n议 wrapped by a mail program",
    ]
    .map(str::to_owned);
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let group = w.group("Everything", &[anna]).await;
        post(&w, (group, anna), &texts).await;
        for (typed, expected) in [
            ("budget", &[1, 5][..]),
            ("\"budget\"", &[1]),
            ("BUD kuch", &[1]),
            ("bu", &[]),
            ("预算", &[2]),
            ("会议", &[2, 7]),
            ("会", &[2, 7]),
            ("室", &[2]),
            ("会议室 准备", &[2]),
            ("议会", &[]),
            ("写真 タワー", &[3]),
            ("회의", &[4]),
            ("\"second round\"", &[6]),
            ("\"round second\"", &[]),
            ("round second", &[6]),
            ("\"quotes or not", &[5]),
            ("budget AND", &[]),
            ("nothing", &[]),
        ] {
            assert_eq!(seqs(&w, anna, &query(typed).wanted()).await, expected, "{typed}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_known_of_a_message_finds_it() {
    on_both(async |w: World| {
        let (anna, bert) =
            (w.person("Anna Berg", "anna@x.example").await, w.person("Bert", "b@x.example").await);
        let (a, b) = (w.group("A", &[anna, bert]).await, w.group("B", &[anna]).await);
        let file = |name: &str, media_type: &str| File {
            id: w.clock.new_id(),
            name: FileName::cleaned(name, "file"),
            media_type: media_type.to_owned(),
            size: 1,
            created_at: NOW,
            picture: None,
        };
        let mut all = [
            message(&w, (a, anna), 1, "plain"),
            message(&w, (a, bert), 2, "offer"),
            message(&w, (b, anna), 3, "words"),
        ];
        all[1].files = vec![file("报价单 v2.pdf", "application/pdf"), file("plan.png", "image/png")];
        all[1].author.name = "Bert Öst".to_owned();
        all[2].body.html = serde_json::from_value("<a href=\"https://x.example\">x</a>".into()).unwrap();
        w.write(async move |tx| {
            for message in &all {
                messages::insert(tx, message).await?;
                index(tx, message).await?;
            }
            Ok(())
        })
        .await;
        let phrase = |typed: &str| Phrase::of(typed, false).unwrap();
        for (wanted, expected) in [
            (search::in_group(a), &[1, 2][..]),
            (search::by_author(anna), &[1, 3]),
            (search::by_name(phrase("ost")), &[2]),
            (search::by_name(phrase("offer")), &[]),
            (search::having(Thing::File), &[2]),
            (search::having(Thing::Picture), &[2]),
            (search::having(Thing::Link), &[3]),
            (search::with_file(phrase("报价")), &[2]),
            (search::with_file(phrase("plan.png")), &[2]),
            (search::with_file(phrase("offer")), &[]),
            (phrase("报价单"), &[2]),
            (phrase("png offer"), &[]),
        ] {
            let mut one = Wanted::default();
            one.and(wanted.clone());
            assert_eq!(seqs(&w, anna, &one).await, expected, "{wanted:?}");
        }
        let mut both = Wanted::default();
        both.and_one_of(vec![search::in_group(b), search::by_name(phrase("bert"))]);
        assert_eq!(seqs(&w, anna, &both).await, [2, 3]);
        assert_eq!(seqs(&w, bert, &both).await, [2]);
        both.and_one_of(Vec::new());
        assert_eq!(seqs(&w, anna, &both).await, [0_i64; 0]);
        assert_eq!(seqs(&w, anna, &Wanted::default()).await, [1, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_found_that_a_member_may_not_see() {
    on_both(async |w: World| {
        let (anna, bert) = (w.person("Anna", "a@x.example").await, w.person("Bert", "b@x.example").await);
        let group = w.group("A", &[anna, bert]).await;
        post(&w, (group, anna), &["budget", "budget", "budget"].map(str::to_owned)).await;
        let budget = query("budget").wanted();
        assert_eq!(seqs(&w, bert, &budget).await, [1, 2, 3]);
        change(&w.place, "UPDATE members SET first_seq = 3 WHERE role = 'member'").await;
        assert_eq!(seqs(&w, bert, &budget).await, [3]);
        let stranger = w.person("Carl", "c@x.example").await;
        assert_eq!(seqs(&w, stranger, &budget).await, [0_i64; 0]);
    })
    .await;
}

#[tokio::test]
async fn pages_and_days_are_ranges_of_numbers() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "a@x.example").await;
        let group = w.group("A", &[anna]).await;
        post(&w, (group, anna), &vec!["budget".to_owned(); 10]).await;
        let budget = query("budget").wanted();
        let mut tx = w.read().await;
        let mut page = async |range, limit| -> Vec<i64> {
            let found = find(&mut tx, anna, &budget, range, limit).await.unwrap();
            found.into_iter().map(|found| found.seq).collect()
        };
        assert_eq!(page(ALL, 4).await, [10, 9, 8, 7]);
        assert_eq!(page((0, number(at(7), group, 7)), 4).await, [6, 5, 4, 3]);
        assert_eq!(page((first_number(at(3)), first_number(at(6))), 4).await, [5, 4, 3]);
    })
    .await;
}

#[tokio::test]
async fn messages_of_one_moment_have_numbers_of_their_own() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "a@x.example").await;
        let group = w.group("A", &[anna]).await;
        let all: Vec<Message> = (0..3)
            .map(|n| Message {
                seq: 1 + (n << 20),
                posted_at: NOW,
                ..message(&w, (group, anna), 1, "budget")
            })
            .collect();
        w.write(async move |tx| {
            for message in &all {
                messages::insert(tx, message).await?;
            }
            index(tx, &all[1]).await?;
            index_all(tx, &all).await?;
            index_all(tx, &all).await
        })
        .await;
        assert_eq!(seqs(&w, anna, &query("budget").wanted()).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn the_index_knows_messages_as_they_are_now() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "a@x.example").await;
        let group = w.group("A", &[anna]).await;
        post(&w, (group, anna), &["budget", "other"].map(str::to_owned)).await;
        let before =
            messages::list_before(&mut w.read().await, group, 1..i64::MAX, 9).await.unwrap().remove(0);
        let mut now = before.clone();
        now.body.markdown = "会议".to_owned();
        let (old, new) = (before.clone(), now.clone());
        w.write(async move |tx| index_change(tx, &old, &new).await).await;
        assert_eq!(seqs(&w, anna, &query("budget").wanted()).await, [0_i64; 0]);
        assert_eq!(seqs(&w, anna, &query("会议").wanted()).await, [1]);

        let mut gone = now.clone();
        gone.trace.removed = Some(Removed { by: anna, name: String::new(), at: NOW, moved_to: None });
        w.write(async move |tx| index_change(tx, &now, &gone).await).await;
        assert_eq!(seqs(&w, anna, &query("会议").wanted()).await, [0_i64; 0]);
        assert_eq!(seqs(&w, anna, &query("other").wanted()).await, [2]);
        let id = before.id;
        w.write(async move |tx| {
            remove(tx, id).await?;
            index(tx, &before).await
        })
        .await;
        assert_eq!(seqs(&w, anna, &query("budget").wanted()).await, [1]);
    })
    .await;
}

#[tokio::test]
async fn a_very_long_message_is_found_by_its_beginning_in_both() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "a@x.example").await;
        let group = w.group("A", &[anna]).await;
        let many: String = (0..40_000).map(|n| format!("w{n} ")).collect();
        let same = format!("{} other end", "same ".repeat(30_000));
        let few = format!("{} other end", "same ".repeat(300));
        post(&w, (group, anna), &[many, same, few]).await;
        for (typed, expected) in [
            ("w15000", &[1][..]),
            ("\"w14999 w15000\"", &[1]),
            ("w39999", &[]),
            ("\"same same same\"", &[2, 3]),
            ("\"other end\"", &[3]),
            ("\"same other\"", &[]),
        ] {
            assert_eq!(seqs(&w, anna, &query(typed).wanted()).await, expected, "{typed}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_hundred_groups_can_be_named() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "a@x.example").await;
        let group = w.group("A", &[anna]).await;
        post(&w, (group, anna), &["budget".to_owned()]).await;
        let mut groups = vec![search::in_group(group)];
        groups.resize_with(200, || search::in_group(w.clock.new_id()));
        let mut wanted = query("budget").wanted();
        wanted.and_one_of(groups);
        assert_eq!(seqs(&w, anna, &wanted).await, [1]);
    })
    .await;
}

/// In the place of the entries: rows without end, of which none is one.
const ENDLESS: &str = "
    ALTER TABLE search_entries RENAME TO kept;
    CREATE VIEW search_entries AS SELECT kept.* FROM kept CROSS JOIN
    (WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n) AS endless WHERE x < 0";

#[tokio::test]
async fn a_search_without_end_is_stopped_and_others_go_on() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "a@x.example").await;
        let group = w.group("A", &[anna]).await;
        post(&w, (group, anna), &["budget".to_owned()]).await;
        change(&w.place, ENDLESS).await;
        let store = Store::open_within(&w.place, Duration::from_secs(1)).await.unwrap();
        let wanted = query("budget").wanted();
        // One after the other on the same connection, however many there are.
        for _ in 0..2 {
            let found = find(&mut store.read().await.unwrap(), anna, &wanted, ALL, 9).await;
            assert!(matches!(found, Err(StoreError::TooSlow)), "{found:?}");
            let topics = groups::topics_for(&mut store.read().await.unwrap(), anna).await.unwrap();
            assert_eq!(topics, [(group, "A".to_owned())]);
        }
        // Nor is it in anybody's way once who asked has gone.
        let gone = async { find(&mut store.read().await?, anna, &wanted, ALL, 9).await };
        assert!(tokio::time::timeout(Duration::from_millis(50), gone).await.is_err());
        let topics = groups::topics_for(&mut store.read().await.unwrap(), anna).await.unwrap();
        assert_eq!(topics, [(group, "A".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_database_with_messages_gets_a_job_to_index_them() {
    on_both(async |w: World| {
        assert!(!jobs::is_waiting(&mut w.read().await, jobs::Lane::Index).await.unwrap());
        let anna = w.person("Anna", "a@x.example").await;
        let group = w.group("A", &[anna]).await;
        let one = message(&w, (group, anna), 1, "budget");
        w.write(async move |tx| messages::insert(tx, &one).await).await;
        // As the migration has it.
        let (migration, lanes) = match &w.place {
            Place::Sqlite(_) => (
                include_str!("../../../migrations/sqlite/0015_search.sql"),
                include_str!("../../../migrations/sqlite/0023_cadence.sql"),
            ),
            Place::Postgres(_) => (
                include_str!("../../../migrations/postgres/0015_search.sql"),
                include_str!("../../../migrations/postgres/0023_cadence.sql"),
            ),
        };
        change(&w.place, &migration[migration.find("INSERT INTO jobs").unwrap()..]).await;
        let lanes = &lanes[lanes.find("UPDATE jobs").unwrap()..lanes.find("DROP INDEX").unwrap()];
        change(&w.place, lanes).await;
        assert!(jobs::is_waiting(&mut w.read().await, jobs::Lane::Index).await.unwrap());
        let claimed = w.write(async |tx| jobs::claim(tx, jobs::Lane::Index, NOW, 9).await).await;
        let job = mailmoot::domain::job::Job::IndexMessages { before: None };
        assert_eq!(claimed.iter().map(|claimed| &claimed.job).collect::<Vec<_>>(), [&job]);
        assert_eq!(job.key(), "index-messages:");
    })
    .await;
}
