//! Jobs and mails going out.

use mailmoot::domain::digest::Digest;
use mailmoot::domain::health::LaneLoad;
use mailmoot::domain::job::Job;
use mailmoot::domain::ledger::{Delivery, DeliveryKind, DeliveryState};
use mailmoot::domain::ledger_query::{LedgerPlace, LedgerQuery};
use mailmoot::domain::time::Timestamp;
use mailmoot::store::Place;
use mailmoot::store::deliveries::{self, NewDelivery};
use mailmoot::store::jobs::{self, ClaimedJob, Lane};
use mailmoot::store::ledger_lists;

use super::world::{NOW, World, at, is_taken, on_both};

fn job(w: &World) -> Job {
    Job::SendMail { delivery: w.clock.new_id(), domain: String::new() }
}

#[tokio::test]
async fn a_job_is_claimed_once_until_its_claim_runs_out() {
    on_both(async |w: World| {
        let first = job(&w);
        // Two waiting jobs with one key are one, in one list too.
        let add = [(w.clock.new_id(), first.clone()), (w.clock.new_id(), first.clone())];
        let again = [(w.clock.new_id(), first.clone())];
        assert_eq!(jobs::next_due(&mut w.read().await, Lane::Send).await.unwrap(), None);
        w.write(async move |tx| {
            jobs::add(tx, &[], NOW, NOW).await?;
            jobs::add(tx, &add, NOW, NOW).await?;
            jobs::add(tx, &again, at(1_000), NOW).await
        })
        .await;
        assert_eq!(jobs::next_due(&mut w.read().await, Lane::Send).await.unwrap(), Some(NOW));
        assert!(claim(&w, Lane::Send, at(-1)).await.is_empty());
        let claimed = claim(&w, Lane::Send, NOW).await;
        assert_eq!(claimed.len(), 1);
        assert_eq!((&claimed[0].job, claimed[0].tries), (&first, 0));
        assert!(claim(&w, Lane::Send, at(1)).await.is_empty());
        let again = claim(&w, Lane::Send, NOW + jobs::CLAIM).await;
        assert_eq!((again[0].id, again[0].tries), (claimed[0].id, 1), "its worker died");
        let id = again[0].id;
        w.write(async move |tx| jobs::put_off(tx, id, at(5_000), "451 später").await).await;
        assert_eq!(jobs::next_due(&mut w.read().await, Lane::Send).await.unwrap(), Some(at(5_000)));
        assert!(claim(&w, Lane::Send, at(4_999)).await.is_empty());
        let due = claim(&w, Lane::Send, at(5_000)).await;
        assert_eq!((due.len(), due[0].id, due[0].tries), (1, id, 2));
        w.write(async move |tx| jobs::finish(tx, id).await).await;
        assert_eq!(jobs::next_due(&mut w.read().await, Lane::Send).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_due_in_each_lane_is_counted() {
    on_both(async |w: World| {
        let (sent, later) = ([(w.clock.new_id(), job(&w))], [(w.clock.new_id(), job(&w))]);
        let sorted = [(w.clock.new_id(), Job::SortMail { mail: w.clock.new_id() })];
        w.write(async move |tx| {
            jobs::add(tx, &sent, NOW, NOW).await?;
            jobs::add(tx, &later, at(100), NOW).await?;
            jobs::add(tx, &sorted, at(-5), NOW).await
        })
        .await;
        let load = |lane: &str, due, under_way, due_since| LaneLoad {
            lane: lane.to_owned(),
            due,
            under_way,
            due_since,
        };
        let loads = async |now| jobs::loads(&mut w.read().await, now).await.unwrap();
        assert_eq!(loads(at(-6)).await, []);
        assert_eq!(loads(NOW).await, [load("send", 1, 0, Some(NOW)), load("sort", 1, 0, Some(at(-5)))]);
        claim(&w, Lane::Sort, NOW).await;
        assert_eq!(loads(at(100)).await, [load("send", 2, 0, Some(NOW)), load("sort", 0, 1, None)]);
        let runs_out = NOW + jobs::CLAIM;
        assert_eq!(loads(runs_out).await[1], load("sort", 1, 0, Some(at(-5))), "its worker died");
    })
    .await;
}

#[tokio::test]
async fn a_start_frees_what_was_claimed_where_nobody_else_can_be_at_it() {
    on_both(async |w: World| {
        let (mine, other) =
            ([(w.clock.new_id(), job(&w))], [(w.clock.new_id(), Job::SortMail { mail: w.clock.new_id() })]);
        w.write(async move |tx| {
            jobs::add(tx, &mine, NOW, NOW).await?;
            jobs::add(tx, &other, NOW, NOW).await
        })
        .await;
        assert_eq!((claim(&w, Lane::Send, NOW).await.len(), claim(&w, Lane::Sort, NOW).await.len()), (1, 1));
        w.write(async move |tx| jobs::free_at_start(tx, Lane::Send).await).await;
        let alone = matches!(w.place, Place::Sqlite(_));
        assert_eq!(claim(&w, Lane::Send, at(1)).await.len(), usize::from(alone));
        assert!(claim(&w, Lane::Sort, at(1)).await.is_empty(), "each lane frees its own");
    })
    .await;
}

async fn claim(w: &World, lane: Lane, now: Timestamp) -> Vec<ClaimedJob> {
    w.write(async move |tx| jobs::claim(tx, lane, now, 10).await).await
}

#[tokio::test]
async fn each_lane_has_its_own_jobs_in_their_order() {
    on_both(async |w: World| {
        let sort = |w: &World| Job::SortMail { mail: w.clock.new_id() };
        let members = [
            Job::InviteMember { member: w.clock.new_id(), by: None },
            Job::BundleMessages { member: w.clock.new_id() },
        ];
        let (late, early) = (sort(&w), sort(&w));
        let (one, two) = ([(w.clock.new_id(), late.clone())], [(w.clock.new_id(), early.clone())]);
        let rest: Vec<_> = members.iter().map(|j| (w.clock.new_id(), j.clone())).collect();
        w.write(async move |tx| {
            jobs::add(tx, &one, at(2), NOW).await?;
            jobs::add(tx, &two, at(1), NOW).await?;
            jobs::add(tx, &rest, at(3), NOW).await
        })
        .await;
        assert_eq!(jobs::next_due(&mut w.read().await, Lane::Sort).await.unwrap(), Some(at(1)));
        assert_eq!(jobs::next_due(&mut w.read().await, Lane::Members).await.unwrap(), Some(at(3)));
        assert!(claim(&w, Lane::Send, at(9)).await.is_empty());
        let first = w.write(async |tx| jobs::claim(tx, Lane::Sort, at(9), 1).await).await;
        assert_eq!(first[0].job, early, "the one that is due first");
        assert_eq!(claim(&w, Lane::Sort, at(9)).await[0].job, late);
        let found: Vec<Job> = claim(&w, Lane::Members, at(9)).await.into_iter().map(|j| j.job).collect();
        assert!(members.iter().all(|job| found.contains(job)) && found.len() == 2);
    })
    .await;
}

#[tokio::test]
async fn a_job_asked_for_while_it_runs_runs_once_more() {
    on_both(async |w: World| {
        let job = Job::BundleMessages { member: w.clock.new_id() };
        let (one, two) = ([(w.clock.new_id(), job.clone())], [(w.clock.new_id(), job.clone())]);
        w.write(async move |tx| jobs::add(tx, &one, NOW, NOW).await).await;
        let id = claim(&w, Lane::Members, NOW).await[0].id;
        w.write(async move |tx| jobs::add(tx, &two, at(120), at(1)).await).await;
        assert!(claim(&w, Lane::Members, at(130)).await.is_empty(), "its worker is still at it");
        w.write(async move |tx| jobs::finish(tx, id).await).await;
        assert_eq!(jobs::next_due(&mut w.read().await, Lane::Members).await.unwrap(), Some(at(120)));
        let again = claim(&w, Lane::Members, at(120)).await;
        assert_eq!((again.len(), &again[0].job), (1, &job));
        let id = again[0].id;
        w.write(async move |tx| jobs::finish(tx, id).await).await;
        assert_eq!(jobs::next_due(&mut w.read().await, Lane::Members).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn workers_side_by_side_never_get_the_same_job() {
    on_both(async |w: World| {
        let many: Vec<_> = (0..2_500).map(|_| (w.clock.new_id(), job(&w))).collect();
        w.write(async move |tx| jobs::add(tx, &many, NOW, NOW).await).await;
        let workers = (0..10).map(|_| {
            let store = w.store.clone();
            async move {
                let mut got = Vec::new();
                loop {
                    let claimed =
                        store.write(async |tx| jobs::claim(tx, Lane::Send, at(1), 100).await).await.unwrap();
                    if claimed.is_empty() {
                        return got;
                    }
                    got.extend(claimed.into_iter().map(|j| j.id));
                }
            }
        });
        let mut all: Vec<_> = futures_util::future::join_all(workers).await.concat();
        assert_eq!(all.len(), 2_500);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 2_500);
    })
    .await;
}

fn delivery(w: &World, purpose: &str, second: i64) -> NewDelivery {
    let id = w.clock.new_id();
    NewDelivery {
        delivery: Delivery {
            id,
            kind: DeliveryKind::Answer,
            person_id: None,
            group_id: None,
            address: "Stranger@x.example".parse().unwrap(),
            message_id: format!("{id}@moot.example"),
            state: DeliveryState::Waiting,
            attempts: 0,
            last_reply: String::new(),
            created_at: at(second),
            updated_at: at(second),
            retried_at: None,
        },
        purpose: purpose.to_owned(),
        return_token: Digest::of(id.uuid().as_bytes()),
        raw: vec![0, 255, 13, 10, 0],
        carried: Vec::new(),
        stated: Vec::new(),
        wants_report: true,
    }
}

#[tokio::test]
async fn a_purpose_is_served_by_one_mail() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let group = w.group("预算", &[anna]).await;
        let mut first = delivery(&w, "answer:1", 0);
        first.delivery.person_id = Some(anna);
        first.delivery.group_id = Some(group);
        let (second, other) = (delivery(&w, "answer:1", 1), delivery(&w, "answer:2", 2));
        let (kept, ids) = (first.clone(), [first.delivery.id, other.delivery.id]);
        let added = w.write(async move |tx| deliveries::insert(tx, &[first, second, other]).await).await;
        assert_eq!(added, ids);
        let mut tx = w.read().await;
        assert!(deliveries::is_served(&mut tx, "answer:1").await.unwrap());
        assert!(!deliveries::is_served(&mut tx, "answer:3").await.unwrap());
        assert_eq!(deliveries::find(&mut tx, ids[0]).await.unwrap(), Some(kept.delivery.clone()));
        assert_eq!(deliveries::find(&mut tx, w.clock.new_id()).await.unwrap(), None);
        let waiting = deliveries::waiting(&mut tx, ids[0]).await.unwrap().unwrap();
        assert_eq!((waiting.raw, waiting.wants_report), (kept.raw, true));
        let tokens = [Digest::of(b"no"), kept.return_token];
        let found = deliveries::find_by_return_tokens(&mut tx, &tokens).await.unwrap();
        assert_eq!(found.unwrap().id, ids[0]);
        assert_eq!(deliveries::find_by_return_tokens(&mut tx, &[]).await.unwrap(), None);
        drop(tx);
        let mut clash = delivery(&w, "answer:9", 0);
        clash.delivery.message_id = kept.delivery.message_id;
        assert!(is_taken(&w.store.write(async move |tx| deliveries::insert(tx, &[clash]).await).await));
    })
    .await;
}

#[tokio::test]
async fn a_mail_is_kept_until_it_is_sent_or_given_up() {
    on_both(async |w: World| {
        let new = delivery(&w, "p", 0);
        let id = new.delivery.id;
        w.write(async move |tx| deliveries::insert(tx, &[new]).await).await;
        w.write(async move |tx| deliveries::record(tx, id, DeliveryState::Waiting, "451 稍后", at(1)).await)
            .await;
        let found = deliveries::find(&mut w.read().await, id).await.unwrap().unwrap();
        assert_eq!(
            (found.state, found.attempts, found.last_reply.as_str()),
            (DeliveryState::Waiting, 1, "451 稍后")
        );
        assert!(deliveries::waiting(&mut w.read().await, id).await.unwrap().is_some());
        w.write(async move |tx| deliveries::record(tx, id, DeliveryState::Sent, "250 ok", at(2)).await).await;
        assert_eq!(deliveries::waiting(&mut w.read().await, id).await.unwrap(), None);
        w.write(async move |tx| deliveries::bounced(tx, id, "550 no", at(3)).await).await;
        let found = deliveries::find(&mut w.read().await, id).await.unwrap().unwrap();
        assert_eq!(
            (found.state, found.attempts, found.last_reply.as_str()),
            (DeliveryState::Failed, 2, "550 no")
        );
        assert_eq!(found.updated_at, at(3));
    })
    .await;
}

#[tokio::test]
async fn mails_out_are_listed_by_page() {
    on_both(async |w: World| {
        // Several of one instant: the id decides.
        let many: Vec<_> = (0..25).map(|n| delivery(&w, &format!("p{n}"), n / 5)).collect();
        w.write(async move |tx| deliveries::insert(tx, &many).await).await;
        let mut tx = w.read().await;
        let everything = LedgerQuery::default();
        let all: Vec<_> = ledger_lists::mails_out(&mut tx, &everything, None, 100)
            .await
            .unwrap()
            .into_iter()
            .map(|d| (d.created_at, d.id))
            .collect();
        assert_eq!(all.len(), 25);
        assert!(all.is_sorted_by(|a, b| a > b));
        let (mut pages, mut before) = (Vec::new(), None);
        loop {
            let page = ledger_lists::mails_out(&mut tx, &everything, before, 4).await.unwrap();
            let Some(last) = page.last() else { break };
            before = Some(LedgerPlace { at: last.created_at, id: last.id.uuid() });
            pages.extend(page.into_iter().map(|d| (d.created_at, d.id)));
        }
        assert_eq!(pages, all);
        assert_eq!(deliveries::count_answers(&mut tx, "Stranger@x.example", at(1)).await.unwrap(), 15);
        assert_eq!(deliveries::count_answers(&mut tx, "other@x.example", at(-1)).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn thousands_of_mails_are_queued_at_once() {
    on_both(async |w: World| {
        let many: Vec<_> = (0..2_300).map(|n| delivery(&w, &format!("p{n}"), 0)).collect();
        assert_eq!(w.write(async move |tx| deliveries::insert(tx, &many).await).await.len(), 2_300);
    })
    .await;
}
