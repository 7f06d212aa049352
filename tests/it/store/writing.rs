//! What a write promises: all or nothing, alone, durable, and finished whoever waits for it.

use std::time::Duration;

use mailmoot::store::{self, Place, Store, StoreError, Tx, folders, groups, people_search, persons};
use tokio::sync::oneshot;

use super::world::{NOW, World, entry, is_taken, new_person, on_both};
use crate::support::databases::Database;
use crate::support::peers::peer_variable;

async fn sources(w: &World) -> Vec<String> {
    folders::list(&mut w.read().await).await.unwrap().into_iter().map(|f| f.source).collect()
}

#[tokio::test]
async fn an_error_undoes_its_own_write_and_no_other() {
    on_both(async |w: World| {
        let writes = (0..40).map(|n| {
            let store = w.store.clone();
            async move {
                store
                    .write(async move |tx| {
                        folders::advance(tx, &format!("{n:02}"), 1, n).await?;
                        if n % 4 == 0 { Err(StoreError::Stale) } else { Ok(n) }
                    })
                    .await
            }
        });
        let results = futures_util::future::join_all(writes).await;
        for (n, result) in results.iter().enumerate() {
            assert_eq!(result.is_err(), n % 4 == 0, "{n}");
        }
        let expected: Vec<String> = (0..40).filter(|n| n % 4 != 0).map(|n| format!("{n:02}")).collect();
        assert_eq!(sources(&w).await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_taken_key_is_told_and_its_neighbours_stay() {
    on_both(async |w: World| {
        let person = new_person(&w.clock, entry("A", &["a@x.example"]));
        let writes = (0..10).map(|n| {
            let (store, mut person) = (w.store.clone(), person.clone());
            if n % 2 == 1 {
                person.id = w.clock.new_id();
                person.entry.addresses.clear();
            }
            async move { store.write(async move |tx| persons::insert(tx, &[person], NOW).await).await }
        });
        let results = futures_util::future::join_all(writes).await;
        assert_eq!(results.iter().filter(|r| is_taken(r)).count(), 4);
        assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 6);
        assert_eq!(people_search::search(&mut w.read().await, "", 100).await.unwrap().len(), 6);
    })
    .await;
}

#[tokio::test]
async fn a_write_that_panics_undoes_itself_and_the_store_goes_on() {
    on_both(async |w: World| {
        let writes = (0..9).map(|n| {
            let store = w.store.clone();
            async move {
                store
                    .write(async move |tx| {
                        folders::advance(tx, &n.to_string(), 1, 1).await?;
                        assert_ne!(n, 4, "a defect");
                        Ok::<_, StoreError>(())
                    })
                    .await
            }
        });
        let results = futures_util::future::join_all(writes).await;
        assert!(matches!(results[4], Err(StoreError::Unavailable(_))));
        assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 8);
        assert_eq!(sources(&w).await.len(), 8);
        w.write(async |tx| folders::advance(tx, "later", 1, 1).await).await;
        assert!(!sources(&w).await.contains(&"4".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_write_is_done_though_nobody_waits_for_it() {
    on_both(async |w: World| {
        let (started, begun) = oneshot::channel();
        let (go_on, may) = oneshot::channel::<()>();
        let store = w.store.clone();
        let caller = tokio::spawn(async move {
            store
                .write(async move |tx| {
                    folders::advance(tx, "half", 1, 1).await?;
                    started.send(()).unwrap();
                    drop(may.await);
                    folders::advance(tx, "whole", 1, 1).await
                })
                .await
        });
        begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        go_on.send(()).unwrap();
        // On SQLite the next write waits for this one; on PostgreSQL it may be quicker.
        for _ in 0..500 {
            w.write(async |tx| folders::advance(tx, "next", 1, 1).await).await;
            if sources(&w).await.len() == 3 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(sources(&w).await, ["half", "next", "whole"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_answered_is_there_after_opening_again() {
    on_both(async |w: World| {
        w.write(async |tx| folders::advance(tx, "kept", 7, 9).await).await;
        let again = World::open(w.place.clone()).await;
        assert_eq!(sources(&again).await, ["kept"]);
        drop(w);
        again.write(async |tx| folders::advance(tx, "more", 7, 9).await).await;
        let third = World::open(again.place.clone()).await;
        assert_eq!(sources(&third).await, ["kept", "more"]);
    })
    .await;
}

#[tokio::test]
async fn reading_goes_on_while_writing() {
    on_both(async |w: World| {
        w.write(async |tx| folders::advance(tx, "before", 1, 1).await).await;
        let (started, begun) = oneshot::channel();
        let (go_on, may) = oneshot::channel::<()>();
        let store = w.store.clone();
        let writing = tokio::spawn(async move {
            store
                .write(async move |tx| {
                    folders::advance(tx, "during", 1, 1).await?;
                    started.send(()).unwrap();
                    drop(may.await);
                    Ok::<_, StoreError>(())
                })
                .await
        });
        begun.await.unwrap();
        assert_eq!(sources(&w).await, ["before"], "what is not committed is not seen");
        go_on.send(()).unwrap();
        writing.await.unwrap().unwrap();
        assert_eq!(sources(&w).await, ["before", "during"]);
    })
    .await;
}

#[tokio::test]
async fn a_write_reads_what_it_wrote_and_reads_cannot_write() {
    on_both(async |w: World| {
        let found = w
            .write(async |tx| {
                folders::advance(tx, "a", 1, 1).await?;
                folders::find(tx, "a").await
            })
            .await;
        assert_eq!(found.unwrap().last_uid, 1);
        let before = w.store.statements();
        folders::list(&mut w.read().await).await.unwrap();
        assert_eq!(w.store.statements() - before, 1);
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let w = World::open(Place::Sqlite(folder.path().join("x.db"))).await;
    assert!(folders::advance(&mut w.read().await, "a", 1, 1).await.is_err());
}

#[tokio::test]
async fn text_with_a_null_character_is_no_reason_to_fail() {
    on_both(async |w: World| {
        let kept = w.store.write(async |tx| folders::failed(tx, "a", "be\0fore", NOW).await).await;
        let person = new_person(&w.clock, entry("An\0na", &["a@x.example"]));
        let named = w.store.write(async move |tx| persons::insert(tx, &[person], NOW).await).await;
        // PostgreSQL has no such character in texts: whoever takes text from outside must leave it out.
        assert_eq!(kept.is_ok(), named.is_ok());
        assert_eq!(kept.is_ok(), matches!(w.place, Place::Sqlite(_)));
        w.write(async |tx| folders::advance(tx, "b", 1, 1).await).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_waits_to_refer_to_what_is_held() {
    on_both(async |w: World| {
        if matches!(w.place, Place::Sqlite(_)) {
            // One writes at a time: nothing is ever held against another.
            return;
        }
        let anna = w.person("Anna", "anna@x.example").await;
        let plan = w.group("Plan", &[anna]).await;
        let (tell, told) = oneshot::channel();
        let (end, ended) = oneshot::channel::<()>();
        let store = w.store.clone();
        let holder = tokio::spawn(async move {
            let held = async move |tx: &mut Tx| {
                persons::hold(tx, anna).await?;
                groups::hold(tx, plan).await?;
                tell.send(()).unwrap();
                ended.await.unwrap();
                Ok::<_, StoreError>(())
            };
            store.write(held).await
        });
        told.await.unwrap();
        // Its rows name Anna.
        let other = tokio::time::timeout(Duration::from_secs(20), w.group("Other", &[anna])).await;
        end.send(()).unwrap();
        holder.await.unwrap().unwrap();
        assert!(other.is_ok(), "waited for who held Anna");
    })
    .await;
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("text.db");
    std::fs::write(
        &file,
        "This is no database, but a text that is long enough to be taken for a header. ".repeat(20),
    )
    .unwrap();
    assert!(Store::open(&Place::Sqlite(file)).await.is_err());
    assert!(Store::open(&Place::Sqlite(folder.path().join("no/such/folder.db"))).await.is_err());
    let nobody = Place::Postgres("postgres://nobody@127.0.0.1:1/none".to_owned());
    assert!(matches!(Store::open(&nobody).await, Err(StoreError::Unavailable(_))));
    assert_eq!(format!("{nobody:?}"), "Postgres(***)");
}

#[tokio::test]
async fn two_programs_share_one_postgresql() {
    let Some(server) = peer_variable("MAILMOOT_TEST_POSTGRES") else { return };
    let database = Database::make(&server, false).await;
    let place = database.place();
    let (a, b) = tokio::join!(Store::open(&place), Store::open(&place));
    let (a, b): (store::Result<Store>, store::Result<Store>) = (a, b);
    a.unwrap().write(async |tx| folders::advance(tx, "shared", 1, 1).await).await.unwrap();
    let found = folders::find(&mut b.unwrap().read().await.unwrap(), "shared").await.unwrap();
    assert!(found.is_some());
    database.drop().await;
}
