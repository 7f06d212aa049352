//! Mail sources, the ledger of mails in, and threads.

use mailmoot::domain::digest::Digest;
use mailmoot::domain::ids::{MailId, ThreadId};
use mailmoot::domain::ledger::{Ignored, Outcome, Proof, Routed, SourcePlace, Verdict, Way};
use mailmoot::domain::ledger_query::{LedgerPlace, LedgerQuery};
use mailmoot::domain::thread::{Participant, Seen};
use mailmoot::store::folders::{self, FolderPosition};
use mailmoot::store::ledger::{self, MailFacts, NewMail};
use mailmoot::store::ledger_lists;
use mailmoot::store::{self, Tx, threads};

use super::world::{NOW, World, at, entry, new_person, on_both};

#[tokio::test]
async fn a_source_remembers_how_far_it_was_read_and_how_it_is() {
    on_both(async |w: World| {
        let source = "imap:moot@x.example/收件箱";
        assert_eq!(folders::find(&mut w.read().await, source).await.unwrap(), None);
        w.write(async move |tx| {
            folders::advance(tx, source, 7, 4_294_967_295).await?;
            folders::failed(tx, source, "connection refused", at(1)).await?;
            folders::succeeded(tx, "maildir:/x", at(3)).await
        })
        .await;
        let position = folders::find(&mut w.read().await, source).await.unwrap().unwrap();
        let failed = FolderPosition {
            source: source.to_owned(),
            uid_validity: 7,
            last_uid: 4_294_967_295,
            last_success_at: None,
            last_error: "connection refused".to_owned(),
            last_error_at: Some(at(1)),
        };
        assert_eq!(position, failed);
        w.write(async move |tx| {
            folders::succeeded(tx, source, at(2)).await?;
            folders::advance(tx, source, 8, 1).await
        })
        .await;
        let all = folders::list(&mut w.read().await).await.unwrap();
        assert_eq!(all.len(), 2);
        let well = FolderPosition {
            uid_validity: 8,
            last_uid: 1,
            last_success_at: Some(at(2)),
            last_error: String::new(),
            ..failed
        };
        assert_eq!(all[0], well);
        assert_eq!((all[1].last_uid, all[1].last_success_at), (0, Some(at(3))));
        w.write(async move |tx| folders::failed(tx, "new", "no", at(1)).await).await;
        assert_eq!(folders::list(&mut w.read().await).await.unwrap().len(), 3);
    })
    .await;
}

fn mail(w: &World, name: &str, second: i64) -> NewMail {
    NewMail {
        id: w.clock.new_id(),
        received_at: at(second),
        source: "test".to_owned(),
        digest: Digest::of(name.as_bytes()),
        size: 5_000_000_000,
    }
}

