//! Persons, accounts, sessions and links.

use std::time::Duration;

use mailmoot::domain::ask::Ask;
use mailmoot::domain::digest::Digest;
use mailmoot::domain::identity::Right;
use mailmoot::domain::language::Language;
use mailmoot::domain::link::{Link, Purpose};
use mailmoot::domain::person::{Entry, Origin, Session};
use mailmoot::store::people_search;
use mailmoot::store::persons::{self, NewPerson};
use mailmoot::store::{asks, browsers, links, sessions, uses};

use super::world::{NOW, World, at, entry, is_taken, new_person, on_both};

#[tokio::test]
async fn a_person_comes_back_as_written() {
    on_both(async |w: World| {
        let entry = Entry {
            full_name: "李 雷 🙂 O'Neil".to_owned(),
            addresses: vec!["Li.Lei@Corp.example".parse().unwrap(), "李雷@例子.中国".parse().unwrap()],
            phones: vec!["+86 139".to_owned(), "010-1234 转 5".to_owned()],
            department: "财务部".to_owned(),
            position: "经理".to_owned(),
            photo: Some(mailmoot::domain::digest::Digest::of(b"a picture")),
        };
        let (id, learnt) = (w.clock.new_id(), w.clock.new_id());
        let people = [
            NewPerson { id, entry: entry.clone(), origin: Origin::Imported },
            NewPerson {
                id: learnt,
                entry: super::world::entry("x", &["x@x.example"]),
                origin: Origin::Learnt,
            },
        ];
        w.write(async move |tx| persons::insert(tx, &people, NOW).await).await;
        let mut tx = w.read().await;
        let person = persons::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(
            (person.full_name, person.department, person.position),
            (entry.full_name, entry.department, entry.position)
        );
        assert_eq!((person.phones, person.origin), (entry.phones, Origin::Imported));
        assert_eq!(person.addresses[0].as_str(), "Li.Lei@Corp.example");
        assert_eq!(person.addresses, entry.addresses);
        assert_eq!(persons::find(&mut tx, learnt).await.unwrap().unwrap().origin, Origin::Learnt);
        assert_eq!(persons::find(&mut tx, w.clock.new_id()).await.unwrap(), None);
        let found = persons::find_by_address(&mut tx, &"LI.LEI@CORP.EXAMPLE".parse().unwrap()).await.unwrap();
        assert_eq!(found.unwrap().id, id);
        assert_eq!(persons::find_by_address(&mut tx, &"no@x.example".parse().unwrap()).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn persons_are_listed_in_the_order_asked_for() {
    on_both(async |w: World| {
        let (a, b) = (w.person("A", "a@x.example").await, w.person("B", "b@x.example").await);
        let unknown = w.clock.new_id();
        let mut tx = w.read().await;
        for (asked, expected) in
            [(vec![b, unknown, a], vec![b, a]), (vec![], vec![]), (vec![a, b], vec![a, b])]
        {
            let found: Vec<_> =
                persons::list(&mut tx, &asked).await.unwrap().into_iter().map(|p| p.id).collect();
            assert_eq!(found, expected);
        }
        let found = persons::find_by_addresses(
            &mut tx,
            &["B@x.example", "nobody@x.example", "a@x.example"].map(|a| a.parse().unwrap()),
        )
        .await
        .unwrap();
        assert_eq!(found.len(), 2);
        assert!(persons::find_by_addresses(&mut tx, &[]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_address_stays_with_whom_it_belongs_to() {
    on_both(async |w: World| {
        let first = w.person("First", "shared@x.example").await;
        let second = new_person(&w.clock, entry("Second", &["SHARED@x.example", "second@x.example"]));
        let id = second.id;
        w.write(async move |tx| persons::insert(tx, &[second], NOW).await).await;
        let mut tx = w.read().await;
        let owner = persons::find_by_address(&mut tx, &"shared@x.example".parse().unwrap()).await.unwrap();
        assert_eq!(owner.unwrap().id, first);
        assert_eq!(persons::find(&mut tx, id).await.unwrap().unwrap().addresses.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_entry_is_replaced_whole() {
    on_both(async |w: World| {
        let id = w.person("Old Name", "old@x.example").await;
        w.person("Other", "other@x.example").await;
        let entry = Entry {
            phones: vec!["1".to_owned(), "2".to_owned()],
            department: "IT".to_owned(),
            ..entry("New Name", &["new@x.example", "other@x.example"])
        };
        let new = NewPerson { id, entry, origin: Origin::Learnt };
        w.write(async move |tx| persons::replace(tx, &new, at(5)).await).await;
        let mut tx = w.read().await;
        let person = persons::find(&mut tx, id).await.unwrap().unwrap();
        let addresses: Vec<&str> = person.addresses.iter().map(|a| a.as_str()).collect();
        assert_eq!(
            (person.full_name.as_str(), addresses, person.phones.len()),
            ("New Name", vec!["new@x.example"], 2)
        );
        assert_eq!(person.origin, Origin::Learnt);
        assert_eq!(persons::find_by_address(&mut tx, &"old@x.example".parse().unwrap()).await.unwrap(), None);
        assert_eq!(people_search::search(&mut tx, "old", 10).await.unwrap(), []);
        assert_eq!(people_search::search(&mut tx, "new it", 10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn people_are_found_by_any_part() {
    on_both(async |w: World| {
        let with = |name: &str, address: &str, department: &str, position: &str| {
            let entry = Entry {
                department: department.to_owned(),
                position: position.to_owned(),
                ..entry(name, &[address])
            };
            new_person(&w.clock, entry)
        };
        let people = [
            with("Anna Berg", "anna@corp.example", "Einkauf", "Leiterin"),
            with("Bernd Anna", "bernd@corp.example", "Verkauf", ""),
            with("李 雷", "lilei@corp.example", "财务部", "经理"),
            with("韩梅梅", "hmm@corp.example", "市场部", "100%_Leiterin"),
            with("ÄRGER Öl", "oel@corp.example", "", ""),
            with("Zoë Ng", "zoe@corp.example", "Team [A]?", "*"),
        ];
        w.write(async move |tx| persons::insert(tx, &people, NOW).await).await;
        let mut tx = w.read().await;
        for (query, names) in [
            ("anna", vec!["Anna Berg", "Bernd Anna"]),
            ("ANNA ber", vec!["Anna Berg", "Bernd Anna"]),
            ("erg", vec!["Anna Berg"]),
            ("hmm@", vec!["韩梅梅"]),
            ("einkauf leit", vec!["Anna Berg"]),
            ("李雷", vec!["李 雷"]),
            ("李 雷", vec!["李 雷"]),
            ("雷", vec!["李 雷"]),
            ("梅梅", vec!["韩梅梅"]),
            ("韩 梅梅", vec!["韩梅梅"]),
            ("财务", vec!["李 雷"]),
            ("市场部 韩", vec!["韩梅梅"]),
            ("ärger", vec!["ÄRGER Öl"]),
            ("öL", vec!["ÄRGER Öl"]),
            ("%", vec!["韩梅梅"]),
            ("_", vec!["韩梅梅"]),
            ("\\", vec![]),
            ("[a]", vec!["Zoë Ng"]),
            ("m?", vec![]),
            ("]?", vec!["Zoë Ng"]),
            ("*", vec!["Zoë Ng"]),
            ("nobody", vec![]),
            ("anna corp einkauf leiterin nobody", vec!["Anna Berg"]),
        ] {
            let found: Vec<_> = people_search::search(&mut tx, query, 10)
                .await
                .unwrap()
                .into_iter()
                .map(|p| p.full_name)
                .collect();
            assert_eq!(found, names, "{query}");
        }
        assert_eq!(people_search::search(&mut tx, "  ", 3).await.unwrap().len(), 3);
        assert!(people_search::search(&mut tx, &"x".repeat(100_000), 3).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn thousands_of_people_are_taken_at_once() {
    on_both(async |w: World| {
        let people: Vec<NewPerson> = (0..2_500)
            .map(|n| {
                let addresses: Vec<String> = (0..6).map(|a| format!("p{n}.{a}@x.example")).collect();
                let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
                let phones = (0..6).map(|p| format!("{n}-{p}")).collect();
                new_person(&w.clock, Entry { phones, ..entry(&format!("Person {n}"), &addresses) })
            })
            .collect();
        let ids: Vec<_> = people.iter().map(|p| p.id).collect();
        let every: Vec<_> = people.iter().flat_map(|p| p.entry.addresses.clone()).collect();
        w.write(async move |tx| persons::insert(tx, &people, NOW).await).await;
        let mut tx = w.read().await;
        let found = persons::list(&mut tx, &ids).await.unwrap();
        assert_eq!((found.len(), found[2_499].addresses.len(), found[0].phones.len()), (2_500, 6, 6));
        assert_eq!(persons::find_by_addresses(&mut tx, &every).await.unwrap().len(), 15_000);
    })
    .await;
}

#[tokio::test]
async fn accounts_are_made_once_and_keep_what_was_chosen() {
    on_both(async |w: World| {
        let person = w.person("Anna", "anna@x.example").await;
        assert_eq!(sessions::language_of(&mut w.read().await, person).await.unwrap(), None);
        w.write(async move |tx| {
            sessions::ensure_account(tx, person, NOW).await?;
            sessions::set_right(tx, person, (Right::Admin, true)).await?;
            sessions::set_language(tx, person, Language::Chinese).await?;
            sessions::ensure_account(tx, person, at(9)).await
        })
        .await;
        assert_eq!(
            sessions::language_of(&mut w.read().await, person).await.unwrap(),
            Some(Language::Chinese)
        );
        let (session, token) = (session(&w, person, 0), Digest::of(b"cookie"));
        let id = session.id;
        w.write(async move |tx| sessions::insert(tx, &session, &token, None).await).await;
        let (viewer, seen) = sessions::find_viewer(&mut w.read().await, &token, NOW).await.unwrap().unwrap();
        assert_eq!((viewer.person_id, viewer.session_id, viewer.full_name.as_str()), (person, id, "Anna"));
        assert_eq!((viewer.rights.admin, viewer.language, seen), (true, Some(Language::Chinese), at(0)));
        w.write(async move |tx| sessions::set_right(tx, person, (Right::Admin, false)).await).await;
        let (viewer, _) = sessions::find_viewer(&mut w.read().await, &token, NOW).await.unwrap().unwrap();
        assert!(!viewer.rights.admin);
    })
    .await;
}

fn session(w: &World, person: mailmoot::domain::ids::PersonId, second: i64) -> Session {
    Session {
        id: w.clock.new_id(),
        person_id: person,
        user_agent: "Firefox 火狐".to_owned(),
        created_at: at(second),
        last_seen_at: at(second),
        expires_at: at(100 + second),
    }
}

#[tokio::test]
async fn sessions_run_out_and_are_ended_by_their_owner_only() {
    on_both(async |w: World| {
        let (anna, bert) =
            (w.person("Anna", "anna@x.example").await, w.person("Bert", "bert@x.example").await);
        let (first, second) = (session(&w, anna, 0), session(&w, anna, 1));
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        let (a, b) = (first.clone(), second.clone());
        w.write(async move |tx| {
            sessions::ensure_account(tx, anna, NOW).await?;
            sessions::insert(tx, &a, &one, None).await?;
            sessions::insert(tx, &b, &two, None).await
        })
        .await;
        assert_eq!(
            sessions::list(&mut w.read().await, anna, NOW).await.unwrap(),
            [second.clone(), first.clone()]
        );
        assert!(sessions::list(&mut w.read().await, bert, NOW).await.unwrap().is_empty());
        let (mut twice, id) = (first.clone(), first.id);
        twice.id = w.clock.new_id();
        assert!(is_taken(
            &w.store.write(async move |tx| sessions::insert(tx, &twice, &one, None).await).await
        ));
        assert!(!w.write(async move |tx| sessions::delete(tx, bert, id).await).await);
        w.write(async move |tx| sessions::touch(tx, id, at(50), at(500)).await).await;
        let (_, seen) = sessions::find_viewer(&mut w.read().await, &one, at(400)).await.unwrap().unwrap();
        assert_eq!(seen, at(50));
        assert!(sessions::find_viewer(&mut w.read().await, &two, at(101)).await.unwrap().is_none());
        w.write(async move |tx| sessions::delete_expired(tx, at(101)).await).await;
        assert!(sessions::find_viewer(&mut w.read().await, &two, at(1)).await.unwrap().is_none());
        assert!(w.write(async move |tx| sessions::delete(tx, anna, id).await).await);
        assert!(!w.write(async move |tx| sessions::delete(tx, anna, id).await).await);
        assert!(sessions::find_viewer(&mut w.read().await, &one, NOW).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn links_belong_to_a_browser_and_run_out() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let link = |name: &[u8], purpose, browser: Option<&[u8]>, second: i64| Link {
            token: Digest::of(name),
            purpose,
            person_id: anna,
            target: "/groups/预算?a=b".to_owned(),
            browser: browser.map(Digest::of),
            code: browser.map(|_| Digest::of(b"code")),
            failures: 0,
            created_at: at(second),
            expires_at: at(second) + Duration::from_secs(60),
        };
        let sign_in = link(b"1", Purpose::SignIn, Some(b"firefox"), 0);
        let newer = link(b"2", Purpose::SignIn, Some(b"firefox"), 10);
        let group = link(b"3", Purpose::Group, None, 20);
        let (a, many) = (sign_in.clone(), [newer.clone(), group.clone()]);
        w.write(async move |tx| {
            links::insert(tx, &a).await?;
            links::insert_many(tx, &many).await?;
            links::insert_many(tx, &[]).await
        })
        .await;
        let mut tx = w.read().await;
        assert_eq!(links::find(&mut tx, &sign_in.token, at(59)).await.unwrap(), Some(sign_in.clone()));
        assert_eq!(links::find(&mut tx, &sign_in.token, at(60)).await.unwrap(), None);
        assert_eq!(links::find(&mut tx, &group.token, at(20)).await.unwrap(), Some(group.clone()));
        let asked = links::find_asked_by(&mut tx, &Digest::of(b"firefox"), at(30)).await.unwrap();
        assert_eq!(asked, Some(newer.clone()));
        assert_eq!(links::find_asked_by(&mut tx, &Digest::of(b"chrome"), at(30)).await.unwrap(), None);
        drop(tx);
        let (token, firefox, chrome) = (group.token, Digest::of(b"firefox"), Digest::of(b"chrome"));
        assert!(w.write(async move |tx| links::bind_to(tx, &token, &firefox).await).await);
        assert!(w.write(async move |tx| links::bind_to(tx, &token, &firefox).await).await);
        assert!(!w.write(async move |tx| links::bind_to(tx, &token, &chrome).await).await);
        w.write(async move |tx| links::count_failure(tx, &token).await).await;
        let found = links::find(&mut w.read().await, &token, at(20)).await.unwrap().unwrap();
        assert_eq!((found.failures, found.browser), (1, Some(firefox)));
        assert!(is_taken(&w.store.write(async move |tx| links::insert(tx, &newer).await).await));
        w.write(async move |tx| links::delete_expired(tx, at(75)).await).await;
        assert_eq!(links::find(&mut w.read().await, &Digest::of(b"2"), at(0)).await.unwrap(), None);
        assert!(links::find(&mut w.read().await, &token, at(0)).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn who_asks_is_kept_until_it_is_forgotten() {
    on_both(async |w: World| {
        let ask = Ask {
            id: w.clock.new_id(),
            address: "Anna@X.example".parse().unwrap(),
            browser: Digest::of(b"firefox"),
            own: true,
            target: "/groups/预算".to_owned(),
            language: Language::Chinese,
            created_at: at(5),
        };
        let (id, written) = (ask.id, ask.clone());
        w.write(async move |tx| asks::insert(tx, &written).await).await;
        w.write(async move |tx| asks::delete_before(tx, at(5)).await).await;
        assert_eq!(asks::find(&mut w.read().await, id).await.unwrap(), Some(ask));
        w.write(async move |tx| asks::delete_before(tx, at(6)).await).await;
        assert_eq!(asks::find(&mut w.read().await, id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_browser_knows_the_addresses_of_its_people() {
    on_both(async |w: World| {
        let (anna, bert) =
            (w.person("Anna", "Anna@x.example").await, w.person("Bert", "bert@x.example").await);
        let (firefox, chrome) = (Digest::of(b"firefox"), Digest::of(b"chrome"));
        w.write(async move |tx| {
            browsers::note(tx, &firefox, anna, at(0)).await?;
            browsers::note(tx, &firefox, bert, at(1)).await?;
            browsers::note(tx, &firefox, bert, at(9)).await
        })
        .await;
        let keys = async |browser: Digest| {
            let mut keys = browsers::address_keys(&mut w.read().await, &browser).await.unwrap();
            keys.sort();
            keys
        };
        assert_eq!(keys(firefox).await, ["anna@x.example", "bert@x.example"]);
        assert!(keys(chrome).await.is_empty());
        w.write(async move |tx| browsers::delete_before(tx, at(9)).await).await;
        assert_eq!(keys(firefox).await, ["bert@x.example"]);
        w.write(async move |tx| persons::delete(tx, bert).await).await;
        assert!(keys(firefox).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn uses_are_counted_back_from_the_newest() {
    on_both(async |w: World| {
        let (one, other) = (Digest::of(b"1"), Digest::of(b"2"));
        w.write(async move |tx| {
            for second in 1..=4 {
                uses::insert(tx, &[one], at(second)).await?;
            }
            uses::insert(tx, &[], at(5)).await?;
            uses::insert(tx, &[one, other], at(5)).await
        })
        .await;
        let nth = async |bucket: Digest, n, since| {
            uses::nth_newest(&mut w.read().await, &bucket, n, since).await.unwrap()
        };
        assert_eq!(nth(one, 1, at(0)).await, Some(at(5)));
        assert_eq!(nth(one, 5, at(0)).await, Some(at(1)));
        assert_eq!(nth(one, 5, at(1)).await, None, "the first one is too long ago");
        assert_eq!(nth(other, 2, at(0)).await, None);
        w.write(async move |tx| uses::delete_before(tx, at(5)).await).await;
        assert_eq!((nth(one, 1, at(0)).await, nth(one, 2, at(0)).await), (Some(at(5)), None));
    })
    .await;
}
