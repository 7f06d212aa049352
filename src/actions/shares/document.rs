//! From what was chosen to what its readers see.

use std::collections::{BTreeSet, HashMap};

use super::pieces::Piece;
use super::publish::Telling;
use crate::domain::digest::Digest;
use crate::domain::file::File;
use crate::domain::group::Group;
use crate::domain::ids::{FileId, MessageId};
use crate::domain::mark::What;
use crate::domain::message::{Body, Message, Source};
use crate::domain::share::{Enclosing, Grouping, Share, ShareForm};
use crate::domain::share_document::{Document, Enclosure, Heading, Item, Section, SharedFile, Task};
use crate::domain::share_key::key_of;
use crate::domain::tag::TagKind;
use crate::mail::sanitize;

/// What a version says; the preview's has the number of the next one.
pub(super) fn document((share, group): (&Share, &Group), telling: &Telling, pieces: &[Piece]) -> Document {
    let note = share.note.trim();
    let mut document = Document {
        title: share.title.clone(),
        topic: group.topic.clone(),
        sharer: telling.sharer.clone(),
        note: (!note.is_empty())
            .then(|| Body { markdown: note.to_owned(), html: sanitize::render_markdown(note) }),
        language: telling.language,
        zone: telling.zone,
        names: share.form.names,
        at: telling.at,
        version: share.version,
        sections: Vec::new(),
    };
    for piece in pieces.iter().filter(|piece| !piece.item.taken_out) {
        let heading = heading(share.form.grouping, telling, piece);
        let items = items(share.form, piece);
        match document.sections.iter_mut().find(|section| section.heading == heading) {
            Some(section) => section.items.extend(items),
            None => document.sections.push(Section { heading, items }),
        }
    }
    if share.form.grouping == Grouping::Day {
        document.sections.sort_by_key(|section| match section.heading {
            Some(Heading::Day(day)) => Some(day),
            _ => None,
        });
    }
    document
}

/// The messages of which a document shows something.
pub(super) fn messages(pieces: &[Piece]) -> BTreeSet<MessageId> {
    let shown = pieces.iter().filter(|piece| !piece.item.taken_out);
    shown
        .flat_map(|piece| piece.before.iter().chain([&piece.message]).chain(&piece.after))
        .map(|m| m.id)
        .collect()
}

/// Under which heading a piece stands; `None` where there is none for it.
fn heading(grouping: Grouping, telling: &Telling, piece: &Piece) -> Option<Heading> {
    match grouping {
        Grouping::None => None,
        Grouping::Topic => piece
            .marks
            .iter()
            .map(|mark| &mark.topic)
            .find(|topic| !topic.is_empty())
            .cloned()
            .map(Heading::Topic),
        Grouping::Tag => piece.marks.first().map(|mark| Heading::Tag(mark.tag.clone())),
        Grouping::Day => Some(Heading::Day(telling.zone.date(said_at(&piece.message)).into())),
    }
}

/// A piece with what stands around it.
fn items(form: ShareForm, piece: &Piece) -> Vec<Item> {
    let number = piece.item.number;
    let context =
        |message: &Message| Item { context: true, ..whole(form, (message, number), &piece.digests) };
    let before = piece.before.iter().map(context);
    let after = piece.after.iter().map(context);
    before.chain([item(form, piece)]).chain(after).collect()
}

fn item(form: ShareForm, piece: &Piece) -> Item {
    let Piece { item, message, marks, .. } = piece;
    let of_message = whole(form, (message, item.number), &piece.digests);
    let is_lost = marks.iter().any(|mark| mark.is_lost);
    let edited_since = if marks.is_empty() { message.trace.edits > item.edits } else { is_lost };
    let tagged = Item {
        tags: marks.iter().map(|mark| mark.tag.clone()).collect(),
        task: task(form, piece),
        ..of_message
    };
    match item.what {
        // What it says now goes out; that it was marked before an edit is told.
        What::Message => {
            Item { edited_since: item.mark_id.is_some() && message.trace.edits > item.edits, ..tagged }
        }
        What::Passage => Item {
            body: Some(Body {
                markdown: item.said.markdown.clone(),
                html: sanitize::without_people(&item.said.html),
            }),
            passage: true,
            edited_since,
            files: Vec::new(),
            ..tagged
        },
        What::Link => Item { body: None, link: Some(item.url.clone()), files: Vec::new(), ..tagged },
        What::File => Item {
            body: None,
            files: tagged.files.into_iter().filter(|file| Some(file.id) == item.file_id).collect(),
            ..tagged
        },
    }
}

/// A message with all its files, without tags.
fn whole(form: ShareForm, (message, number): (&Message, i64), digests: &HashMap<FileId, Digest>) -> Item {
    let is_said = !message.body.markdown.trim().is_empty();
    let body =
        Body { markdown: message.body.markdown.clone(), html: sanitize::without_people(&message.body.html) };
    Item {
        key: key_of(message.seq, number),
        author: form.names.then(|| message.author.name.clone()),
        at: said_at(message),
        tags: Vec::new(),
        body: is_said.then_some(body),
        link: None,
        passage: false,
        edited_since: false,
        task: None,
        files: message.files.iter().filter_map(|file| shared(form.files, file, digests)).collect(),
        context: false,
        from_outside: message.author.person_id.is_none() && message.source == Source::Mail,
    }
}

/// What was taken along from another group was said when it was said there.
fn said_at(message: &Message) -> crate::domain::time::Timestamp {
    message.taken_from.as_ref().map_or(message.posted_at, |from| from.at)
}

/// Without names nobody is named who is to do it, either.
fn task(form: ShareForm, piece: &Piece) -> Option<Task> {
    let action = piece.marks.iter().find(|mark| mark.tag.kind == Some(TagKind::Action))?;
    let who = if form.names { action.assignee.clone() } else { String::new() };
    Some(Task { who, due: action.due_on, done: action.done_at.is_some() })
}

fn shared(files: Enclosing, file: &File, digests: &HashMap<FileId, Digest>) -> Option<SharedFile> {
    let how = match files {
        Enclosing::LeftOut => Enclosure::LeftOut,
        Enclosing::Linked => Enclosure::Linked,
        Enclosing::Included if file.is_picture() && file.picture.is_some() => Enclosure::Inline,
        Enclosing::Included => Enclosure::Attached,
    };
    Some(SharedFile {
        id: file.id,
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        size: file.size,
        digest: *digests.get(&file.id)?,
        picture: file.picture,
        how,
    })
}
