//! Marks as people make them.

use mailmoot::domain::day::Day;
use mailmoot::domain::ids::{GroupId, MarkId};
use mailmoot::domain::mark::{Content, Mark, MarkSource, Passage, Piece, Said, Somebody, Task};
use mailmoot::domain::message::{Message, MessagePlace};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::tag::{Colour, Tag, TagLabel, TagName};
use mailmoot::store::{marks, messages, tags};

use super::house::House;

/// What somebody marks.
#[derive(Clone, Default)]
pub struct Marking<'a> {
    pub tag: &'a str,
    pub topic: &'a str,
    /// Its first file, instead of all of the message.
    pub file: bool,
    /// These words of it.
    pub passage: &'a str,
    pub link: &'a str,
    /// Who is to do it, and until when.
    pub assignee: Option<&'a Viewer>,
    pub due: &'a str,
}

/// Somebody marks a message, or a piece of it.
pub async fn mark(house: &House, who: &Viewer, place: MessagePlace, marking: Marking<'_>) -> MarkId {
    let actions = &house.actions;
    let found = messages::find(&mut actions.store.read().await.unwrap(), place).await.unwrap().unwrap();
    let name: TagName = marking.tag.parse().unwrap();
    let label = match &name {
        TagName::BuiltIn(kind) => kind.label(),
        TagName::Own(own) => TagLabel { kind: None, name: own.as_str().to_owned(), colour: Colour::Orange },
    };
    let id = actions.clock.new_id();
    let new = Tag {
        id: actions.clock.new_id(),
        group_id: place.group,
        label,
        created_by: None,
        created_at: actions.clock.now(),
    };
    let (piece, content, said) = piece(&found, &marking);
    let mark = Mark {
        id,
        message_id: found.id,
        place,
        tag: new.clone(),
        piece,
        content,
        topic: marking.topic.to_owned(),
        source: MarkSource::Browser,
        marked_by: Somebody { id: Some(who.person_id), name: who.full_name.clone() },
        marked_at: actions.clock.now(),
        task: Task {
            assignee: marking
                .assignee
                .map(|who| Somebody { id: Some(who.person_id), name: who.full_name.clone() }),
            due_on: marking.due.parse::<Day>().ok(),
            done: None,
        },
        edits: found.trace.edits,
    };
    let write = actions.store.write(async move |tx| {
        let known = tags::list_named(tx, new.group_id, &[name.folded()]).await?;
        let tag = match known.into_iter().next() {
            Some((tag, _)) => tag,
            None => {
                tags::insert(tx, &[(new.clone(), name.folded())]).await?;
                new
            }
        };
        marks::insert(tx, &[(Mark { tag, ..mark }, said)]).await
    });
    assert_eq!(write.await.unwrap(), 1);
    id
}

fn piece(message: &Message, marking: &Marking<'_>) -> (Piece, Content, Said) {
    let said = |text: &str| Said { text: text.to_owned(), html: message.body.html.clone() };
    if marking.file {
        let file = &message.files[0];
        let content = if file.picture.is_some() { Content::Picture } else { Content::Attachment };
        return (Piece::File(file.id), content, Said { text: file.name.to_string(), ..Said::default() });
    }
    if !marking.link.is_empty() {
        return (Piece::Link(marking.link.to_owned()), Content::Link, said("the offer"));
    }
    if !marking.passage.is_empty() {
        let start = message.body.markdown.find(marking.passage).unwrap() as i64;
        let passage = Passage { quote: marking.passage.to_owned(), start: Some(start), ..Passage::default() };
        return (Piece::Passage(passage), Content::Text, said(marking.passage));
    }
    (Piece::Message, Content::Text, said(&message.body.markdown))
}

/// The place of a message of a group.
pub fn place(group: GroupId, seq: i64) -> MessagePlace {
    MessagePlace { group, seq }
}
