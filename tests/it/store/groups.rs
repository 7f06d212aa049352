//! Groups, members, messages, drafts and files.

use mailmoot::domain::digest::Digest;
use mailmoot::domain::draft::{Draft, DraftState, EditLease};
use mailmoot::domain::file::{File, FileName, PictureSize};
use mailmoot::domain::group::Role;
use mailmoot::domain::ids::{FileId, GroupId, PersonId};
use mailmoot::domain::mail_notes::MailNotes;
use mailmoot::domain::message::{Author, Body, Grade, Message, Source, Trace};
use mailmoot::domain::receipt::Receipts;
use mailmoot::domain::thread::Seen;
use mailmoot::domain::zone::Zone;
use mailmoot::store::drafts::{self, DraftMember};
use mailmoot::store::files::{self, StoredFile};
use mailmoot::store::ledger::{self, NewMail};
use mailmoot::store::{self, StoreError, aliases, cadences, groups, messages, threads};

use super::world::{NOW, World, at, is_taken, on_both};

pub(super) fn message(w: &World, group: GroupId, author: PersonId, seq: i64) -> Message {
    Message {
        id: w.clock.new_id(),
        group_id: group,
        seq,
        author: Author {
            person_id: Some(author),
            name: "Anna 安娜".to_owned(),
            grade: Grade::Confirmed,
            photo: None,
        },
        source: Source::Browser,
        posted_at: at(seq),
        body: Body { markdown: format!("**消息** {seq} 🙂"), ..Body::default() },
        quotation: "> 引用".to_owned(),
        signature: "-- \nAnna".to_owned(),
        notes: MailNotes::default(),
        mail_id: None,
        client_id: Some(w.clock.new_id()),
        files: Vec::new(),
        reactions: Vec::new(),
        marks: Vec::new(),
        answers: None,
        trace: Trace::default(),
        taken_from: None,
        share: None,
        notice: None,
        receipts: Receipts::default(),
    }
}

/// Posts as an action does: number and message in one transaction.
pub(super) async fn post(w: &World, mut message: Message) -> Message {
    w.write(async move |tx| {
        message.seq = groups::advance(tx, message.group_id, message.posted_at).await?.last_seq;
        messages::insert(tx, &message).await?;
        Ok(message)
    })
    .await
}

#[tokio::test]
async fn a_group_has_its_members_owners_first() {
    on_both(async |w: World| {
        let (anna, bert) =
            (w.person("Anna", "anna@x.example").await, w.person("Bert", "bert@x.example").await);
        let id = w.group("预算 2027", &[anna, bert]).await;
        let mut tx = w.read().await;
        let group = groups::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(
            (group.topic.as_str(), group.created_by, group.created_at, group.last_seq),
            ("预算 2027", anna, NOW, 0)
        );
        assert_eq!(groups::find(&mut tx, w.clock.new_id()).await.unwrap(), None);
        let members = groups::members(&mut tx, id).await.unwrap();
        assert_eq!(
            members.iter().map(|m| (m.person_id, m.role)).collect::<Vec<_>>(),
            [(anna, Role::Owner), (bert, Role::Member)]
        );
        assert_eq!(groups::find_member(&mut tx, id, bert).await.unwrap(), Some(members[1].clone()));
        assert_eq!(groups::find_member(&mut tx, id, w.clock.new_id()).await.unwrap(), None);
        assert_eq!(
            groups::find_member_by_id(&mut tx, members[0].id).await.unwrap(),
            Some(members[0].clone())
        );
        assert_eq!(groups::find_member_by_id(&mut tx, w.clock.new_id()).await.unwrap(), None);
        let token = |at: usize| Digest::of(members[at].id.uuid().as_bytes());
        let found =
            groups::find_members_by_tokens(&mut tx, &[Digest::of(b"x"), token(1), token(0)]).await.unwrap();
        assert_eq!((found.len(), found[0].person_id), (2, bert), "in the order of the tokens");
        assert_eq!(groups::find_members_by_tokens(&mut tx, &[]).await.unwrap(), Vec::new());
        let again = [(members[0].clone(), Digest::of(b"other"))];
        drop(tx);
        assert!(is_taken(&w.store.write(async move |tx| groups::insert_members(tx, &again).await).await));
    })
    .await;
}

