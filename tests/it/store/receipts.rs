//! The table of receipts: who was asked and who counts, and pages of receivers.

use std::collections::HashSet;

use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::digest::Digest;
use mailmoot::domain::group::{Member, Muting, Role};
use mailmoot::domain::ids::{GroupId, PersonId};
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::quoted::Quoted;
use mailmoot::domain::receipt::{Receipt, ReceiptSource, ReceiptState, Step, Tally};
use mailmoot::store::receipts::{self, Failure, Told, Whose};
use mailmoot::store::{StoreError, Tx, groups, receipt_lists};

use super::groups::{message, post};
use super::world::{NOW, World, at, on_both};

/// A message that asks, in a group of Anna's with so many others.
async fn asked(w: &World, others: usize) -> (MessagePlace, PersonId, Vec<PersonId>) {
    let anna = w.person("Anna", "anna@x.example").await;
    let mut all = vec![anna];
    for n in 0..others {
        all.push(w.person(&format!("Person {:03}", n / 2), &format!("p{n}@x.example")).await);
    }
    let group = w.group("T", &all).await;
    let place = post_asking(w, group, anna).await;
    (place, anna, all.split_off(1))
}

async fn post_asking(w: &World, group: GroupId, author: PersonId) -> MessagePlace {
    let seq = post(w, message(w, group, author, 0)).await.seq;
    let place = MessagePlace { group, seq };
    w.write(async move |tx| receipts::ask(tx, place, Some(author), &[], NOW).await).await;
    place
}

async fn record(w: &World, state: ReceiptState, seconds: i64, told: Told) -> usize {
    let step = Step { state, source: ReceiptSource::Browser, at: at(seconds) };
    w.write(async move |tx| receipts::record(tx, step, Whose::Everybodys, &[told]).await).await.len()
}

async fn tally(tx: &mut Tx, place: MessagePlace) -> Tally {
    let counted = receipt_lists::tallies(tx, &[place]).await.unwrap();
    counted.first().map(|(_, receipts)| receipts.tally).unwrap_or_default()
}

#[tokio::test]
async fn who_left_and_who_may_not_see_it_is_neither_asked_nor_counted() {
    on_both(async |w: World| {
        let (first, anna, others) = asked(&w, 2).await;
        let (left, late) = (others[0], w.person("Late", "late@x.example").await);
        w.run(
            "DELETE FROM members WHERE person_id IN
                 (SELECT person_id FROM person_addresses WHERE address = 'p0@x.example')",
        )
        .await;
        let member = Member {
            id: w.clock.new_id(),
            group_id: first.group,
            person_id: late,
            role: Role::Member,
            first_seq: first.seq + 1,
            read_seq: first.seq,
            mailed_seq: first.seq,
            joined_at: NOW,
            muting: Muting::Off,
            cadence: Cadence::default(),
            chats: false,
            quoted: Quoted::NONE,
            told_change: 0,
        };
        let token = Digest::of(b"late");
        w.write(async move |tx| groups::insert_members(tx, &[(member, token)]).await).await;
        let mut tx = w.read().await;
        assert_eq!(tally(&mut tx, first).await.asked, 1);
        let listed = receipt_lists::list(&mut tx, first, None, 10).await.unwrap();
        assert_eq!(listed.iter().map(|named| named.receipt.person_id).collect::<Vec<_>>(), [others[1]]);
        let unread = receipts::unread(&mut tx, first).await.unwrap();
        assert_eq!(unread.into_iter().map(|(_, person)| person).collect::<Vec<_>>(), [others[1]]);
        drop(tx);
        // Nothing that comes of them later is written.
        for person in [left, late] {
            assert_eq!(record(&w, ReceiptState::Read, 1, Told { place: first, person }).await, 0);
            let failed = w
                .write(async move |tx| {
                    let (seqs, reason) = ([first.seq], "5.1.1");
                    let (group, source) = (first.group, ReceiptSource::Dsn);
                    let failure = Failure { group, person, seqs: &seqs, reason, source };
                    receipts::record_failure(tx, &failure, NOW).await
                })
                .await;
            assert_eq!(failed, []);
        }
        let second = post_asking(&w, first.group, anna).await;
        assert_eq!(tally(&mut w.read().await, second).await.asked, 2, "who came late is asked from then on");
    })
    .await;
}

