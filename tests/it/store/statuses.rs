//! What people say of themselves.

use std::collections::BTreeSet;

use mailmoot::domain::ids::{GroupId, PersonId};
use mailmoot::domain::presence::{Choice, Status};
use mailmoot::domain::time::Timestamp;
use mailmoot::store::statuses::{self, Said};

use super::world::{NOW, World, at, on_both};

fn status(choice: Choice, note: &str, until: Option<Timestamp>) -> Status {
    Status { choice, note: note.to_owned(), until, absence: None }
}

impl World {
    async fn says(&self, person: PersonId, status: &Status) {
        let status = status.clone();
        self.write(async move |tx| statuses::set(tx, person, &status).await).await;
    }

    async fn status(&self, person: PersonId, now: Timestamp) -> Option<Status> {
        statuses::find(&mut self.read().await, person, now).await.unwrap()
    }
}

fn short(said: Vec<Said>) -> BTreeSet<(PersonId, Option<GroupId>, String)> {
    said.into_iter().map(|one| (one.person, one.group, one.status.unwrap_or_default().note)).collect()
}

#[tokio::test]
async fn a_status_comes_back_as_written_and_the_last_one_holds() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "a@x.example").await;
        assert_eq!(w.status(anna, NOW).await, None);
        for said in [
            status(Choice::Online, "O'Neil 🙂 午饭", None),
            status(Choice::Busy, "", Some(at(60))),
            status(Choice::Away, "at lunch", None),
        ] {
            w.says(anna, &said).await;
            assert_eq!(w.status(anna, NOW).await, Some(said));
        }
        w.write(async move |tx| statuses::clear(tx, anna).await).await;
        assert_eq!(w.status(anna, NOW).await, None);
    })
    .await;
}

#[tokio::test]
async fn what_has_ended_is_not_given_though_it_still_stands_there() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "a@x.example").await;
        let group = w.group("Plan", &[anna]).await;
        let lunch = status(Choice::Away, "at lunch", Some(at(60)));
        w.says(anna, &lunch).await;
        for (now, expected) in [(at(59), Some(lunch.clone())), (at(60), None), (at(61), None)] {
            assert_eq!(w.status(anna, now).await, expected);
            let mut tx = w.read().await;
            let lists = [
                statuses::of_group(&mut tx, group, now).await.unwrap(),
                statuses::in_groups(&mut tx, &[anna], now).await.unwrap(),
            ];
            for list in lists {
                assert!(list.iter().map(|one| &one.status).eq([&expected]), "{list:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_status_ends_at_its_own_time_only_and_once() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "a@x.example").await;
        w.says(anna, &status(Choice::Busy, "", Some(at(60)))).await;
        w.says(anna, &status(Choice::Busy, "", Some(at(90)))).await;
        let end = async |time| w.write(async move |tx| statuses::end(tx, anna, time).await).await;
        assert!(!end(at(60)).await, "the one that was replaced");
        assert!(w.status(anna, NOW).await.is_some());
        assert!(end(at(90)).await);
        assert!(!end(at(90)).await, "twice");
        assert_eq!(w.status(anna, NOW).await, None);
    })
    .await;
}

#[tokio::test]
async fn people_are_found_with_their_groups_and_without() {
    on_both(async |w: World| {
        let (anna, bo, lonely) = (
            w.person("Anna", "a@x.example").await,
            w.person("Bo", "b@x.example").await,
            w.person("Li", "l@x.example").await,
        );
        let (plan, lunch) = (w.group("Plan", &[anna, bo]).await, w.group("Lunch", &[anna]).await);
        w.says(anna, &status(Choice::Busy, "on the phone", None)).await;
        w.says(lonely, &status(Choice::Online, "new here", None)).await;
        let phone = || "on the phone".to_owned();
        let mut tx = w.read().await;
        let in_plan = statuses::of_group(&mut tx, plan, NOW).await.unwrap();
        assert!(in_plan.iter().any(|one| one.name == "Anna"));
        assert_eq!(
            short(in_plan),
            BTreeSet::from([(anna, Some(plan), phone()), (bo, Some(plan), String::new())])
        );
        let found = statuses::in_groups(&mut tx, &[anna, lonely, w.clock.new_id()], NOW).await.unwrap();
        assert_eq!(found.len(), 3, "somebody once for each group; who has none, once; a stranger, never");
        let expected = [
            (anna, Some(plan), phone()),
            (anna, Some(lunch), phone()),
            (lonely, None, "new here".to_owned()),
        ];
        assert_eq!(short(found), BTreeSet::from(expected));
        assert!(statuses::in_groups(&mut tx, &[], NOW).await.unwrap().is_empty());
    })
    .await;
}