#[tokio::test]
async fn who_has_neither_read_nor_been_mailed_everything_is_behind() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let bert = w.person("Bert", "bert@x.example").await;
        let cleo = w.person("Cleo", "cleo@x.example").await;
        let id = w.group("T", &[anna, bert, cleo]).await;
        let mut persons = groups::member_persons(&mut w.read().await, id).await.unwrap();
        persons.sort();
        let mut all = vec![anna, bert, cleo];
        all.sort();
        assert_eq!(persons, all);
        let behind = async || {
            let found = cadences::list_behind(&mut w.read().await, id, false, Zone::UTC).await.unwrap();
            all.iter()
                .filter(|p| found.iter().any(|behind| behind.person == **p))
                .copied()
                .collect::<Vec<_>>()
        };
        assert_eq!(behind().await, [], "nothing was said yet");
        post(&w, message(&w, id, anna, 1)).await;
        w.write(async move |tx| groups::mark_read(tx, id, anna, 1).await).await;
        let member = groups::find_member(&mut w.read().await, id, bert).await.unwrap().unwrap();
        w.write(async move |tx| groups::mark_mailed(tx, member.id, 1).await).await;
        assert_eq!(behind().await, [cleo]);
        post(&w, message(&w, id, cleo, 2)).await;
        assert_eq!(behind().await, all);
    })
    .await;
}

#[tokio::test]
async fn positions_move_forward_only() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let id = w.group("T", &[anna]).await;
        for seq in 1..=3 {
            post(&w, message(&w, id, anna, seq)).await;
        }
        for (seq, moved) in [(2, true), (2, false), (1, false), (4, false), (3, true)] {
            assert_eq!(
                w.write(async move |tx| groups::mark_read(tx, id, anna, seq).await).await,
                moved,
                "{seq}"
            );
        }
        let member = groups::find_member(&mut w.read().await, id, anna).await.unwrap().unwrap();
        assert_eq!((member.read_seq, member.mailed_seq), (3, 0));
        for (seq, moved) in [(5, true), (5, false), (1, false)] {
            assert_eq!(w.write(async move |tx| groups::mark_mailed(tx, member.id, seq).await).await, moved);
        }
        let nobody = w.clock.new_id();
        assert!(!w.write(async move |tx| groups::mark_read(tx, id, nobody, 1).await).await);
    })
    .await;
}

