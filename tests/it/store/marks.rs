//! The tables of tags and marks.

use mailmoot::domain::day::Day;
use mailmoot::domain::file::{File, FileName};
use mailmoot::domain::ids::{GroupId, PersonId};
use mailmoot::domain::mark::{Content, Done, Mark, MarkSource, Passage, Piece, Said, Somebody, Task};
use mailmoot::domain::message::Message;
use mailmoot::domain::tag::{Colour, Tag, TagKind, TagLabel, TagName};
use mailmoot::store::files::{self, StoredFile};
use mailmoot::store::{marks, tags};

use super::groups::{message, post};
use super::world::{World, at, is_taken, on_both};

/// A tag of a group by what people call it.
pub(super) async fn tag(w: &World, group: GroupId, name: &str) -> Tag {
    let name: TagName = name.parse().unwrap();
    let label = match &name {
        TagName::BuiltIn(kind) => kind.label(),
        TagName::Own(own) => TagLabel { kind: None, name: own.as_str().to_owned(), colour: Colour::Orange },
    };
    let new = Tag { id: w.clock.new_id(), group_id: group, label, created_by: None, created_at: at(0) };
    let folded = name.folded();
    w.write(async move |tx| {
        let known = tags::list_named(tx, group, &[folded.clone(), "none".to_owned()]).await?;
        if let Some((tag, found)) = known.into_iter().next() {
            assert_eq!(found, folded);
            return Ok(tag);
        }
        tags::insert(tx, &[(new.clone(), folded)]).await?;
        Ok(new)
    })
    .await
}

/// A mark of all of a message, made so many seconds after the others begin.
pub(super) fn mark(w: &World, message: &Message, tag: &Tag, by: PersonId, seconds: i64) -> Mark {
    Mark {
        id: w.clock.new_id(),
        message_id: message.id,
        place: message.place(),
        tag: tag.clone(),
        piece: Piece::Message,
        content: Content::Text,
        topic: String::new(),
        source: MarkSource::Browser,
        marked_by: Somebody { id: Some(by), name: "Anna 安娜".to_owned() },
        marked_at: at(seconds),
        task: Task::default(),
        edits: 0,
    }
}

pub(super) async fn insert(w: &World, marks: &[Mark]) -> u64 {
    let said = || Said { text: "说 **it**".to_owned(), html: Default::default() };
    let new: Vec<marks::New> = marks.iter().map(|mark| (mark.clone(), said())).collect();
    w.write(async move |tx| marks::insert(tx, &new).await).await
}

async fn world(w: &World) -> (PersonId, GroupId, Message) {
    let anna = w.person("Anna", "anna@x.example").await;
    let group = w.group("T", &[anna]).await;
    let said = post(w, message(w, group, anna, 0)).await;
    (anna, group, said)
}