#[tokio::test]
async fn a_receipt_keeps_the_time_of_every_state_and_never_says_less() {
    on_both(async |w: World| {
        let (place, _, others) = asked(&w, 1).await;
        let told = Told { place, person: others[0] };
        let find = async || -> Receipt {
            receipt_lists::find(&mut w.read().await, place, told.person).await.unwrap().unwrap()
        };
        assert_eq!(find().await.state, None, "who only has mail: nothing is known yet");
        for (seconds, state) in
            [(1, ReceiptState::Cached), (2, ReceiptState::Sent), (3, ReceiptState::Delivered)]
        {
            assert_eq!(record(&w, state, seconds, told).await, 1, "{state:?}");
        }
        assert_eq!(record(&w, ReceiptState::Delivered, 4, told).await, 0, "twice is once");
        assert_eq!(record(&w, ReceiptState::Sent, 5, told).await, 0);
        assert_eq!(record(&w, ReceiptState::Read, 6, told).await, 1);
        let steps: Vec<_> = find().await.steps.iter().map(|step| (step.state, step.at)).collect();
        assert_eq!(
            steps,
            [
                (ReceiptState::Sent, at(2)),
                (ReceiptState::Cached, at(1)),
                (ReceiptState::Delivered, at(3)),
                (ReceiptState::Read, at(6))
            ]
        );
        w.write(async move |tx| receipts::remove_all(tx, place).await).await;
        assert_eq!(receipt_lists::find(&mut w.read().await, place, told.person).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn pages_of_receivers_show_everybody_once_in_one_order() {
    on_both(async |w: World| {
        let (place, _, others) = asked(&w, 9).await;
        for (n, state) in [(0, ReceiptState::Read), (3, ReceiptState::Failed), (4, ReceiptState::Declined)] {
            record(&w, state, 1, Told { place, person: others[n] }).await;
        }
        let mut tx = w.read().await;
        let all: Vec<PersonId> = ids(receipt_lists::list(&mut tx, place, None, 100).await.unwrap());
        assert_eq!(all.first(), Some(&others[3]));
        assert_eq!(all[7..], [others[4], others[0]]);
        let mut paged = Vec::new();
        loop {
            let page = ids(receipt_lists::list(&mut tx, place, paged.last().copied(), 2).await.unwrap());
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all, "names are shared by two of them");
        assert_eq!(paged.iter().collect::<HashSet<_>>().len(), 9);
    })
    .await;
}

fn ids(named: Vec<receipt_lists::Named>) -> Vec<PersonId> {
    named.into_iter().map(|named| named.receipt.person_id).collect()
}

#[tokio::test]
async fn a_thousand_receivers_are_written_by_one_statement() {
    on_both(async |w: World| {
        let (place, _, others) = asked(&w, 3).await;
        let told: Vec<Told> = others.iter().map(|person| Told { place, person: *person }).collect();
        let strangers = (0..997).map(|_| Told { place, person: w.clock.new_id() });
        let told: Vec<Told> = told.into_iter().chain(strangers).collect();
        let step = Step { state: ReceiptState::Delivered, source: ReceiptSource::Browser, at: NOW };
        let news =
            receipts::news(&mut w.read().await, step.state, Whose::OfTheAutomatic, &told).await.unwrap();
        assert_eq!(news.len(), 3);
        let before = w.store.statements();
        let written = w
            .write(async move |tx| {
                let written = receipts::record(tx, step, Whose::Everybodys, &told).await?;
                Ok::<_, StoreError>(written)
            })
            .await;
        assert_eq!(written.len(), 3);
        println!("{} statements", w.store.statements() - before);
    })
    .await;
}