#[tokio::test]
async fn the_list_of_groups_shows_the_newest_first() {
    on_both(async |w: World| {
        let (anna, bert) =
            (w.person("Anna", "anna@x.example").await, w.person("Bert", "bert@x.example").await);
        let (old, new) = (w.group("old", &[anna, bert]).await, w.group("new", &[anna]).await);
        w.group("not hers", &[bert]).await;
        let mut long = message(&w, old, bert, 9);
        long.body.markdown = "字".repeat(2_000);
        post(&w, long).await;
        let lines = groups::list_for(&mut w.read().await, anna, 10).await.unwrap();
        assert_eq!(lines.iter().map(|l| l.id).collect::<Vec<_>>(), [old, new]);
        assert_eq!((lines[0].said, lines[0].read, lines[0].last_at), (1, 0, at(9)));
        assert_eq!(lines[0].last_text.as_deref().unwrap().chars().count(), 1_000);
        assert_eq!(
            (lines[0].last_source, lines[0].last_file.as_deref(), lines[0].last_files),
            (Some(Source::Browser), None, 0)
        );
        assert_eq!(
            (lines[0].last_author.as_deref(), lines[1].last_author.as_deref()),
            (Some("Anna 安娜"), None)
        );
        assert_eq!(groups::list_for(&mut w.read().await, anna, 1).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn message_ids_name_the_group_they_named_first() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let (a, b) = (w.group("A", &[anna]).await, w.group("B", &[anna]).await);
        w.write(async move |tx| {
            groups::add_message_id(tx, a, "1@x").await?;
            groups::add_message_id(tx, b, "1@x").await?;
            groups::add_message_id(tx, b, "2@x").await
        })
        .await;
        let ids = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let mut tx = w.read().await;
        for (asked, found) in [
            (ids(&["0@x", "2@x", "1@x"]), Some(b)),
            (ids(&["1@x", "2@x"]), Some(a)),
            (ids(&["9"]), None),
            (vec![], None),
        ] {
            assert_eq!(groups::find_by_message_ids(&mut tx, &asked).await.unwrap(), found);
            assert_eq!(aliases::our_names(&mut tx, &asked).await.unwrap(), asked, "no other names are known");
        }
    })
    .await;
}

#[tokio::test]
async fn a_message_comes_back_as_written() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let group = w.group("T", &[anna]).await;
        let mail = NewMail {
            id: w.clock.new_id(),
            received_at: NOW,
            source: String::new(),
            digest: Digest::of(b"m"),
            size: 1,
        };
        let mail_id = mail.id;
        w.write(async move |tx| ledger::insert(tx, &mail).await).await;
        let first = post(&w, message(&w, group, anna, 1)).await;
        let mut stranger = message(&w, group, anna, 2);
        stranger.author =
            Author { person_id: None, name: "stranger".to_owned(), grade: Grade::ByLink, photo: None };
        (stranger.source, stranger.mail_id, stranger.client_id) = (Source::Mail, Some(mail_id), None);
        let second = post(&w, stranger.clone()).await;
        let mut draft = message(&w, group, anna, 3);
        (draft.source, draft.client_id) = (Source::Draft, None);
        let third = post(&w, draft).await;
        let mut tx = w.read().await;
        let all = messages::list_before(&mut tx, group, 1..i64::MAX, 10).await.unwrap();
        assert_eq!(all, [first.clone(), second.clone(), third]);
        let client = first.client_id.unwrap();
        assert_eq!(
            messages::find_by_client_id(&mut tx, group, anna, client).await.unwrap(),
            Some(first.clone())
        );
        assert_eq!(
            messages::find_by_client_id(&mut tx, group, w.clock.new_id(), client).await.unwrap(),
            None
        );
        assert_eq!(messages::find_by_mail(&mut tx, mail_id).await.unwrap(), Some(second));
        assert_eq!(messages::find_by_mail(&mut tx, w.clock.new_id()).await.unwrap(), None);
        drop(tx);
        for (mut twice, why) in [(first.clone(), "client id"), (stranger, "mail"), (first, "number")] {
            (twice.id, twice.seq) = (w.clock.new_id(), if why == "number" { 1 } else { 99 });
            if why == "number" {
                twice.client_id = None;
            }
            assert!(
                is_taken(&w.store.write(async move |tx| messages::insert(tx, &twice).await).await),
                "{why}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn history_is_paged_by_number() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let (group, other) = (w.group("T", &[anna]).await, w.group("U", &[anna]).await);
        post(&w, message(&w, other, anna, 1)).await;
        for seq in 1..=10 {
            post(&w, message(&w, group, anna, seq)).await;
        }
        let numbers = |page: Vec<Message>| page.into_iter().map(|m| m.seq).collect::<Vec<_>>();
        let mut tx = w.read().await;
        assert_eq!(
            numbers(messages::list_before(&mut tx, group, 1..i64::MAX, 4).await.unwrap()),
            [7, 8, 9, 10]
        );
        assert_eq!(numbers(messages::list_before(&mut tx, group, 1..7, 4).await.unwrap()), [3, 4, 5, 6]);
        assert_eq!(numbers(messages::list_before(&mut tx, group, 1..3, 4).await.unwrap()), [1, 2]);
        assert_eq!(numbers(messages::list_after(&mut tx, group, 8, 4).await.unwrap()), [9, 10]);
        assert_eq!(numbers(messages::list_after(&mut tx, group, 0, 3).await.unwrap()), [1, 2, 3]);
        assert!(messages::list_after(&mut tx, group, 10, 3).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn fifty_writers_give_every_number_once() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let group = w.group("T", &[anna]).await;
        let writers = (0..50).map(|_| async {
            for _ in 0..4 {
                post(&w, message(&w, group, anna, 0)).await;
            }
        });
        futures_util::future::join_all(writers).await;
        let mut tx = w.read().await;
        let all = messages::list_after(&mut tx, group, 0, 1_000).await.unwrap();
        assert_eq!(all.iter().map(|m| m.seq).collect::<Vec<_>>(), (1..=200).collect::<Vec<_>>());
        assert_eq!(groups::find(&mut tx, group).await.unwrap().unwrap().last_seq, 200);
        drop(tx);
        let nowhere = w.clock.new_id();
        let gone = w.store.write(async move |tx| groups::advance(tx, nowhere, NOW).await).await;
        assert!(matches!(gone, Err(StoreError::Stale)));
    })
    .await;
}

fn draft(w: &World, owner: PersonId) -> Draft {
    Draft {
        id: w.clock.new_id(),
        owner,
        topic: "预算".to_owned(),
        opening: "开场白\n".to_owned(),
        thread_id: None,
        parent_id: None,
        state: DraftState::Open,
        group_id: None,
        version: 1,
        lease: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

#[tokio::test]
async fn a_draft_counts_its_versions() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let thread = w.clock.new_id();
        let mail = NewMail {
            id: w.clock.new_id(),
            received_at: NOW,
            source: String::new(),
            digest: Digest::of(b"m"),
            size: 1,
        };
        let (mail_id, new) = (mail.id, Draft { thread_id: Some(thread), ..draft(&w, anna) });
        let copy = new.clone();
        w.write(async move |tx| {
            threads::insert(tx, thread, "T", NOW).await?;
            ledger::insert(tx, &mail).await?;
            drafts::insert(tx, &copy, Some(mail_id)).await
        })
        .await;
        assert_eq!(drafts::find(&mut w.read().await, new.id).await.unwrap(), Some(new.clone()));
        assert_eq!(drafts::find(&mut w.read().await, w.clock.new_id()).await.unwrap(), None);
        assert_eq!(drafts::find_by_mail(&mut w.read().await, mail_id).await.unwrap(), Some(new.id));
        assert_eq!(drafts::find_by_mail(&mut w.read().await, w.clock.new_id()).await.unwrap(), None);
        let second = draft(&w, anna);
        assert!(is_taken(
            &w.store.write(async move |tx| drafts::insert(tx, &second, Some(mail_id)).await).await
        ));
        assert!(drafts::thread_has_one(&mut w.read().await, thread).await.unwrap());
        let group = w.group("G", &[anna]).await;
        let lease = EditLease { holder: anna, page: w.clock.new_id(), until: at(60), wanted_by: Some(anna) };
        let mut changed =
            Draft { topic: "新".to_owned(), group_id: Some(group), lease: Some(lease), ..new.clone() };
        let (id, copy) = (new.id, changed.clone());
        assert_eq!(w.write(async move |tx| drafts::update(tx, &copy, at(1)).await).await, 2);
        (changed.version, changed.updated_at) = (2, at(1));
        let found = w.write(async move |tx| drafts::find_for_change(tx, id).await).await;
        assert_eq!(found, Some(changed.clone()));
        w.write(async move |tx| drafts::extend_lease(tx, id, at(120)).await).await;
        let found = drafts::find(&mut w.read().await, id).await.unwrap().unwrap();
        assert_eq!((found.version, found.lease.unwrap().until), (2, at(120)));
        (changed.lease, changed.state) = (None, DraftState::Discarded);
        assert_eq!(w.write(async move |tx| drafts::update(tx, &changed, at(2)).await).await, 3);
        assert_eq!(drafts::find(&mut w.read().await, id).await.unwrap().unwrap().lease, None);
        assert!(!drafts::thread_has_one(&mut w.read().await, thread).await.unwrap());
        assert!(drafts::list_for(&mut w.read().await, anna, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn members_of_a_draft_keep_their_order() {
    on_both(async |w: World| {
        let mut people = Vec::new();
        for n in 0..5 {
            people.push(w.person("P", &format!("p{n}@x.example")).await);
        }
        let new = draft(&w, people[0]);
        let id = new.id;
        let seen = Seen { from: 3, to: 2, cc: 1 };
        let member = |at: usize, seen| DraftMember { person_id: people[at], seen };
        let (first, second) = (
            [member(2, seen), member(0, Seen::default())],
            [member(2, Seen::default()), member(1, Seen::default())],
        );
        w.write(async move |tx| {
            drafts::insert(tx, &new, None).await?;
            drafts::add_members(tx, id, &first).await?;
            drafts::add_members(tx, id, &second).await?;
            drafts::add_members(tx, id, &[]).await
        })
        .await;
        let expected = [member(2, seen), member(0, Seen::default()), member(1, Seen::default())];
        assert_eq!(drafts::members(&mut w.read().await, id).await.unwrap(), expected);
        let gone = people[0];
        assert!(w.write(async move |tx| drafts::remove_member(tx, id, gone).await).await);
        assert!(!w.write(async move |tx| drafts::remove_member(tx, id, gone).await).await);
        assert_eq!(drafts::members(&mut w.read().await, id).await.unwrap(), [expected[0], expected[2]]);
        let mine: Vec<_> = drafts::list_for(&mut w.read().await, people[0], 9)
            .await
            .unwrap()
            .into_iter()
            .map(|d| d.id)
            .collect();
        assert_eq!(mine, [id]);
        assert!(drafts::list_for(&mut w.read().await, people[1], 9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_thousand_members_are_added_at_once() {
    on_both(async |w: World| {
        let mut new = Vec::new();
        for n in 0..2_100 {
            new.push(super::world::new_person(
                &w.clock,
                super::world::entry("P", &[&format!("p{n}@x.example")]),
            ));
        }
        let people: Vec<PersonId> = new.iter().map(|p| p.id).collect();
        w.write(async move |tx| store::persons::insert(tx, &new, NOW).await).await;
        let (draft, group) = (draft(&w, people[0]), w.group("G", &people).await);
        let id = draft.id;
        let members: Vec<_> =
            people.iter().map(|p| DraftMember { person_id: *p, seen: Seen::default() }).collect();
        let copy = members.clone();
        w.write(async move |tx| {
            drafts::insert(tx, &draft, None).await?;
            drafts::add_members(tx, id, &copy).await
        })
        .await;
        assert_eq!(drafts::members(&mut w.read().await, id).await.unwrap(), members);
        assert_eq!(groups::members(&mut w.read().await, group).await.unwrap().len(), 2_100);
    })
    .await;
}

fn file(w: &World, name: &str, by: Option<PersonId>) -> StoredFile {
    StoredFile {
        file: File {
            id: w.clock.new_id(),
            name: FileName::cleaned(name, "file"),
            media_type: "image/png".to_owned(),
            size: 6_000_000_000,
            created_at: NOW,
            picture: Some(PictureSize { width: 4_000, height: 3_000 }),
        },
        digest: Digest::of(name.as_bytes()),
        created_by: by,
    }
}

#[tokio::test]
async fn a_file_is_brought_to_a_group_and_used_once() {
    on_both(async |w: World| {
        let (anna, bert) =
            (w.person("Anna", "anna@x.example").await, w.person("Bert", "bert@x.example").await);
        let eve = w.person("Eve", "eve@x.example").await;
        let (group, other) = (w.group("T", &[anna, bert]).await, w.group("U", &[eve]).await);
        let (a, b) = (file(&w, "预算.png", Some(anna)), file(&w, "b.png", Some(anna)));
        let (a_id, b_id, new) = (a.file.id, b.file.id, [a.clone(), b.clone()]);
        w.write(async move |tx| {
            files::insert(tx, &[]).await?;
            files::insert(tx, &new).await?;
            files::add_upload(tx, a_id, group, NOW).await?;
            files::add_upload(tx, b_id, group, NOW).await
        })
        .await;
        let mut tx = w.read().await;
        let found = files::find(&mut tx, a_id).await.unwrap().unwrap();
        assert_eq!((found.file, found.digest, found.created_by), (a.file.clone(), a.digest, Some(anna)));
        assert!(files::find(&mut tx, w.clock.new_id()).await.unwrap().is_none());
        let both = [b_id, a_id];
        assert_eq!(
            files::list_uploads(&mut tx, group, anna, at(-1), &both).await.unwrap(),
            [b.file.clone(), a.file.clone()]
        );
        for (group, person, since, ids) in [
            (group, bert, at(-1), &both[..]),
            (other, anna, at(-1), &both[..]),
            (group, anna, at(-1), &[][..]),
            (group, anna, NOW, &both[..]),
        ] {
            assert!(files::list_uploads(&mut tx, group, person, since, ids).await.unwrap().is_empty());
        }
        for (person, may) in [(anna, true), (bert, false), (eve, false)] {
            assert_eq!(files::may_open(&mut tx, a_id, person).await.unwrap(), may);
        }
        drop(tx);
        let message = post(&w, message(&w, group, anna, 1)).await;
        w.write(async move |tx| {
            files::attach(tx, message.id, &[]).await?;
            files::attach(tx, message.id, &[b_id, a_id]).await
        })
        .await;
        let mut tx = w.read().await;
        assert!(
            files::list_uploads(&mut tx, group, anna, at(-1), &both).await.unwrap().is_empty(),
            "used by a message now"
        );
        let used = files::list_of_messages(&mut tx, &[message.id]).await.unwrap();
        assert_eq!(used, [(message.id, b.file.clone()), (message.id, a.file.clone())]);
        assert!(files::list_of_messages(&mut tx, &[]).await.unwrap().is_empty());
        assert_eq!(messages::list_after(&mut tx, group, 0, 9).await.unwrap()[0].files, [b.file, a.file]);
        assert!(files::may_open(&mut tx, a_id, bert).await.unwrap());
        assert!(!files::may_open(&mut tx, a_id, eve).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn files_of_a_draft_are_kept_or_dropped() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let draft = draft(&w, anna);
        let (id, many) = (draft.id, [file(&w, "1", None), file(&w, "2", None), file(&w, "3", Some(anna))]);
        let ids: Vec<FileId> = many.iter().map(|f| f.file.id).collect();
        let copy = ids.clone();
        w.write(async move |tx| {
            drafts::insert(tx, &draft, None).await?;
            files::insert(tx, &many).await?;
            files::add_to_draft(tx, id, &copy[2..], 0).await?;
            files::add_to_draft(tx, id, &copy[..2], 1).await?;
            files::add_to_draft(tx, id, &[], 3).await
        })
        .await;
        let (dropped, stranger) = (ids[0], w.clock.new_id());
        assert!(w.write(async move |tx| files::set_kept(tx, id, dropped, false).await).await);
        assert!(!w.write(async move |tx| files::set_kept(tx, id, stranger, false).await).await);
        let mut tx = w.read().await;
        let kept: Vec<_> = files::list_of_draft(&mut tx, id)
            .await
            .unwrap()
            .into_iter()
            .map(|(f, kept)| (f.id, kept))
            .collect();
        assert_eq!(kept, [(ids[2], true), (ids[0], false), (ids[1], true)]);
        assert_eq!(files::list_drafts(&mut tx, ids[0]).await.unwrap(), [id]);
        assert!(!files::may_open(&mut tx, ids[0], anna).await.unwrap(), "that is for whoever sees the draft");
    })
    .await;
}

#[tokio::test]
async fn files_that_wait_are_counted_found_and_forgotten() {
    on_both(async |w: World| {
        let anna = w.person("Anna", "anna@x.example").await;
        let group = w.group("T", &[anna]).await;
        let (a, mut b) = (file(&w, "a.png", Some(anna)), file(&w, "b.png", Some(anna)));
        b.digest = a.digest;
        assert_eq!(files::unused_size(&mut w.read().await, anna).await.unwrap(), 0);
        let (new, ids) = ([a.clone(), b.clone()], [a.file.id, b.file.id]);
        w.write(async move |tx| {
            files::insert(tx, &new).await?;
            files::add_upload(tx, ids[0], group, at(5)).await?;
            files::add_upload(tx, ids[1], group, at(4)).await
        })
        .await;
        let mut tx = w.read().await;
        assert_eq!(files::unused_size(&mut tx, anna).await.unwrap(), a.file.size + b.file.size);
        let found = async |tx: &mut _, before, limit| -> Vec<_> {
            let unused = files::list_unused(tx, before, limit).await.unwrap();
            unused.into_iter().map(|f| f.file.id).collect()
        };
        assert_eq!(found(&mut tx, at(6), 9).await, [b.file.id, a.file.id]);
        assert_eq!(found(&mut tx, at(5), 9).await, [b.file.id]);
        assert_eq!(found(&mut tx, at(6), 1).await, [b.file.id]);
        assert!(files::is_shared(&mut tx, &a).await.unwrap());
        drop(tx);
        w.write(async move |tx| files::delete_unused(tx, ids[1]).await).await;
        let mut tx = w.read().await;
        assert!(!files::is_shared(&mut tx, &a).await.unwrap());
        assert!(files::find(&mut tx, ids[1]).await.unwrap().is_none());
        assert_eq!(files::unused_size(&mut tx, anna).await.unwrap(), a.file.size);
    })
    .await;
}