#[tokio::test]
async fn a_mail_comes_once_and_has_one_outcome() {
    on_both(async |w: World| {
        let (first, same) = (mail(&w, "a", 0), mail(&w, "a", 9));
        let (id, digest) = (first.id, first.digest);
        assert!(w.write(async move |tx| ledger::insert(tx, &first).await).await);
        assert!(!w.write(async move |tx| ledger::insert(tx, &same).await).await);
        let stored = ledger::find(&mut w.read().await, id).await.unwrap().unwrap();
        assert_eq!((stored.digest, stored.thread, stored.entry.size), (digest, None, 5_000_000_000));
        assert_eq!((stored.entry.outcome, stored.entry.received_at), (Outcome::Waiting, NOW));
        assert_eq!(ledger::count_open(&mut w.read().await).await.unwrap(), (1, 0));
        assert_eq!(ledger::find_thread_by_digest(&mut w.read().await, &digest).await.unwrap(), None);
        let thread = thread(&w, "预算", &["key"]).await;
        let facts = MailFacts {
            message_id: "a@x.example".to_owned(),
            sender: "anna@x.example".to_owned(),
            subject: "预算 'quoted' \"x\" 🙂".to_owned(),
            dated_at: at(-5),
            thread: Some(thread),
            routed: Routed { way: Some(Way::References), token_person: None, also_groups: 2, group: None },
            proof: Some(Proof { verdict: Verdict::Failed, words: "dmarc=fail".to_owned() }),
        };
        w.write(async move |tx| ledger::set_facts(tx, id, &facts).await).await;
        let mut tx = w.read().await;
        let stored = ledger::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((stored.thread, stored.entry.subject.as_str()), (Some(thread), "预算 'quoted' \"x\" 🙂"));
        assert_eq!(stored.entry.message_id, "a@x.example");
        assert_eq!((stored.entry.routed.way, stored.entry.routed.also_groups), (Some(Way::References), 2));
        assert_eq!(stored.entry.proof.unwrap().verdict, Verdict::Failed);
        let named = ["b@x.example".to_owned(), "a@x.example".to_owned()];
        let subjects = ledger::subjects_of(&mut tx, &named).await.unwrap();
        assert_eq!(subjects, ["预算 'quoted' \"x\" 🙂"]);
        assert!(ledger::subjects_of(&mut tx, &[]).await.unwrap().is_empty());
        assert_eq!(ledger::find_thread_by_digest(&mut tx, &digest).await.unwrap(), Some(thread));
        assert_eq!(ledger::count_from(&mut tx, "anna@x.example", at(-1)).await.unwrap(), 1);
        assert_eq!(ledger::count_from(&mut tx, "anna@x.example", NOW).await.unwrap(), 0);
        drop(tx);
        let other = w.clock.new_id();
        assert!(
            ledger::find_twin(&mut w.read().await, "a@x.example", other).await.unwrap().is_none(),
            "it still waits"
        );
        let anna = w.person("Anna", "anna@x.example").await;
        let group = w.group("预算", &[anna]).await;
        let outcomes = [
            Outcome::ThreadOnly { thread },
            Outcome::Message { group, message: w.clock.new_id() },
            Outcome::Draft { draft: w.clock.new_id() },
            Outcome::Ignored { why: Ignored::TooManyPeople },
            Outcome::Quarantined { why: "读不懂: {\"a\": 1}".to_owned() },
        ];
        for outcome in outcomes {
            let copy = outcome.clone();
            w.write(async move |tx| ledger::set_outcome(tx, id, &copy).await).await;
            let mut tx = w.read().await;
            assert_eq!(ledger::find(&mut tx, id).await.unwrap().unwrap().entry.outcome, outcome);
            let used = matches!(outcome.name(), "message" | "draft" | "thread_only");
            let twin = ledger::find_twin(&mut tx, "a@x.example", other).await.unwrap();
            assert_eq!(twin, used.then_some((id, outcome)));
            assert_eq!(ledger::find_twin(&mut tx, "a@x.example", id).await.unwrap(), None);
        }
        assert_eq!(ledger::count_open(&mut w.read().await).await.unwrap(), (0, 1));
        assert!(ledger::find(&mut w.read().await, other).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_was_not_fetched_gets_its_bytes_later_and_once() {
    on_both(async |w: World| {
        let unfetched = |uid, again| Outcome::Unfetched {
            place: SourcePlace::Uid { uid_validity: 7, uid },
            why: "BAD 命令".to_owned(),
            again,
        };
        let mut ids = Vec::new();
        for (uid, again) in [(1, true), (2, false), (3, true)] {
            let new = NewMail { size: 0, ..mail(&w, &uid.to_string(), uid) };
            let (id, outcome) = (new.id, unfetched(uid, again));
            w.write(async move |tx| {
                ledger::insert(tx, &new).await?;
                ledger::set_outcome(tx, id, &outcome).await
            })
            .await;
            ids.push(id);
        }
        assert_eq!(ledger::count_open(&mut w.read().await).await.unwrap(), (2, 1));
        let wanted: Vec<MailId> = ledger::list_wanted(&mut w.read().await, "test")
            .await
            .unwrap()
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(wanted, [ids[0], ids[2]]);
        assert!(ledger::list_wanted(&mut w.read().await, "other").await.unwrap().is_empty());

        let (first, third, bytes) = (ids[0], ids[2], Digest::of(b"the bytes"));
        assert!(w.write(async move |tx| ledger::set_bytes(tx, first, &bytes, 9).await).await);
        assert!(!w.write(async move |tx| ledger::set_bytes(tx, third, &bytes, 9).await).await);
        let stored = ledger::find(&mut w.read().await, first).await.unwrap().unwrap();
        assert_eq!((stored.digest, stored.entry.size), (bytes, 9));
    })
    .await;
}

#[tokio::test]
async fn the_ledger_is_listed_by_page_and_by_outcome() {
    on_both(async |w: World| {
        for n in 0..23 {
            let new = mail(&w, &n.to_string(), n / 6);
            w.write(async move |tx| {
                ledger::insert(tx, &new).await?;
                let why = "x".to_owned();
                if n % 3 == 0 {
                    ledger::set_outcome(tx, new.id, &Outcome::Quarantined { why }).await
                } else {
                    Ok(())
                }
            })
            .await;
        }
        let mut tx = w.read().await;
        for (outcome, count) in
            [(None, 23), (Some("quarantined"), 8), (Some("waiting"), 15), (Some("draft"), 0)]
        {
            let query = LedgerQuery { outcome, ..LedgerQuery::default() };
            let key = |m: &ledger::StoredMail| (m.entry.received_at, m.entry.id);
            let all: Vec<_> =
                ledger_lists::mails(&mut tx, &query, None, 100).await.unwrap().iter().map(key).collect();
            assert_eq!(all.len(), count);
            assert!(all.is_sorted_by(|a, b| a > b));
            let (mut pages, mut before): (Vec<_>, Option<LedgerPlace>) = (Vec::new(), None);
            loop {
                let page = ledger_lists::mails(&mut tx, &query, before, 5).await.unwrap();
                let Some(last) = page.last() else { break };
                before = Some(LedgerPlace { at: last.entry.received_at, id: last.entry.id.uuid() });
                pages.extend(page.iter().map(key));
            }
            assert_eq!(pages, all);
        }
    })
    .await;
}

async fn thread(w: &World, topic: &str, keys: &[&str]) -> ThreadId {
    let (id, topic) = (w.clock.new_id(), topic.to_owned());
    let keys: Vec<String> = keys.iter().map(|k| (*k).to_owned()).collect();
    w.write(async move |tx| {
        threads::insert(tx, id, &topic, NOW).await?;
        threads::add_keys(tx, id, &[]).await?;
        threads::add_keys(tx, id, &keys).await
    })
    .await;
    id
}

fn participant(name: Option<&str>, address: &str, seen: (u32, u32, u32)) -> Participant {
    let (from, to, cc) = seen;
    Participant {
        name: name.map(str::to_owned),
        address: address.parse().unwrap(),
        seen: Seen { from, to, cc },
    }
}

#[tokio::test]
async fn keys_tie_mails_to_threads() {
    on_both(async |w: World| {
        let (a, b) = (thread(&w, "A", &["1", "2"]).await, thread(&w, "B", &["3"]).await);
        w.write(async move |tx| threads::add_keys(tx, b, &["1".to_owned(), "4".to_owned()]).await).await;
        let keys = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let mut tx = w.read().await;
        let mut both = vec![a, b];
        both.sort();
        assert_eq!(
            threads::find_by_keys(&mut tx, &keys(&["1"])).await.unwrap(),
            [a],
            "a key stays where it is"
        );
        assert_eq!(threads::find_by_keys(&mut tx, &keys(&["4", "2", "1", "x"])).await.unwrap(), both);
        assert!(threads::find_by_keys(&mut tx, &keys(&["x"])).await.unwrap().is_empty());
        assert!(threads::find_by_keys(&mut tx, &[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_thread_has_the_topic_of_its_oldest_mail_in_any_order() {
    on_both(async |w: World| {
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1]] {
            let id = thread(&w, "made", &[]).await;
            for n in order {
                w.write(async move |tx| threads::count_mail(tx, id, &format!("topic {n}"), at(n)).await)
                    .await;
            }
            let found = threads::find(&mut w.read().await, id).await.unwrap().unwrap();
            assert_eq!((found.topic.as_str(), found.mails), ("topic 0", 3), "{order:?}");
            assert_eq!((found.first_at, found.last_at), (at(0), at(2)), "{order:?}");
        }
        assert_eq!(threads::find(&mut w.read().await, w.clock.new_id()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn participants_are_counted_together() {
    on_both(async |w: World| {
        let id = thread(&w, "T", &[]).await;
        let first = [
            participant(None, "Cc@x.example", (0, 0, 1)),
            participant(Some("To"), "to@x.example", (0, 1, 0)),
            participant(None, "from@x.example", (1, 0, 0)),
        ];
        let second = [
            participant(Some("抄送"), "CC@x.example", (0, 1, 2)),
            participant(Some("Other"), "to@x.example", (0, 1, 0)),
            participant(None, "late@x.example", (0, 0, 1)),
        ];
        w.write(async move |tx| {
            threads::add_participants(tx, id, &first).await?;
            threads::add_participants(tx, id, &second).await?;
            threads::add_participants(tx, id, &[]).await
        })
        .await;
        let expected = [
            participant(None, "from@x.example", (1, 0, 0)),
            participant(Some("抄送"), "Cc@x.example", (0, 1, 3)),
            participant(Some("To"), "to@x.example", (0, 2, 0)),
            participant(None, "late@x.example", (0, 0, 1)),
        ];
        let mut tx = w.read().await;
        assert_eq!(threads::participants(&mut tx, id).await.unwrap(), expected);
        let of = threads::participants_of(&mut tx, &[id, w.clock.new_id()]).await.unwrap();
        assert_eq!((of.len(), of[&id].as_slice()), (1, &expected[..]));
        assert!(threads::participants_of(&mut tx, &[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_mail_may_name_somebody_twice() {
    on_both(async |w: World| {
        let id = thread(&w, "T", &[]).await;
        let twice =
            [participant(Some("A"), "a@x.example", (1, 0, 0)), participant(None, "A@x.example", (0, 1, 0))];
        w.write(async move |tx| threads::add_participants(tx, id, &twice).await).await;
        let found = threads::participants(&mut w.read().await, id).await.unwrap();
        assert_eq!(found, [participant(Some("A"), "a@x.example", (1, 1, 0))]);
    })
    .await;
}

#[tokio::test]
async fn thousands_take_part() {
    on_both(async |w: World| {
        let id = thread(&w, "T", &[]).await;
        let many: Vec<_> =
            (0..5_000).map(|n| participant(None, &format!("p{n}@x.example"), (0, 1, 0))).collect();
        w.write(async move |tx| threads::add_participants(tx, id, &many).await).await;
        let found = threads::participants(&mut w.read().await, id).await.unwrap();
        assert_eq!((found.len(), found[4_999].address.as_str()), (5_000, "p4999@x.example"));
        let keys: Vec<String> = (0..5_000).map(|n| format!("k{n}")).collect();
        let copy = keys.clone();
        w.write(async move |tx| threads::add_keys(tx, id, &copy).await).await;
        assert_eq!(threads::find_by_keys(&mut w.read().await, &keys).await.unwrap(), [id]);
    })
    .await;
}

/// Four threads of one mail each, which become one by three merges in the order given.
async fn merged(w: &World, order: [(usize, usize); 3]) -> ThreadId {
    let mut ids = Vec::new();
    for n in 0..4_i64 {
        let id = thread(w, "", &[&format!("{order:?}{n}")]).await;
        let new = mail(w, &format!("{order:?}{n}"), n);
        let people = [
            participant((n == 2).then_some("Anna"), "anna@x.example", (1, 0, 0)),
            participant(None, &format!("p{n}@x.example"), (0, 0, 1)),
        ];
        w.write(async move |tx| {
            ledger::insert(tx, &new).await?;
            let facts = MailFacts {
                message_id: String::new(),
                sender: String::new(),
                subject: String::new(),
                dated_at: at(n),
                thread: Some(id),
                routed: Routed::default(),
                proof: None,
            };
            ledger::set_facts(tx, new.id, &facts).await?;
            threads::count_mail(tx, id, &format!("topic {n}"), at(n)).await?;
            threads::add_participants(tx, id, &people).await
        })
        .await;
        ids.push(id);
    }
    let mut root = ids[0];
    for (into, from) in order {
        let (into, from) = (ids[into], ids[from]);
        root = into;
        w.write(async move |tx| threads::merge(tx, into, from).await).await;
    }
    root
}

#[tokio::test]
async fn threads_are_merged_to_the_same_whatever_the_order() {
    on_both(async |w: World| {
        for order in [
            [(0, 1), (0, 2), (0, 3)],
            [(3, 2), (3, 1), (3, 0)],
            [(2, 3), (1, 2), (0, 1)],
            [(1, 0), (2, 1), (3, 2)],
            [(0, 1), (2, 3), (2, 0)],
            [(3, 0), (1, 2), (1, 3)],
        ] {
            let root = merged(&w, order).await;
            let mut tx = w.read().await;
            let found = threads::find(&mut tx, root).await.unwrap().unwrap();
            assert_eq!((found.topic.as_str(), found.mails), ("topic 0", 4), "{order:?}");
            assert_eq!((found.first_at, found.last_at), (at(0), at(3)), "{order:?}");
            let mut people = threads::participants(&mut tx, root).await.unwrap();
            assert_eq!(people.remove(0), participant(Some("Anna"), "anna@x.example", (4, 0, 0)));
            people.sort_by_key(|p| p.address.clone());
            let others: Vec<&str> = people.iter().map(|p| p.address.local_part()).collect();
            assert_eq!(others, ["p0", "p1", "p2", "p3"]);
            let keys: Vec<String> = (0..4).map(|n| format!("{order:?}{n}")).collect();
            assert_eq!(threads::find_by_keys(&mut tx, &keys).await.unwrap(), [root]);
            let last = ledger::last_of_thread(&mut tx, root, 1).await.unwrap().remove(0);
            assert_eq!((last.thread, last.entry.received_at), (Some(root), at(3)));
            assert!(ledger::last_of_thread(&mut tx, w.clock.new_id(), 1).await.unwrap().is_empty());
        }
    })
    .await;
}

async fn take_part(tx: &mut Tx, id: ThreadId, address: &str) -> store::Result<()> {
    threads::add_participants(tx, id, &[participant(None, address, (0, 1, 0))]).await
}

#[tokio::test]
async fn a_person_sees_the_threads_of_all_their_addresses() {
    on_both(async |w: World| {
        let anna = new_person(&w.clock, entry("Anna", &["anna@x.example", "a.berg@y.example"]));
        let (anna_id, bert) = (anna.id, w.person("Bert", "bert@x.example").await);
        w.write(async move |tx| store::persons::insert(tx, &[anna], NOW).await).await;
        let mut ids = Vec::new();
        for n in 0..13_i64 {
            let id = thread(&w, &format!("T{n}"), &[]).await;
            w.write(async move |tx| {
                threads::count_mail(tx, id, &format!("T{n}"), at(n / 3)).await?;
                threads::set_search_text(
                    tx,
                    id,
                    &format!("t{n} 预算 100% {}", if n % 2 == 0 { "even" } else { "a_b" }),
                )
                .await?;
                take_part(tx, id, if n % 2 == 0 { "ANNA@x.example" } else { "a.berg@y.example" }).await
            })
            .await;
            ids.push(id);
        }
        let mut tx = w.read().await;
        assert!(threads::takes_part(&mut tx, ids[0], anna_id).await.unwrap());
        assert!(!threads::takes_part(&mut tx, ids[0], bert).await.unwrap());
        assert!(threads::list_for(&mut tx, bert, "", None, 100).await.unwrap().is_empty());
        for (query, count) in
            [("", 13), ("预算", 13), ("算 EVEN", 7), ("a_b", 6), ("%", 13), ("axb", 0), ("t1 预", 4)]
        {
            let all: Vec<_> = threads::list_for(&mut tx, anna_id, query, None, 100)
                .await
                .unwrap()
                .into_iter()
                .map(|t| (t.last_at, t.id))
                .collect();
            assert_eq!(all.len(), count, "{query}");
            assert!(all.is_sorted_by(|a, b| a > b));
            let (mut pages, mut before) = (Vec::new(), None);
            loop {
                let page = threads::list_for(&mut tx, anna_id, query, before, 4).await.unwrap();
                let Some(last) = page.last() else { break };
                before = Some(last.id);
                pages.extend(page.into_iter().map(|t| (t.last_at, t.id)));
            }
            assert_eq!(pages, all, "{query}");
        }
    })
    .await;
}