#[tokio::test]
async fn a_tag_is_made_when_it_is_first_used_and_found_by_any_writing_of_its_name() {
    on_both(async |w: World| {
        let (anna, group, said) = world(&w).await;
        let decision = tag(&w, group, "决定").await;
        assert_eq!((decision.label.kind, decision.label.colour), (Some(TagKind::Decision), Colour::Green));
        assert_eq!(tag(&w, group, "Entscheidung").await, decision);
        let own = tag(&w, group, "Next steps").await;
        assert_eq!(tag(&w, group, "#next_STEPS").await, own, "as it was named first");
        let other = w.group("Other", &[anna]).await;
        assert_ne!(tag(&w, other, "Next steps").await.id, own.id);
        insert(&w, &[mark(&w, &said, &own, anna, 1)]).await;
        let mut tx = w.read().await;
        let listed = tags::list(&mut tx, group, 1).await.unwrap();
        assert_eq!(listed, [(decision.clone(), 0), (own.clone(), 1)]);
        assert_eq!(tags::list(&mut tx, group, 2).await.unwrap()[1].1, 0, "what a late member may not see");
        assert_eq!(tags::count_own(&mut tx, group).await.unwrap(), 1);
        assert_eq!(tags::find(&mut tx, group, own.id).await.unwrap(), Some(own.clone()));
        assert_eq!(tags::find(&mut tx, other, own.id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_renamed_tag_keeps_its_marks_and_no_two_have_one_name() {
    on_both(async |w: World| {
        let (_, group, _) = world(&w).await;
        let (one, two) = (tag(&w, group, "Budget").await, tag(&w, group, "预算").await);
        let label = TagLabel { name: "Money".to_owned(), colour: Colour::Red, ..one.label };
        let (id, set) = (one.id, label.clone());
        w.write(async move |tx| tags::update(tx, id, &set, "money").await).await;
        assert_eq!(tags::find(&mut w.read().await, group, id).await.unwrap().unwrap().label, label);
        assert_eq!(tag(&w, group, "MONEY").await.id, id);
        let taken = w.store.write(async move |tx| tags::update(tx, two.id, &label, "money").await).await;
        assert!(is_taken(&taken), "{taken:?}");
    })
    .await;
}

#[tokio::test]
async fn a_merged_tag_gives_its_marks_away_once() {
    on_both(async |w: World| {
        let (anna, group, said) = world(&w).await;
        let other = post(&w, message(&w, group, anna, 0)).await;
        let (from, into) = (tag(&w, group, "Todo list").await, tag(&w, group, "action").await);
        let both = [mark(&w, &said, &from, anna, 1), mark(&w, &said, &into, anna, 2)];
        let alone = mark(&w, &other, &from, anna, 3);
        assert_eq!(insert(&w, &both).await, 2);
        insert(&w, std::slice::from_ref(&alone)).await;
        let (from_id, into_id) = (from.id, into.id);
        w.write(async move |tx| tags::merge(tx, from_id, into_id).await).await;
        let mut tx = w.read().await;
        assert_eq!(tags::find(&mut tx, group, from.id).await.unwrap(), None);
        let found = marks::list_of_messages(&mut tx, &[said.id, other.id]).await.unwrap();
        let mut found: Vec<_> = found.into_iter().map(|mark| (mark.id, mark.tag.id)).collect();
        found.sort();
        let mut left = [(both[1].id, into.id), (alone.id, into.id)];
        left.sort();
        assert_eq!(found, left);
    })
    .await;
}

#[tokio::test]
async fn marks_come_back_as_they_were_made() {
    on_both(async |w: World| {
        let (anna, group, said) = world(&w).await;
        let file = File {
            id: w.clock.new_id(),
            name: FileName::cleaned("计划.png", "file"),
            media_type: "image/png".to_owned(),
            size: 3,
            created_at: at(0),
            picture: None,
        };
        let stored = StoredFile {
            file: file.clone(),
            digest: mailmoot::domain::digest::Digest::of(b"png"),
            created_by: Some(anna),
        };
        w.write(async move |tx| files::insert(tx, &[stored]).await).await;
        let (action, risk) = (tag(&w, group, "action").await, tag(&w, group, "risk").await);
        let passage = Passage {
            quote: "消息 🙂".to_owned(),
            before: "b".to_owned(),
            after: "a".to_owned(),
            start: Some(3),
        };
        let pieces = [
            (Piece::Message, Content::Text),
            (Piece::Passage(passage), Content::Text),
            (Piece::File(file.id), Content::Picture),
            (Piece::Link("https://x.example/".to_owned()), Content::Link),
        ];
        let made: Vec<Mark> = pieces
            .into_iter()
            .enumerate()
            .map(|(n, (piece, content))| Mark {
                piece,
                content,
                topic: "Überblick".to_owned(),
                source: if n == 0 { MarkSource::Hashtag } else { MarkSource::Browser },
                task: Task {
                    assignee: Some(Somebody { id: Some(anna), name: "Anna".to_owned() }),
                    due_on: Some("2026-11-20".parse::<Day>().unwrap()),
                    done: None,
                },
                edits: 2,
                ..mark(&w, &said, &action, anna, n as i64)
            })
            .collect();
        assert_eq!(insert(&w, &made).await, 4);
        assert_eq!(
            insert(&w, &made.iter().map(|m| Mark { id: w.clock.new_id(), ..m.clone() }).collect::<Vec<_>>())
                .await,
            0
        );
        let again = mark(&w, &said, &risk, anna, 9);
        assert_eq!(insert(&w, std::slice::from_ref(&again)).await, 1, "another tag is another mark");
        let mut tx = w.read().await;
        let found = marks::list_of_messages(&mut tx, &[said.id]).await.unwrap();
        assert_eq!(found, [made.as_slice(), &[again]].concat());
        assert_eq!(marks::find(&mut tx, group, made[1].id).await.unwrap().as_ref(), Some(&made[1]));
        assert_eq!(marks::find(&mut tx, w.clock.new_id(), made[1].id).await.unwrap(), None);
        let said = marks::find_said(&mut tx, made[0].id).await.unwrap().unwrap();
        assert_eq!(said.text, "说 **it**");
        assert_eq!(marks::list_of_messages(&mut tx, &[]).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn topic_and_task_of_a_mark_change_and_marks_go() {
    on_both(async |w: World| {
        let (anna, group, said) = world(&w).await;
        let action = tag(&w, group, "action").await;
        let idea = tag(&w, group, "idea").await;
        let (one, two) = (mark(&w, &said, &action, anna, 1), mark(&w, &said, &idea, anna, 2));
        insert(&w, &[one.clone(), two.clone()]).await;
        let by = Somebody { id: Some(anna), name: "Anna".to_owned() };
        let task = Task {
            assignee: Some(by.clone()),
            due_on: "2027-01-31".parse().ok(),
            done: Some(Done { by, at: at(5) }),
        };
        let (first, second, set) = (one.id, two.id, task.clone());
        w.write(async move |tx| {
            marks::set_topic(tx, first, "Plan").await?;
            marks::set_topic(tx, second, "ＰＬＡＮ").await?;
            marks::set_task(tx, first, &set).await
        })
        .await;
        let mut tx = w.read().await;
        let found = marks::find(&mut tx, group, first).await.unwrap().unwrap();
        assert_eq!((found.topic.as_str(), found.task), ("Plan", task));
        assert_eq!(
            marks::topics(&mut tx, (group, 1), 9).await.unwrap().len(),
            1,
            "one topic in two writings"
        );
        assert_eq!(marks::topics(&mut tx, (group, 2), 9).await.unwrap(), [""; 0]);
        drop(tx);
        assert!(w.write(async move |tx| marks::delete(tx, first).await).await);
        assert!(!w.write(async move |tx| marks::delete(tx, first).await).await);
        let message = said.id;
        w.write(async move |tx| marks::delete_of_message(tx, message).await).await;
        assert_eq!(marks::list_of_messages(&mut w.read().await, &[said.id]).await.unwrap(), []);
    })
    .await;
}
